//! A `multipart/form-data` body, field by field.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::spawn;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt, stream};
use multer::{Field, Multipart, parse_boundary};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::error::{AppError, AppResult, ErrorCode};
use crate::http::body::next_piece;
use crate::http::params::invalid;

/// Pieces that may wait for the disk.
const QUEUE: usize = 2;
/// Bytes that may come without anything being made of them: what stands before the first
/// boundary, and the headers of a field. The reader would gather as much as is sent.
const MOST_UNREAD: usize = 1 << 20;

/// The body as a stream that may be read on any thread.
pub(super) fn pieces(mut body: Payload) -> impl Stream<Item = AppResult<Bytes>> + Send {
    let (to, from) = mpsc::channel(QUEUE);
    spawn(async move {
        while let Some(piece) = next_piece(&mut body).await.transpose() {
            let is_over = piece.is_err();
            if to.send(piece).await.is_err() || is_over {
                break;
            }
        }
    });
    let next = |mut from: mpsc::Receiver<_>| async move {
        let piece = from.recv().await;
        piece.map(|piece| (piece, from))
    };
    stream::unfold(from, next)
}

/// A form that is being read.
pub(super) struct Form {
    fields: Multipart<'static>,
    unread: Unread,
}

/// Bytes that have come since a field or a piece of one was last read.
#[derive(Clone, Default)]
struct Unread(Arc<AtomicUsize>);

impl Unread {
    fn add(&self, piece: AppResult<Bytes>) -> AppResult<Bytes> {
        let piece = piece?;
        let before = self.0.fetch_add(piece.len(), Ordering::Relaxed);
        if before.saturating_add(piece.len()) > MOST_UNREAD {
            let message = format!("a form may have at most {MOST_UNREAD} bytes outside its fields");
            return Err(AppError::new(ErrorCode::LimitExceeded, message));
        }
        Ok(piece)
    }

    fn read(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Form {
    /// The body of a request as a form.
    pub(super) fn of(request: &HttpRequest, body: Payload) -> AppResult<Self> {
        Self::with(request, pieces(body))
    }

    /// As [`Form::of`], of a body that comes in these pieces.
    pub(super) fn with(
        request: &HttpRequest,
        pieces: impl Stream<Item = AppResult<Bytes>> + Send + 'static,
    ) -> AppResult<Self> {
        let header = request.headers().get(CONTENT_TYPE);
        let header = header.and_then(|value| value.to_str().ok());
        let boundary = parse_boundary(header.unwrap_or_default());
        let boundary = boundary.map_err(|error| malformed(&error))?;
        let unread = Unread::default();
        let counted = unread.clone();
        let pieces = pieces.map(move |piece| counted.add(piece));
        Ok(Self {
            fields: Multipart::new(pieces, boundary),
            unread,
        })
    }

    /// The next field, if there is one.
    pub(super) async fn next(&mut self) -> AppResult<Option<Field<'static>>> {
        let field = self.fields.next_field().await;
        self.unread.read();
        field.map_err(|error| malformed(&error))
    }

    /// What a field holds, piece by piece.
    pub(super) fn content(
        &self,
        field: Field<'static>,
    ) -> impl Stream<Item = AppResult<Bytes>> + use<> {
        let unread = self.unread.clone();
        field.map(move |piece| {
            unread.read();
            piece.map_err(|error| malformed(&error))
        })
    }

    /// The next field, which must have this name and hold JSON of at most `limit` bytes.
    pub(super) async fn json<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        limit: usize,
    ) -> AppResult<T> {
        let field = self.next().await?;
        let mut field = field
            .filter(|field| field.name() == Some(name))
            .ok_or_else(|| {
                invalid(format!(
                    "the form needs the field `{name}` before the files"
                ))
            })?;
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|error| malformed(&error))? {
            self.unread.read();
            if text.len().saturating_add(piece.len()) > limit {
                let message = format!("the field `{name}` may have at most {limit} bytes");
                return Err(AppError::new(ErrorCode::LimitExceeded, message));
            }
            text.extend_from_slice(&piece);
        }
        serde_json::from_slice(&text)
            .map_err(|error| invalid(format!("the field `{name}` can not be read: {error}")))
    }
}

fn malformed(error: &multer::Error) -> AppError {
    // What ended the stream itself has said why.
    if let multer::Error::StreamReadFailed(cause) = error
        && let Some(cause) = cause.downcast_ref::<AppError>()
        && cause.code() == ErrorCode::LimitExceeded
    {
        return AppError::new(ErrorCode::LimitExceeded, cause.message().to_owned());
    }
    let message = "the form can not be read, or was cut short";
    AppError::bad_input("body", message).with_cause(error.to_string())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// What comes of a form that goes on for ever.
    async fn endless(beginning: &'static str) -> AppError {
        let header = (CONTENT_TYPE, "multipart/form-data; boundary=b");
        let request = TestRequest::default().insert_header(header);
        let more = stream::repeat_with(|| Ok(Bytes::from_static(&[b'x'; 4096])));
        let pieces = stream::iter([Ok(Bytes::from_static(beginning.as_bytes()))]).chain(more);
        let mut form = Form::with(&request.to_http_request(), pieces).unwrap();
        form.next().await.unwrap_err()
    }

    #[tokio::test]
    async fn what_leads_to_no_field_is_not_gathered() {
        for beginning in ["", "--b\r\nContent-Disposition: form-data; name=\""] {
            let error = endless(beginning).await;
            assert_eq!(error.code(), ErrorCode::LimitExceeded, "{beginning}");
        }
    }
}
