//! A request as a text that people can read and write: method and address, headers, an empty
//! line, the body. Lines of the head end with a line feed alone, the body is as it is.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::test::TestRequest;
use actix_web::web::Bytes;

/// The request and its body; none where HTTP itself would have refused it.
pub fn request(input: &[u8]) -> Option<(HttpRequest, Bytes)> {
    let (head, body) = cut(input, b"\n\n").unwrap_or((input, b""));
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, address) = cut(lines.next()?, b" ")?;
    let method = Method::from_bytes(method).ok()?;
    let address = Uri::try_from(address).ok()?.to_string();
    if !address.starts_with('/') || Uri::try_from(address.as_str()).is_err() {
        return None;
    }
    let mut request = TestRequest::default().method(method).uri(&address);
    for line in lines {
        let (name, value) = cut(line, b":")?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.trim_ascii()).ok()?;
        request = request.append_header((name, value));
    }
    Some((request.to_http_request(), Bytes::copy_from_slice(body)))
}

/// What stands before and behind the first `mark`.
fn cut<'t>(text: &'t [u8], mark: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let at = text.windows(mark.len()).position(|window| window == mark)?;
    let (before, rest) = text.split_at(at);
    Some((before, rest.get(mark.len()..)?))
}
