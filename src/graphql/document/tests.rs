//! Documents against a schema of a few fields.

use async_graphql::{EmptyMutation, EmptySubscription, InputObject, Object, Schema, Variables};
use serde_json::{Value as Json, json};

use super::*;
use crate::error::ErrorCode;
use crate::graphql::errors::finish;

struct Query;

#[derive(InputObject)]
struct Wish {
    name: String,
    count: Option<i32>,
}

#[Object]
impl Query {
    async fn a(&self, b: Option<String>, c: Option<Vec<i32>>) -> i32 {
        let (_b, _c) = (b, c);
        1
    }

    #[graphql(complexity = "usize::try_from(first).unwrap_or(0) * child_complexity + 1")]
    async fn list(&self, first: i32) -> Vec<Self> {
        (0..first.min(1)).map(|_| Self).collect()
    }

    async fn wish(&self, input: Wish) -> i32 {
        if input.name.is_empty() {
            2
        } else {
            input.count.unwrap_or(2)
        }
    }

    async fn inner(&self) -> Self {
        Self
    }
}

pub(super) const fn limits() -> OperationLimits {
    OperationLimits {
        depth: 8,
        complexity: 100,
        fields: 200,
        tokens: 400,
        aliases: 4,
        root_fields: 5,
        directives: 4,
        fragments: 3,
        list_items: 4,
        variables_depth: 3,
        introspection: false,
    }
}

fn documents() -> Documents {
    let builder = Schema::build(Query, EmptyMutation, EmptySubscription);
    Documents::new(limits(), Validator::new(builder), 1 << 20)
}

async fn told(
    documents: &Documents,
    query: &str,
    variables: Json,
) -> Result<Cost, (ErrorCode, String)> {
    let mut request = Request::new(query).variables(Variables::from_json(variables));
    match documents.ready(&mut request).await {
        Ok(ready) => Ok(ready.cost),
        Err(errors) => {
            let message = errors[0].message.clone();
            let mut response = async_graphql::Response::from_errors(errors);
            Err((finish(&mut response, uuid::Uuid::nil())[0], message))
        }
    }
}

async fn code(query: &str) -> Option<ErrorCode> {
    told(&documents(), query, json!({}))
        .await
        .err()
        .map(|(code, _)| code)
}

#[tokio::test]
async fn each_limit_is_named() {
    let deep = format!("{{ {} a {} }}", "inner { ".repeat(8), "}".repeat(8));
    let fragments = "{ ...A ...B ...C ...D } fragment A on Query { a } fragment B on Query { a }
        fragment C on Query { a } fragment D on Query { a }";
    for (query, limit) in [
        (deep.as_str(), "--max-depth"),
        ("{ list(first: 200) { a } }", "--max-complexity"),
        ("{ b: a c: a d: a e: a f: a }", "--max-aliases"),
        (
            "{ a b: a c: a d: a inner { a } wish(input: { name: \"\" }) }",
            "--max-root-fields",
        ),
        (
            "{ a @skip(if: false) @include(if: true) inner @skip(if: false) @include(if: true) { a @skip(if: true) } }",
            "--max-directives",
        ),
        ("{ a(c: [1, 2, 3, 4, 5]) }", "--max-list-items"),
        (fragments, "--max-fragments"),
        (&"a ".repeat(500), "--max-tokens"),
        (
            &format!("{{ inner {{ {} }} }}", "a ".repeat(300)),
            "--max-fields",
        ),
    ] {
        let (code, message) = told(&documents(), query, json!({})).await.unwrap_err();
        assert_eq!(code, ErrorCode::LimitExceeded, "{limit}: {message}");
        assert!(message.contains(limit), "{limit}: {message}");
    }
}

#[tokio::test]
async fn nul_is_refused_wherever_it_stands() {
    for query in ["{ a(b: \"\\u0000\") }", "{ a(b: \"\0\") }"] {
        assert_eq!(code(query).await, Some(ErrorCode::BadUserInput));
    }
    let query = "query($b: String) { a(b: $b) }";
    let refused = told(&documents(), query, json!({ "b": "x\u{0}" })).await;
    assert_eq!(refused.unwrap_err().0, ErrorCode::BadUserInput);
    assert_eq!(code(r#"{ a(b: "\u0041") }"#).await, None);
}

#[tokio::test]
async fn fragments_that_multiply_or_spread_themselves_are_refused() {
    let bomb =
        "query A { a } query B { ...F } fragment F on Query { inner { ...G ...G ...G ...G } }
        fragment G on Query { inner { ...H ...H ...H ...H ...H ...H } }
        fragment H on Query { a b: a inner { a } inner { a } inner { a } inner { a } }";
    let mut request = Request::new(bomb).operation_name("A");
    assert!(documents().ready(&mut request).await.is_err());
    let cycle = "{ ...F } fragment F on Query { inner { ...F } }";
    assert_eq!(code(cycle).await, Some(ErrorCode::GraphqlInvalid));
}

#[tokio::test]
async fn variables_have_their_declared_types() {
    let documents = documents();
    let query = "query($w: Wish!, $n: Int = 3) { wish(input: $w) list(first: $n) { a } }";
    // The second time the document is known.
    for _ in 0..2 {
        for (variables, path) in [
            (json!({}), "w"),
            (json!({ "w": null }), "w"),
            (json!({ "w": 17 }), "w"),
            (json!({ "w": { "name": 17 } }), "w.name"),
            (json!({ "w": { "count": 17 } }), "w.name"),
            (json!({ "w": { "name": "x", "more": 1 } }), "w.more"),
            (json!({ "w": { "name": "x" }, "n": "many" }), "n"),
        ] {
            let (code, message) = told(&documents, query, variables).await.unwrap_err();
            assert_eq!(code, ErrorCode::GraphqlInvalid);
            assert!(message.contains(&format!("${path}:")), "{message}");
        }
        let right = told(&documents, query, json!({ "w": { "name": "x" } })).await;
        assert_eq!(right.unwrap().complexity, 5);
    }
}

#[tokio::test]
async fn a_known_document_is_not_validated_again_but_its_numbers_count() {
    let documents = documents();
    let query = "query($n: Int!, $b: String) { list(first: $n) { a(b: $b) } }";
    for (n, b, cost) in [(5, "x", 6), (5, "y", 6), (9, "y", 10), (5, "z", 6)] {
        let told = told(&documents, query, json!({ "n": n, "b": b })).await;
        assert_eq!(told.unwrap().complexity, cost);
    }
    assert_eq!((documents.misses.get(), documents.hits.get()), (2, 2));
    assert!(told(&documents, query, json!({ "n": 5000 })).await.is_err());
}

#[tokio::test]
async fn what_does_not_fit_is_not_kept() {
    let documents = documents();
    for _ in 0..2 {
        assert!(told(&documents, "{ nothing }", json!({})).await.is_err());
    }
    assert_eq!((documents.misses.get(), documents.hits.get()), (2, 0));
    assert!(!documents.knows(&hash_of("{ nothing }")));
}

#[tokio::test]
async fn the_schema_may_be_kept_to_oneself() {
    assert_eq!(
        code("{ __schema { types { name } } }").await,
        Some(ErrorCode::Forbidden)
    );
    assert_eq!(
        code("{ ...F } fragment F on Query { __type(name: \"Query\") { name } }").await,
        Some(ErrorCode::Forbidden)
    );
    assert_eq!(code("{ __typename }").await, None);
}

/// Words of which documents are made, and some of which none is.
const WORDS: [&str; 26] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "...",
    ":",
    "!",
    "=",
    "$",
    "@",
    "|",
    "&",
    "query",
    "fragment",
    "on",
    "Query",
    "a",
    "inner",
    "list(first: 2)",
    "\"",
    "\"\"\"",
    "\\",
    "-1.5e3",
    "\u{0}é🏃",
];

proptest::proptest! {
    #[test]
    fn nothing_that_is_sent_ends_the_program(
        words in proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..200),
        noise in "\\PC{0,200}",
    ) {
        for text in [words.join(" "), words.concat(), noise, format!("{{ {} }}", words.join(" "))] {
            let mut request = Request::new(text);
            let _refused_or_not = futures_util::FutureExt::now_or_never(documents().ready(&mut request));
        }
    }
}
