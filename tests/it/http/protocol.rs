//! GraphQL over HTTP: methods, media types, bodies, request ids.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Server};

const GRAPHQL_JSON: &str = "application/graphql-response+json";

/// Posts `body` as it is.
async fn post(server: &Server, content_type: &str, body: impl Into<String>) -> Answer {
    let request = server.anonymous().request(Method::POST, "/graphql");
    let request = request
        .header("content-type", content_type)
        .body(body.into());
    Answer::of(request.send().await.unwrap()).await
}

/// Posts a document with an Accept header.
async fn post_accepting(server: &Server, accept: &str, query: &str) -> Answer {
    let request = server.anonymous().request(Method::POST, "/graphql");
    let request = request
        .header("accept", accept)
        .json(&json!({ "query": query }));
    Answer::of(request.send().await.unwrap()).await
}

/// Posts under a request id of the caller's; gives the answer's two ids.
async fn ids(server: &Server, sent: &str) -> (String, Value) {
    let request = server.anonymous().request(Method::POST, "/graphql");
    let request = request.header("x-request-id", sent);
    let response = request
        .json(&json!({ "query": "{ viewer { user { id } } }" }))
        .send();
    let answer = Answer::of(response.await.unwrap()).await;
    let header = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    (
        header,
        answer.body["errors"][0]["extensions"]["requestId"].clone(),
    )
}

#[tokio::test]
async fn the_callers_own_request_id_comes_back() {
    let server = Server::start().await;
    let own = "7f3c1a52-0f6e-4a7b-9a35-0d0d5b1c9e11";
    assert_eq!(ids(&server, own).await, (own.to_owned(), json!(own)));
}

#[tokio::test]
async fn a_request_id_that_is_no_uuid_is_replaced() {
    let server = Server::start().await;
    let (header, extension) = ids(&server, "order-17 level=ERROR").await;
    assert_eq!(extension, json!(header));
    assert!(uuid::Uuid::try_parse(&header).is_ok(), "{header}");
    // Every request has one of its own.
    assert_ne!(ids(&server, "order-17").await.0, header);
}

#[tokio::test]
async fn only_json_is_taken() {
    let server = Server::start().await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    // What a form of another site can send without being asked.
    for (content_type, status) in [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        // Operations with files come so, with a header that no form can send.
        ("multipart/form-data", 400),
        ("", 415),
    ] {
        let answer = post(&server, content_type, &body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, "GRAPHQL_INVALID"),
            "{content_type}"
        );
    }
    let answer = post(&server, "Application/JSON; charset=utf-8", &body).await;
    assert_eq!(answer.body["data"]["__typename"], "Query");
}

#[tokio::test]
async fn a_body_that_is_no_operation_is_refused_with_400() {
    let server = Server::start().await;
    for body in [
        "",
        "{",
        "17",
        "null",
        "{\"query\": 17}",
        "{\"query\": \"{ a }\", \"variables\": 1}",
    ] {
        let answer = post(&server, "application/json", body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "GRAPHQL_INVALID"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_list_of_operations_is_refused_with_400() {
    let server = Server::start().await;
    let body = json!([{ "query": "{ __typename }" }, { "query": "{ __typename }" }]);
    let answer = post(&server, "application/json", format!("\n {body}")).await;
    assert_eq!((answer.status, answer.code()), (400, "GRAPHQL_INVALID"));
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("one operation per request"), "{message}");
}

#[tokio::test]
async fn other_methods_are_told_the_right_one() {
    let server = Server::start().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let path = "/graphql?query=%7B__typename%7D";
        let request = server.anonymous().request(method.clone(), path);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (405, "GRAPHQL_INVALID"),
            "{method}"
        );
        assert_eq!(answer.headers["allow"], "GET, POST");
    }
}

#[tokio::test]
async fn a_client_of_the_new_media_type_gets_its_status_codes() {
    let server = Server::start().await;
    // Not GraphQL; not of this schema; wrong type; which of the two.
    for query in [
        "{",
        "{ nothing }",
        "{ nodes(ids: {}) { id } }",
        "query A { __typename } query B { __typename }",
    ] {
        let answer = post_accepting(&server, GRAPHQL_JSON, query).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "GRAPHQL_INVALID"),
            "{query}"
        );
        assert_eq!(
            answer.headers["content-type"],
            format!("{GRAPHQL_JSON}; charset=utf-8")
        );
    }
    // Run, with a field that failed.
    let answer = post_accepting(&server, GRAPHQL_JSON, "{ viewer { user { id } } }").await;
    assert_eq!((answer.status, answer.code()), (200, "UNAUTHENTICATED"));
    let mixed = format!("text/html, {GRAPHQL_JSON};q=0.9, */*");
    let answer = post_accepting(&server, &mixed, "{ __typename }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers["content-type"],
        format!("{GRAPHQL_JSON}; charset=utf-8")
    );
}

#[tokio::test]
async fn an_older_client_gets_200_and_plain_json() {
    let server = Server::start().await;
    for accept in ["application/json", "*/*"] {
        let answer = post_accepting(&server, accept, "{ nothing }").await;
        assert_eq!((answer.status, answer.code()), (200, "GRAPHQL_INVALID"));
        assert_eq!(
            answer.headers["content-type"],
            "application/json; charset=utf-8"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

/// Asks by GET, with these parameters.
async fn get(server: &Server, accept: &str, parameters: &[(&str, &str)]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let request = server
        .anonymous()
        .request(Method::GET, &format!("/graphql?{query}"));
    Answer::of(request.header("accept", accept).send().await.unwrap()).await
}

#[tokio::test]
async fn a_query_may_come_in_the_address() {
    let server = Server::start().await;
    let named = "query A($name: String!) { __type(name: $name) { name } } query B { __typename }";
    let parameters = [
        ("query", named),
        ("operationName", "A"),
        ("variables", r#"{"name":"Query"}"#),
    ];
    for accept in ["application/json", GRAPHQL_JSON] {
        let answer = get(&server, accept, &parameters).await;
        assert_eq!(answer.status, 200, "{:#}", answer.body);
        assert_eq!(answer.body["data"]["__type"]["name"], "Query");
    }
    for (query, status, json_status) in [
        ("{ nothing }", 400, 200),
        ("mutation { __typename }", 405, 405),
    ] {
        let answer = get(&server, GRAPHQL_JSON, &[("query", query)]).await;
        assert_eq!((answer.status, answer.code()), (status, "GRAPHQL_INVALID"));
        let answer = get(&server, "application/json", &[("query", query)]).await;
        assert_eq!(
            (answer.status, answer.code()),
            (json_status, "GRAPHQL_INVALID")
        );
    }
}

#[tokio::test]
async fn lists_are_taken_up_to_the_limit_where_they_are_let_in() {
    let server = Server::start_with(|settings| settings.limits.max_batch = 3).await;
    let list = |count: usize| {
        let all: Vec<Value> = (0..count)
            .map(|number| json!({ "query": format!("{{ a{number}: __typename }}") }))
            .collect();
        Value::from(all).to_string()
    };
    let answer = post(&server, "application/json", list(3)).await;
    assert_eq!(answer.status, 200);
    let answers = answer.body.as_array().unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[2]["data"]["a2"], "Query");
    let answer = post(&server, "application/json", list(4)).await;
    assert_eq!((answer.status, answer.code()), (400, "LIMIT_EXCEEDED"));
    assert_eq!(
        answer.body["errors"][0]["extensions"]["limit"]["setting"],
        "max_batch"
    );
    assert_eq!(post(&server, "application/json", "[]").await.status, 400);
    // One that fails leaves the others alone.
    let mixed = json!([{ "query": "{ nothing }" }, {}, { "query": "{ __typename }" }]);
    let answer = post(&server, "application/json", mixed.to_string()).await;
    let answers = answer.body.as_array().unwrap();
    let code = |at: usize| answers[at]["errors"][0]["extensions"]["code"].clone();
    assert_eq!(
        (code(0), code(1)),
        (json!("GRAPHQL_INVALID"), json!("GRAPHQL_INVALID"))
    );
    assert_eq!(answers[2]["data"]["__typename"], "Query");
}
