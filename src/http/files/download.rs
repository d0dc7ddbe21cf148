//! `GET` of a content by its link.

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_SECURITY_POLICY, Charset,
    ContentDisposition, DispositionParam, DispositionType, ETAG, ExtendedValue, RANGE,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::TryStreamExt;

use super::range::{Asked, asked};
use super::refused;
use crate::app::App;
use crate::error::AppResult;
use crate::http::request_id::RequestId;
use crate::kernel::hex;

/// Gives the content, or a range of it.
pub(super) async fn get(
    app: Data<App>,
    request: HttpRequest,
    RequestId(request_id): RequestId,
    token: Path<String>,
) -> HttpResponse {
    match given(&app, &request, &token).await {
        Ok(response) => response,
        Err(error) => refused(error, &request, request_id),
    }
}

async fn given(app: &App, request: &HttpRequest, token: &str) -> AppResult<HttpResponse> {
    let (link, row) = app.files.find(token).await?;
    let size = u64::try_from(row.size).unwrap_or_default();
    let header = request.headers().get(RANGE);
    let header = header.and_then(|value| value.to_str().ok());
    let (mut answer, range) = match asked(header, size) {
        Asked::Whole => (HttpResponse::Ok(), None),
        Asked::Part(part) => {
            let mut answer = HttpResponse::PartialContent();
            let last = part.end.saturating_sub(1);
            let said = format!("bytes {}-{last}/{size}", part.start);
            answer.insert_header((CONTENT_RANGE, said));
            (answer, Some(part))
        }
        Asked::Nothing => {
            let mut answer = HttpResponse::RangeNotSatisfiable();
            answer.insert_header((CONTENT_RANGE, format!("bytes */{size}")));
            return Ok(answer.finish());
        }
    };
    let length = range
        .as_ref()
        .map_or(size, |part| part.end.saturating_sub(part.start));
    let content = app.files.read(link, range).await?;
    let named = Named {
        name: &row.name,
        content_type: &row.content_type,
    };
    headers(&mut answer, &named);
    let hash = row.sha256.as_deref().map(hex::encode).unwrap_or_default();
    answer
        .insert_header((ETAG, format!("\"{hash}\"")))
        .insert_header((ACCEPT_RANGES, "bytes"));
    // Too late for an answer that says so: the body breaks.
    let content = content.map_err(std::io::Error::other);
    Ok(answer.body(SizedStream::new(length, content)))
}

/// What a content is saved as.
pub(super) struct Named<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its media type.
    pub(super) content_type: &'a str,
}

/// A browser saves it and does nothing else with it, whatever it is.
pub(super) fn headers(answer: &mut HttpResponseBuilder, named: &Named<'_>) {
    let ascii: String = named
        .name
        .chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    let saved = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(ascii),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: named.name.as_bytes().to_vec(),
            }),
        ],
    };
    answer
        .content_type(named.content_type)
        .insert_header(saved)
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        // The address is as good as a password while it is good.
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "private, no-store"));
}
