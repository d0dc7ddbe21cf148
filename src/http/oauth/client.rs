//! Which application calls: by a header, by its form, or by its id alone.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use url::form_urlencoded;

use crate::platform::oauth::exchange::ShownClient;
use crate::platform::oauth::fault::{OAuthResult, Word};
use crate::platform::oauth::params::Params;

/// What an application shows of itself, and whether in a header.
pub(super) fn shown(request: &HttpRequest, params: &Params) -> OAuthResult<(ShownClient, bool)> {
    let id = params.get("client_id").map(str::to_owned);
    let secret = params.get("client_secret").map(SecretString::from);
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Ok((ShownClient { id, secret }, false));
    };
    let basic = header.to_str().ok().and_then(basic);
    let (basic_id, basic_secret) = basic.ok_or_else(|| {
        Word::InvalidClient.because("the Authorization header must be Basic, by RFC 6749")
    })?;
    if secret.is_some() || id.is_some_and(|id| id != basic_id) {
        return Err(Word::InvalidRequest.because("show the secret in one way"));
    }
    let shown = ShownClient {
        id: Some(basic_id),
        secret: Some(basic_secret.into()),
    };
    Ok((shown, true))
}

/// The id and the secret of a Basic header, each of which is encoded as in a form
/// (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    // A pair without a name: all of it is the name.
    let pair = form_urlencoded::parse(text.as_bytes()).next();
    pair.map_or_else(String::new, |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_rfc_6749_has_it() {
        let header = |text: &str| basic(&format!("Basic {}", STANDARD.encode(text)));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(header("app_1:tbs_x-y_z"), pair("app_1", "tbs_x-y_z"));
        assert_eq!(header("a%3Ab:s+%25"), pair("a:b", "s %"));
        assert_eq!(header("nothing"), None);
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic ?"), None);
    }
}
