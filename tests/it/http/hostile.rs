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

/// Documents and variables that can be read and are not run: 200 for clients of plain
/// JSON, 400 for those of the newer type.
fn documents() -> Vec<(&'static str, Value, &'static str)> {
    let query = |text: String| json!({ "query": text });
    let many = |count: usize, of: &dyn Fn(usize) -> String| -> String {
        (0..count).map(of).collect::<Vec<_>>().join(" ")
    };
    let list = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let bomb = format!(
        "{{ ...F0 }} {} fragment F25 on Query {{ __typename }}",
        many(25, &|level| format!(
            "fragment F{level} on Query {{ ...F{0} ...F{0} }}",
            level + 1
        ))
    );
    let nested = |levels: usize| format!("{}code{}", "{ a ".repeat(levels), "}".repeat(levels));
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!({ "a": deep });
    }
    vec![
        ("no document", query("{".into()), "GRAPHQL_INVALID"),
        ("an empty selection", query("{ }".into()), "GRAPHQL_INVALID"),
        (
            "only a comment",
            query("# nothing".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a type definition",
            query("type T { a: Int }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "an unknown field",
            query("{ nothing }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "an unknown argument",
            query("{ nodes(of: 1) { id } }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "an unknown directive",
            query("{ __typename @now }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "an unknown fragment",
            query("{ ...F }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a fragment that spreads itself",
            query("{ ...F } fragment F on Query { ...F }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "fragments in a circle",
            query("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a circle that nobody enters",
            query(
                "{ __typename } fragment F on Query { ...G } fragment G on Query { ...F }".into(),
            ),
            "GRAPHQL_INVALID",
        ),
        ("fragments that multiply", query(bomb), "LIMIT_EXCEEDED"),
        (
            "a fragment too many",
            query(format!(
                "{{ __typename }} {}",
                many(101, &|n| format!("fragment F{n} on Query {{ __typename }}"))
            )),
            "LIMIT_EXCEEDED",
        ),
        (
            "two of one name",
            query("query A { __typename } query A { __typename }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "which of two",
            query("query A { __typename } query B { __typename }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "one that is not there",
            json!({ "query": "query A { __typename }", "operationName": "B" }),
            "GRAPHQL_INVALID",
        ),
        (
            "aliases without end",
            query(format!(
                "{{ {} }}",
                many(300, &|n| format!("a{n}: __typename"))
            )),
            "LIMIT_EXCEEDED",
        ),
        (
            "root fields without end",
            query(format!(
                "{{ {} }}",
                many(101, &|n| format!("a{n}: __typename"))
            )),
            "LIMIT_EXCEEDED",
        ),
        (
            "one field, ever again",
            query(format!("{{ {} }}", many(9990, &|_| "__typename".into()))),
            "NONE",
        ),
        (
            "directives without end",
            query(format!(
                "{{ __typename {} }}",
                many(101, &|_| "@skip(if: false)".into())
            )),
            "LIMIT_EXCEEDED",
        ),
        (
            "tokens without end",
            query(format!("{{ {} }}", many(20_000, &|_| "a".into()))),
            "LIMIT_EXCEEDED",
        ),
        (
            "levels without end",
            query(nested(20_000)),
            "LIMIT_EXCEEDED",
        ),
        ("some levels too many", query(nested(40)), "LIMIT_EXCEEDED"),
        (
            "brackets in an argument",
            query(format!("{{ nodes(ids: {}) {{ id }} }}", "[".repeat(30_000))),
            "LIMIT_EXCEEDED",
        ),
        (
            "a text without end",
            query("{ node(id: \"".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a block text without end",
            query("{ node(id: \"\"\"".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a long list in the text",
            query(format!(
                "{{ nodes(ids: [{}]) {{ id }} }}",
                many(2001, &|_| "1".into())
            )),
            "LIMIT_EXCEEDED",
        ),
        (
            "a long list in a variable",
            json!({ "query": list, "variables": { "ids": vec!["x"; 2001] } }),
            "LIMIT_EXCEEDED",
        ),
        (
            "a deep variable",
            json!({ "query": list, "variables": { "ids": deep } }),
            "LIMIT_EXCEEDED",
        ),
        (
            "a variable that is null",
            json!({ "query": list, "variables": { "ids": null } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a variable that is missing",
            json!({ "query": list }),
            "GRAPHQL_INVALID",
        ),
        (
            "a variable of another type",
            json!({ "query": list, "variables": { "ids": { "a": 1 } } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a number beyond Int",
            json!({ "query": "query($n: Int) { products(first: $n) { totalCount } }", "variables": { "n": 99_999_999_999_i64 } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a number beyond Int in the text",
            query("{ products(first: 99999999999999999999) { totalCount } }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "NUL in the text",
            query("{ node(id: \"\\u0000\") { id } }".into()),
            "BAD_USER_INPUT",
        ),
        (
            "NUL in a variable",
            json!({ "query": list, "variables": { "ids": ["\u{0}"] } }),
            "BAD_USER_INPUT",
        ),
        (
            "control characters",
            query("{ \u{7} }".into()),
            "GRAPHQL_INVALID",
        ),
        (
            "a hash that nobody knows",
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
        (
            "a hash that is none",
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "../x" } } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a hash of something else",
            json!({ "query": "{ __typename }", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a hash of another version",
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": "0".repeat(64) } } }),
            "GRAPHQL_INVALID",
        ),
        (
            "a subscription without a socket",
            query("subscription { productChanged { __typename } }".into()),
            "GRAPHQL_INVALID",
        ),
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

#[tokio::test]
async fn documents_that_are_not_run_get_their_code_and_the_status_of_the_media_type() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    for (name, body, code) in documents() {
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
