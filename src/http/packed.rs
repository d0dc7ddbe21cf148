//! Answers packed with gzip, where that is worth its time.
//!
//! Only what is whole in memory is packed: downloads are packed already, or are read from
//! the middle.

use std::io::Write;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Below this a packed answer saves no packet.
const LEAST: usize = 1400;
/// Above this packing would hold up the other requests of the thread for too long.
const MOST: usize = 4 << 20;
/// Kinds of text; the others are packed already.
const TEXTS: [&str; 4] = [
    "application/json",
    "application/graphql-response+json",
    "text/",
    "image/svg+xml",
];

/// Whether the client can read gzip.
pub(super) fn is_read(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING);
    let mut codings = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        is_gzip
            && !parts.any(|part| {
                matches!(
                    part.replace(' ', "").as_str(),
                    "q=0" | "q=0.0" | "q=0.00" | "q=0.000"
                )
            })
    })
}

/// Packs the answer's body, if it is one that should be.
pub(super) fn packed(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let headers = response.headers();
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_text = kind.is_some_and(|kind| TEXTS.iter().any(|text| kind.starts_with(text)));
    if !is_text || headers.contains_key(CONTENT_ENCODING) {
        return response;
    }
    let mut is_packed = false;
    let mut response = response.map_body(|_, body| match body.try_into_bytes() {
        Ok(plain) => match gzip(&plain) {
            Some(packed) => {
                is_packed = true;
                BoxBody::new(packed)
            }
            None => BoxBody::new(plain),
        },
        Err(stream) => stream,
    });
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn gzip(plain: &Bytes) -> Option<Bytes> {
    if !(LEAST..=MOST).contains(&plain.len()) {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(plain).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < plain.len()).then(|| packed.into())
}
