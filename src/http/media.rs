//! What a client understands, and what it says that it sends.

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

const GRAPHQL_JSON: &str = "application/graphql-response+json";
const PLAIN_JSON: &str = "application/json";
/// Ranges that hold both.
const ANY: [&str; 2] = ["application/*", "*/*"];

/// The media types of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// The type of the GraphQL over HTTP specification: a status other than
    /// 200 is still a GraphQL answer.
    GraphqlResponse,
    /// The older custom: whatever could be executed or refused is a 200.
    Json,
}

impl MediaType {
    /// The one that the client likes best; the older one if it says nothing, or nothing
    /// that there is.
    pub(super) fn accepted(request: &HttpRequest) -> Self {
        Self::wanted(request).unwrap_or(Self::Json)
    }

    /// The same, or none if the client understands neither.
    pub(super) fn wanted(request: &HttpRequest) -> Option<Self> {
        let lines = request.headers().get_all(ACCEPT);
        let header: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        if header.is_empty() {
            return Some(Self::Json);
        }
        Self::of_ranges(header.iter().flat_map(|line| line.split(',')))
    }

    /// What is named counts before what is meant by a star, whatever its weight: who names
    /// the newer type can read it.
    fn of_ranges<'h>(ranges: impl Iterator<Item = &'h str>) -> Option<Self> {
        let (mut newer, mut older, mut any) = (None, None, None);
        for range in ranges {
            let (name, weight) = weighed(range);
            let place = match name.as_str() {
                GRAPHQL_JSON => &mut newer,
                PLAIN_JSON => &mut older,
                name if ANY.contains(&name) => &mut any,
                _ => continue,
            };
            *place = Some(place.map_or(weight, |known: u16| known.max(weight)));
        }
        let some = |weight: Option<u16>| weight.filter(|weight| *weight > 0);
        match (some(newer), some(older)) {
            (Some(newer), older) if newer >= older.unwrap_or(0) => Some(Self::GraphqlResponse),
            (_, Some(_)) => Some(Self::Json),
            _ if some(any).is_none() => None,
            // A weight of 0 takes out what the star would let in.
            _ if older != Some(0) => Some(Self::Json),
            _ => newer.is_none().then_some(Self::GraphqlResponse),
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// The name of a range, and its weight in thousandths.
fn weighed(range: &str) -> (String, u16) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("q")
            .then(|| thousandths(value.trim()))
    });
    (name, weight.unwrap_or(1000))
}

/// `0.75` as 750; what is no weight counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction:0<3}");
    match (
        whole,
        digits.get(..3).and_then(|digits| digits.parse().ok()),
    ) {
        ("0", Some(thousandths)) => thousandths,
        ("1", _) => 1000,
        _ => 0,
    }
}

/// Whether a request says that its body is JSON, in UTF-8 and as it is: a form of another
/// site can not send that without the browser asking us first.
pub(super) fn sends_json(request: &HttpRequest) -> bool {
    let text = |name| request.headers().get(name)?.to_str().ok();
    let encoding = text(CONTENT_ENCODING).unwrap_or("identity");
    if request.headers().contains_key(CONTENT_ENCODING)
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return false;
    }
    let mut parts = text(CONTENT_TYPE)
        .unwrap_or_default()
        .split(';')
        .map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case(PLAIN_JSON));
    is_json && parts.all(is_utf8)
}

/// Whether a parameter of a content type is none that says another character set.
fn is_utf8(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return true;
    };
    let value = value.trim().trim_matches('"');
    !name.trim().eq_ignore_ascii_case("charset")
        || value.eq_ignore_ascii_case("utf-8")
        || value.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wanted(accept: &str) -> Option<MediaType> {
        let request = TestRequest::default().insert_header((ACCEPT, accept));
        MediaType::wanted(&request.to_http_request())
    }

    #[test]
    fn the_client_chooses() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, media) in [
            ("*/*", Some(Json)),
            ("application/*;q=0.1", Some(Json)),
            ("application/json", Some(Json)),
            ("application/JSON; charset=utf-8", Some(Json)),
            (GRAPHQL_JSON, Some(GraphqlResponse)),
            (
                "application/graphql-response+json, application/json",
                Some(GraphqlResponse),
            ),
            (
                "application/json, application/graphql-response+json;q=0.9",
                Some(Json),
            ),
            (
                "application/json;q=0.2,application/graphql-response+json;q=0.25",
                Some(GraphqlResponse),
            ),
            (
                "text/html, application/graphql-response+json;q=0.9, */*",
                Some(GraphqlResponse),
            ),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Json)),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
        ] {
            assert_eq!(wanted(accept), media, "{accept}");
        }
        let silent = TestRequest::default().to_http_request();
        assert_eq!(MediaType::wanted(&silent), Some(Json));
    }

    #[test]
    fn a_body_is_json_in_utf_8() {
        for (content_type, taken) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=iso-8859-1", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header((CONTENT_TYPE, content_type));
            assert_eq!(
                sends_json(&request.to_http_request()),
                taken,
                "{content_type}"
            );
        }
        let packed = TestRequest::default()
            .insert_header((CONTENT_TYPE, PLAIN_JSON))
            .insert_header((CONTENT_ENCODING, "gzip"));
        assert!(!sends_json(&packed.to_http_request()));
    }
}
