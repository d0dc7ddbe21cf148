//! What a request brings to prove who sends it.
//!
//! A token in the `Authorization` header counts before one in a cookie. Browsers
//! send cookies whoever had them make the request, so cookies count only where the
//! origin of the page is this server's or one that the settings name.

use std::borrow::Cow;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use secrecy::SecretString;

use super::caller::{cookie, peer};
use crate::config::ServerSettings;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::ids::DealerId;
use crate::platform::sessions::cookies::{CookiePolicy, SentCookies};

/// By which a client says for which dealer the request is meant.
const DEALER: HeaderName = HeaderName::from_static("tubex-dealer");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a caller shows.
#[derive(Clone, Debug)]
pub(super) struct Credentials<'r> {
    address: IpAddr,
    bearer: Option<Cow<'r, str>>,
    cookie: Option<Cow<'r, str>>,
    /// For whom the request is meant: as a header says, and as the host's name does.
    dealers: [Option<DealerId>; 2],
}

impl<'r> Credentials<'r> {
    /// Those of a request to a server of these settings.
    pub(super) fn of(request: &'r HttpRequest, settings: &ServerSettings) -> AppResult<Self> {
        let access = policy(settings).access();
        let cookie = is_own_origin(request, settings)
            .then(|| cookie(request, access))
            .flatten();
        Ok(Self {
            address: peer(request, settings).address,
            bearer: bearer(header_text(request)?)?.map(Cow::Borrowed),
            cookie: cookie.map(Cow::Borrowed),
            dealers: [named_dealer(request)?, host_dealer(request, settings)],
        })
    }

    /// The same, with the token of an `Authorization` header that came later.
    pub(super) fn with_authorization(&'r self, header: Option<&'r str>) -> AppResult<Self> {
        let later = bearer(header)?.map(Cow::Borrowed);
        Ok(Self {
            bearer: later.or_else(|| self.bearer.clone()),
            ..self.clone()
        })
    }

    /// To be kept longer than the request.
    pub(super) fn into_owned(self) -> Credentials<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Credentials {
            address: self.address,
            bearer: self.bearer.map(owned),
            cookie: self.cookie.map(owned),
            dealers: self.dealers,
        }
    }

    /// From where it is shown.
    pub(super) const fn address(&self) -> IpAddr {
        self.address
    }

    /// The token that a client has sent on purpose.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// The token that the browser has sent along.
    pub(super) fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Refuses a caller whose token is good for another dealer than the one the
    /// request is meant for.
    pub(super) fn check_dealer(&self, dealer: DealerId) -> AppResult<()> {
        if self.dealers.iter().flatten().all(|named| *named == dealer) {
            return Ok(());
        }
        Err(AppError::new(
            ErrorCode::Forbidden,
            "the request is meant for another dealer than the access token is good for; \
             switch the dealer first",
        ))
    }
}

/// The cookies of a request that may live on them.
pub(super) fn sent_cookies(
    request: &HttpRequest,
    settings: &ServerSettings,
) -> Option<SentCookies> {
    // A token sent on purpose says who calls; the browser may have somebody else's cookies.
    let lives_on_cookies = !request.headers().contains_key(AUTHORIZATION);
    let refresh = || cookie(request, policy(settings).refresh()).filter(|_| lives_on_cookies);
    is_own_origin(request, settings).then(|| SentCookies {
        refresh: refresh().map(SecretString::from),
        host_of: host_dealer(request, settings),
    })
}

/// The `Authorization` header, if there is one.
fn header_text(request: &HttpRequest) -> AppResult<Option<&str>> {
    let Some(value) = request.headers().get(AUTHORIZATION) else {
        return Ok(None);
    };
    value
        .to_str()
        .map(Some)
        .map_err(|_| AppError::unauthenticated("the Authorization header is not plain text"))
}

/// The token in the value of an `Authorization` header.
fn bearer(authorization: Option<&str>) -> AppResult<Option<&str>> {
    let Some(header) = authorization else {
        return Ok(None);
    };
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AppError::unauthenticated(
            "the Authorization header must read: Bearer <access token>",
        ));
    }
    Ok(Some(token.trim()))
}

pub(super) const fn policy(settings: &ServerSettings) -> CookiePolicy {
    CookiePolicy {
        secure: settings.secure_cookies,
    }
}

/// Whether a page of ours, or no page at all, has sent the request.
pub(super) fn is_own_origin(request: &HttpRequest, settings: &ServerSettings) -> bool {
    let text = |name| request.headers().get(name)?.to_str().ok();
    if !request.headers().contains_key(ORIGIN) {
        let site = text(FETCH_SITE);
        return site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    }
    let Some(origin) = text(ORIGIN) else {
        return false;
    };
    // A page that came without TLS is not one of a server that is reached by it.
    let is_plain = settings.public_url.starts_with("http://");
    let is_ours = |(scheme, host): (&str, &str)| {
        (scheme == "https" || (scheme == "http" && is_plain)) && text(HOST) == Some(host)
    };
    origin.split_once("://").is_some_and(is_ours)
        || settings.public_url == origin
        || settings.allowed_origins.iter().any(|known| known == origin)
}

/// The dealer whom a header says the request is meant for.
fn named_dealer(request: &HttpRequest) -> AppResult<Option<DealerId>> {
    let Some(value) = request.headers().get(DEALER) else {
        return Ok(None);
    };
    let named = value.to_str().ok().and_then(|text| text.parse().ok());
    named.map(Some).ok_or_else(|| {
        AppError::bad_input("Tubex-Dealer", "the header must hold the id of a dealer")
    })
}

/// The dealer in front of the domain in the name of the host, as the client wrote it:
/// what others may add to a request is not asked.
fn host_dealer(request: &HttpRequest, settings: &ServerSettings) -> Option<DealerId> {
    let domain = settings.dealer_domain.as_ref()?;
    let header = request.headers().get(HOST);
    let header = header.and_then(|value| value.to_str().ok());
    // HTTP/2 has it in the address alone.
    let host = request.uri().host().or(header)?;
    let name = host.split(':').next()?.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let label = name
        .strip_suffix(&domain.to_ascii_lowercase())?
        .strip_suffix('.')?;
    // What else lives under the domain is no dealer's.
    label.replacen('-', "_", 1).parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Settings {
        #[command(flatten)]
        server: ServerSettings,
    }

    fn settings(flags: &[&str]) -> ServerSettings {
        Settings::parse_from([&["tubex"], flags].concat()).server
    }

    fn request(headers: &[(&str, &str)]) -> HttpRequest {
        let cookie = ("cookie", "__Host-tubex_access=a; __Host-tubex_refresh=r");
        let mut request = TestRequest::default().insert_header(("host", "api.test"));
        for header in [&[cookie], headers].concat() {
            request = request.insert_header(header);
        }
        request.to_http_request()
    }

    fn cookie_of(headers: &[(&str, &str)]) -> Option<String> {
        let settings = settings(&["--allowed-origins", "https://shop.test"]);
        let request = request(headers);
        let credentials = Credentials::of(&request, &settings).unwrap();
        credentials.cookie().map(str::to_owned)
    }

    #[test]
    fn cookies_count_for_pages_of_ours_only() {
        for own in [
            &[][..],
            &[("origin", "https://api.test")],
            &[("origin", "https://shop.test")],
            &[("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(cookie_of(own).as_deref(), Some("a"), "{own:?}");
        }
        for foreign in [
            &[("origin", "https://evil.test")][..],
            &[("origin", "https://shop.test.evil.test")],
            &[("origin", "null")],
            &[("origin", "ftp://api.test")],
            &[
                ("origin", "https://evil.test"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
        ] {
            assert_eq!(cookie_of(foreign), None, "{foreign:?}");
        }
    }

    #[test]
    fn a_page_without_tls_is_none_of_a_server_behind_it() {
        let settings = settings(&["--public-url", "https://api.test"]);
        for (origin, counts) in [("https://api.test", true), ("http://api.test", false)] {
            let request = request(&[("origin", origin)]);
            assert_eq!(is_own_origin(&request, &settings), counts, "{origin}");
        }
    }

    #[test]
    fn no_cookie_counts_beside_a_token_sent_on_purpose() {
        let settings = settings(&[]);
        let alone = sent_cookies(&request(&[]), &settings).unwrap();
        assert!(alone.refresh.is_some());
        let beside = request(&[("authorization", "Bearer x")]);
        assert!(sent_cookies(&beside, &settings).unwrap().refresh.is_none());
    }

    #[test]
    fn a_host_or_a_header_names_the_dealer() {
        let settings = settings(&["--dealer-domain", "shops.test"]);
        let (mine, other) = (DealerId::generate(), DealerId::generate());
        let host = format!("{}.shops.test:8080", mine.to_string().replace('_', "-"));
        let other_id = other.to_string();
        for (named, header) in [
            (mine, ("host", host.as_str())),
            (mine, ("host", &host.to_uppercase())),
            (mine, ("host", &host.replace(":8080", "."))),
            (other, ("tubex-dealer", &other_id)),
        ] {
            let request = request(&[header, ("x-forwarded-host", "api.test")]);
            let credentials = Credentials::of(&request, &settings).unwrap();
            assert!(credentials.check_dealer(named).is_ok(), "{header:?}");
            assert!(credentials.check_dealer(DealerId::generate()).is_err());
        }
        // Both count.
        let request = request(&[("host", &host), ("tubex-dealer", &other_id)]);
        let credentials = Credentials::of(&request, &settings).unwrap();
        assert!(
            credentials.check_dealer(mine).is_err() && credentials.check_dealer(other).is_err()
        );
        let request = self::request(&[("host", "api.shops.test")]);
        let credentials = Credentials::of(&request, &settings).unwrap();
        assert!(credentials.check_dealer(mine).is_ok());
        let request = self::request(&[("tubex-dealer", "acme")]);
        assert!(Credentials::of(&request, &settings).is_err());
    }
}
