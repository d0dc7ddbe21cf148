//! Requests that nobody should send, and what each gets: a status, a code, and a server
//! that goes on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

/// A request, and the status and the code of its answer.
struct Case {
    name: &'static str,
    method: Method,
    /// Behind `/graphql`.
    address: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

const JSON: (&str, &str) = ("content-type", "application/json");

impl Case {
    fn of(name: &'static str, status: u16, code: &'static str) -> Self {
        Self {
            name,
            method: Method::POST,
            address: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            status,
            code,
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self.method = Method::GET;
        self
    }

    /// As JSON, whatever it is.
    fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(JSON.0, JSON.1)
    }

    /// Without saying what it is.
    fn bare(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// The body is none of the specification's: refused with 400 and more, whatever the
/// client accepts.
fn malformed() -> Vec<Case> {
    let invalid = |name, body: &[u8]| Case::of(name, 400, "GRAPHQL_INVALID").body(body);
    let query = r#"{"query":"{__typename}"}"#;
    let deep = "[".repeat(5000);
    let utf16: Vec<u8> = query.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        invalid("no body", b""),
        invalid("blanks", b" \n\t "),
        invalid("half an object", b"{"),
        invalid("half a text", br#"{"query":"{ a"#),
        invalid("a comma too many", br#"{"query":"{__typename}",}"#),
        invalid("single quotes", b"{'query':'{__typename}'}"),
        invalid("something behind", br#"{"query":"{__typename}"} {}"#),
        invalid("null", b"null"),
        invalid("a number", b"17"),
        invalid("a text", br#""{ __typename }""#),
        invalid("no query", b"{}"),
        invalid("an empty query", br#"{"query":""}"#),
        invalid("a query that is null", br#"{"query":null}"#),
        invalid("a query that is a number", br#"{"query":17}"#),
        invalid("a query that is a list", br#"{"query":["{ a }"]}"#),
        invalid("two queries", br#"{"query":"{ a }","query":"{ b }"}"#),
        invalid(
            "variables as text",
            br#"{"query":"{__typename}","variables":"{}"}"#,
        ),
        invalid(
            "variables as list",
            br#"{"query":"{__typename}","variables":[]}"#,
        ),
        invalid(
            "a number beyond numbers",
            br#"{"query":"{__typename}","variables":{"n":1e999}}"#,
        ),
        invalid(
            "an operation name as number",
            br#"{"query":"{__typename}","operationName":1}"#,
        ),
        invalid(
            "extensions as list",
            br#"{"query":"{__typename}","extensions":[]}"#,
        ),
        invalid("a list of operations", br#"[{"query":"{__typename}"}]"#),
        invalid("an empty list", b"[]"),
        invalid("brackets without end", deep.as_bytes()),
        invalid(
            "deep variables",
            format!(
                r#"{{"query":"{{__typename}}","variables":{{"a":{}1{}}}}}"#,
                "[".repeat(200),
                "]".repeat(200)
            )
            .as_bytes(),
        ),
        invalid("bytes that are no UTF-8", b"{\"query\":\"{ \xff\xfe }\"}"),
        invalid(
            "half a surrogate",
            br#"{"query":"{__typename}","operationName":"\ud800"}"#,
        ),
        invalid("UTF-16", &utf16),
        invalid(
            "a byte order mark",
            "\u{feff}{\"query\":\"{__typename}\"}".as_bytes(),
        ),
        invalid("a NUL byte", b"{\"query\":\"{ a\0b }\"}"),
        invalid(
            "gzip that says nothing of it",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        ),
    ]
}

/// What forms and others send without being asked.
fn foreign() -> Vec<Case> {
    let query = r#"{"query":"{__typename}"}"#;
    let of = |name, content_type: &str| {
        Case::of(name, 415, "GRAPHQL_INVALID")
            .bare(query)
            .header("content-type", content_type)
    };
    vec![
        Case::of("no content type", 415, "GRAPHQL_INVALID").bare(query),
        of("plain text, as forms send it", "text/plain"),
        of("a form", "application/x-www-form-urlencoded"),
        of("a document without a frame", "application/graphql"),
        of(
            "another character set",
            "application/json; charset=iso-8859-1",
        ),
        of("nearly JSON", "application/jsonp"),
        of("JSON among other things", "text/plain, application/json"),
        Case::of("packed", 415, "GRAPHQL_INVALID")
            .body(query)
            .header("content-encoding", "gzip"),
        Case::of("a form with files, unasked", 400, "GRAPHQL_INVALID")
            .bare("--x\r\n")
            .header("content-type", "multipart/form-data; boundary=x"),
        Case::of("a form with files of nobody", 401, "UNAUTHENTICATED")
            .bare("--x\r\n")
            .header("content-type", "multipart/form-data")
            .header("apollo-require-preflight", "1"),
        Case::of("who reads HTML only", 406, "GRAPHQL_INVALID")
            .body(query)
            .header("accept", "text/html"),
        Case::of("a scheme of old", 401, "UNAUTHENTICATED")
            .body(query)
            .header("authorization", "Basic eDp5"),
        Case::of("a token that is none", 401, "UNAUTHENTICATED")
            .body(query)
            .header("authorization", "Bearer ../../etc/passwd"),
        Case::of("another dealer's header", 400, "BAD_USER_INPUT")
            .body(query)
            .header("authorization", "Bearer x")
            .header("tubex-dealer", "'; DROP SCHEMA platform"),
        Case::of("headers without end", 431, "LIMIT_EXCEEDED")
            .body(query)
            .header("x-long", "x".repeat(40_000)),
    ]
}

/// Methods, and what an address can not hold.
fn addresses() -> Vec<Case> {
    let get =
        |name, status, address: &str| Case::of(name, status, "GRAPHQL_INVALID").address(address);
    let wrong = |name, method| {
        Case::of(name, 405, "GRAPHQL_INVALID")
            .method(method)
            .body(r#"{"query":"{__typename}"}"#)
    };
    vec![
        get("nothing", 400, ""),
        get(
            "a mutation in an address",
            405,
            "?query=mutation%7B__typename%7D",
        ),
        get(
            "a subscription in an address",
            405,
            "?query=subscription%7BproductChanged%7B__typename%7D%7D",
        ),
        get(
            "two queries in an address",
            400,
            "?query=%7Ba%7D&query=%7Bb%7D",
        ),
        get(
            "variables as list in an address",
            400,
            "?query=%7B__typename%7D&variables=%5B%5D",
        ),
        get(
            "variables that are no JSON",
            400,
            "?query=%7B__typename%7D&variables=%7B",
        ),
        get(
            "extensions that are no JSON",
            400,
            "?query=%7B__typename%7D&extensions=x",
        ),
        wrong("PUT", Method::PUT),
        wrong("PATCH", Method::PATCH),
        wrong("DELETE", Method::DELETE),
    ]
}

/// A document or its variables, and the code of the answer.
type Refused = (&'static str, Value, &'static str);

const INVALID: &str = "GRAPHQL_INVALID";
const LIMIT: &str = "LIMIT_EXCEEDED";

fn query(text: impl Into<String>) -> Value {
    json!({ "query": text.into() })
}

fn many(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect::<Vec<_>>().join(" ")
}

/// What is no document, or none of this schema.
fn unfit() -> Vec<Refused> {
    let two = "query A { __typename } query B { __typename }";
    let of = |name, text: &str| (name, query(text), INVALID);
    vec![
        of("no document", "{"),
        of("an empty selection", "{ }"),
        of("only a comment", "# nothing"),
        of("a type definition", "type T { a: Int }"),
        of("an unknown field", "{ nothing }"),
        of("an unknown argument", "{ nodes(of: 1) { id } }"),
        of("an unknown directive", "{ viewer @now { user { id } } }"),
        of("an unknown fragment", "{ ...F }"),
        of(
            "two of one name",
            "query A { __typename } query A { __typename }",
        ),
        of("which of two", two),
        (
            "one that is not there",
            json!({ "query": two, "operationName": "C" }),
            INVALID,
        ),
        of("a text without end", "{ node(id: \""),
        of("a block text without end", "{ node(id: \"\"\""),
        of("control characters", "{ \u{7} }"),
        of(
            "a number beyond Int",
            "{ products(first: 99999999999999999999) { totalCount } }",
        ),
        of(
            "a subscription without a socket",
            "subscription { productChanged { __typename } }",
        ),
        (
            "NUL in the text",
            query("{ node(id: \"\\u0000\") { id } }"),
            "BAD_USER_INPUT",
        ),
    ]
}

/// Fragments that never end, or nearly so.
fn fragments() -> Vec<Refused> {
    let circle = "fragment F on Query { ...G } fragment G on Query { ...F }";
    let level = |level: usize| {
        format!(
            "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
            level + 1
        )
    };
    let bomb = format!("{} fragment F25 on Query {{ __typename }}", many(25, level));
    let one = |number: usize| format!("fragment F{number} on Query {{ __typename }}");
    let other = format!("query A {{ __typename }} query B {{ ...F0 }} {bomb}");
    vec![
        (
            "one that spreads itself",
            query("{ ...F } fragment F on Query { ...F }"),
            INVALID,
        ),
        ("a circle", query(format!("{{ ...F }} {circle}")), INVALID),
        (
            "a circle that nobody enters",
            query(format!("{{ __typename }} {circle}")),
            INVALID,
        ),
        ("they multiply", query(format!("{{ ...F0 }} {bomb}")), LIMIT),
        (
            "they multiply elsewhere",
            json!({ "query": other, "operationName": "A" }),
            LIMIT,
        ),
        (
            "one too many",
            query(format!("{{ __typename }} {}", many(101, one))),
            LIMIT,
        ),
    ]
}

/// More of something than there may be.
fn bombs() -> Vec<Refused> {
    let of = |name, text: String| (name, query(text), LIMIT);
    let alias = |number: usize| format!("a{number}: __typename");
    let nested = |levels: usize| format!("{}code{}", "{ a ".repeat(levels), "}".repeat(levels));
    let skips = many(101, |_| "@skip(if: false)".to_owned());
    let ids = many(2001, |_| "1".to_owned());
    vec![
        of("aliases", format!("{{ {} }}", many(300, alias))),
        of("root fields", format!("{{ {} }}", many(101, alias))),
        of("directives", format!("{{ __typename {skips} }}")),
        of(
            "tokens",
            format!("{{ {} }}", many(20_000, |_| "a".to_owned())),
        ),
        of("levels without end", nested(20_000)),
        of("some levels too many", nested(40)),
        of(
            "brackets in an argument",
            format!("{{ nodes(ids: {}) {{ id }} }}", "[".repeat(30_000)),
        ),
        of("a long list", format!("{{ nodes(ids: [{ids}]) {{ id }} }}")),
        (
            "one field, ever again",
            query(format!("{{ {} }}", many(9990, |_| "__typename".to_owned()))),
            "NONE",
        ),
    ]
}

/// Variables that are too large, or none of what was declared.
fn variables() -> Vec<Refused> {
    let list = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let of = |ids: Value| json!({ "query": list, "variables": { "ids": ids } });
    let deep = (0..40).fold(json!(1), |within, _| json!({ "a": within }));
    let page = "query($n: Int) { products(first: $n) { totalCount } }";
    vec![
        ("a long list", of(json!(vec!["x"; 2001])), LIMIT),
        ("a deep one", of(deep), LIMIT),
        ("one that is null", of(Value::Null), INVALID),
        ("one that is missing", query(list), INVALID),
        ("one of another type", of(json!({ "a": 1 })), INVALID),
        (
            "a number beyond Int",
            json!({ "query": page, "variables": { "n": 99_999_999_999_i64 } }),
            INVALID,
        ),
        ("NUL", of(json!(["\u{0}"])), "BAD_USER_INPUT"),
    ]
}

/// Hashes in place of documents.
fn hashes() -> Vec<Refused> {
    let of = |version: u8, hash: &str| json!({ "version": version, "sha256Hash": hash });
    let alone = |sent: Value| json!({ "extensions": { "persistedQuery": sent } });
    let none = "0".repeat(64);
    let with_text = json!({
        "query": "{ __typename }", "extensions": { "persistedQuery": of(1, &none) },
    });
    vec![
        (
            "one that nobody knows",
            alone(of(1, &none)),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
        ("one that is none", alone(of(1, "../x")), INVALID),
        ("one of something else", with_text, INVALID),
        ("one of another version", alone(of(2, &none)), INVALID),
        ("no object", alone(json!("x")), INVALID),
    ]
}

async fn send(server: &Server, case: &Case) -> Answer {
    let address = format!("/graphql{}", case.address);
    let mut request = server.anonymous().request(case.method.clone(), &address);
    for (name, value) in &case.headers {
        request = request.header(*name, value);
    }
    let sent = request.body(case.body.clone()).send().await;
    Answer::of(sent.unwrap_or_else(|error| panic!("{}: {error}", case.name))).await
}

#[tokio::test]
async fn requests_that_are_none_get_their_status_and_code() {
    let server = Server::start().await;
    let cases = [malformed(), foreign(), addresses()];
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    assert!(cases.len() > 50, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let answer = send(&server, case).await;
        if (answer.status, answer.code()) != (case.status, case.code) {
            wrong.push(format!(
                "{}: {} {:#}",
                case.name, answer.status, answer.body
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.anonymous().get("{ __typename }").await;
}

/// These can be read and are not run: 200 for clients of plain JSON, 400 for those of the
/// newer type.
#[tokio::test]
async fn documents_that_are_not_run_get_their_code_and_the_status_of_the_media_type() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    let cases = [unfit(), fragments(), bombs(), variables(), hashes()];
    for (name, body, code) in cases.into_iter().flatten() {
        for (accept, refused) in [
            ("application/json", 200),
            ("application/graphql-response+json", 400),
        ] {
            let request = server.anonymous().request(Method::POST, "/graphql");
            let answer = request
                .header("accept", accept)
                .json(&body)
                .send()
                .await
                .unwrap();
            let answer = Answer::of(answer).await;
            let was_run = answer.body.get("data").is_some();
            let status = if was_run { 200 } else { refused };
            let told = answer.code().to_uppercase();
            if (answer.status, told.as_str()) != (status, code) {
                wrong.push(format!(
                    "{name} as {accept}: {} {:#}",
                    answer.status, answer.body
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.anonymous().get("{ __typename }").await;
}
