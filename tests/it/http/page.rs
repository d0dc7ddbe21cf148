//! The page to explore by hand.

use reqwest::{Method, Response};

use crate::support::Server;

async fn get(server: &Server, path: &str) -> Response {
    server
        .anonymous()
        .request(Method::GET, path)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_page_and_its_files_come_under_a_strict_policy() {
    let server = Server::start().await;
    for (path, content_type) in [
        ("/graphiql", "text/html"),
        ("/graphiql/config.json", "application/json"),
        ("/graphiql/assets/explorer.js", "text/javascript"),
        ("/graphiql/assets/explorer.css", "text/css"),
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 200, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(content_type), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn the_page_loads_no_script_that_its_policy_forbids() {
    let server = Server::start().await;
    let html = get(&server, "/graphiql").await.text().await.unwrap();
    assert!(
        !html.contains("<script>"),
        "a script in the page itself would not run"
    );
    for part in html.split("src=\"").skip(1) {
        let path = part.split('"').next().unwrap();
        assert_eq!(get(&server, path).await.status(), 200, "{path}");
    }
    assert!(html.contains("src=\""));
}

#[tokio::test]
async fn the_page_is_told_where_to_ask_and_what() {
    let server = Server::start().await;
    let config: serde_json::Value = get(&server, "/graphiql/config.json")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(config["graphqlUrl"], "/graphql");
    assert_eq!(config["wsUrl"], "/graphql");
    // Only the demo has logins to offer.
    assert_eq!(config["demoLogins"], serde_json::json!([]));
    // The first query must fit the schema and its limits.
    let dealer = server.dealer().await;
    let data = dealer
        .client
        .get(config["defaultQuery"].as_str().unwrap())
        .await;
    assert_eq!(data["products"]["totalCount"], 0);
}

#[tokio::test]
async fn the_front_door_leads_to_the_page() {
    let server = Server::start().await;
    let response = get(&server, "/").await;
    assert_eq!(
        (response.status().as_u16(), response.url().path()),
        (200, "/graphiql")
    );
}

#[tokio::test]
async fn there_is_no_way_from_the_page_to_other_files() {
    let server = Server::start().await;
    for path in [
        "/graphiql/assets/..%2f..%2fCargo.toml",
        "/graphiql/assets/%2e%2e/index.html",
        "/graphiql/assets//etc/passwd",
        "/graphiql/assets/",
        "/nowhere",
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(response.headers().contains_key("x-request-id"), "{path}");
    }
}
