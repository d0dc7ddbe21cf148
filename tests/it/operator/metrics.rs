//! `GET /metrics`.

use reqwest::Method;
use serde_json::json;
use tubex::config::ServerSettings;

use super::exposition::Figures;
use super::{apart, shared, with_operators};
use crate::support::{Client, Server, Socket, until};

async fn figures(server: &Server) -> Figures {
    let request = server.operator_with(None).request(Method::GET, "/metrics");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    Figures::read(&answer.text().await.unwrap())
}

fn operations(endpoint: &str, operation: &str, outcome: &str) -> String {
    format!(
        "tubex_operations_total{{endpoint=\"{endpoint}\",operation=\"{operation}\",outcome=\"{outcome}\"}}"
    )
}

#[tokio::test]
async fn operations_are_counted_where_they_came_and_as_they_ended() {
    let server = shared().await;
    let dealer = server.dealer().await;
    dealer.client.get("{ units { totalCount } }").await;
    dealer.add_product("M-1").await;
    dealer.client.send("{ nonsense }", json!({})).await;
    dealer
        .client
        .with_token("x")
        .send("{ viewer { user { id } } }", json!({}))
        .await;
    dealer
        .client
        .request(Method::POST, "/graphql")
        .body("{}")
        .send()
        .await
        .unwrap();
    server.operator().get("{ node { version } }").await;
    let figures = figures(&server).await;
    let count =
        |endpoint, operation, outcome| figures.get(&operations(endpoint, operation, outcome));
    assert_eq!(count("api", "query", "done"), 2);
    assert_eq!(count("api", "mutation", "done"), 1);
    assert_eq!(count("api", "query", "refused"), 0);
    assert_eq!(count("api", "unread", "refused"), 3);
    assert_eq!(count("operator", "query", "done"), 1);
    assert_eq!(count("operator", "mutation", "done"), 0);
    let took = "tubex_operation_duration_seconds_count{endpoint=\"api\",operation=\"query\"}";
    assert_eq!(figures.get(took), 2);
    assert!(figures.get("tubex_request_leases_home_total") >= 3);
    let reads = figures.get("tubex_directory_reads_total");
    assert!((1..=figures.get("tubex_directory_lookups_total")).contains(&reads));
    assert!(figures.get("process_resident_memory_bytes") > 1_000_000);
    // Nothing that grows with dealers or with what they ask.
    let id = dealer.id.to_string();
    let named = [id.as_str(), dealer.schema.as_str(), "nonsense", "units"];
    for series in figures.series() {
        assert!(!named.iter().any(|name| series.contains(name)), "{series}");
    }
}

#[tokio::test]
async fn sockets_count_while_they_are_open() {
    let server = shared().await;
    let dealer = server.dealer().await;
    let mut socket = server.socket(&dealer).await;
    socket
        .subscribe(
            "1",
            "subscription { productChanged { product { sku } } }",
            json!({}),
        )
        .await;
    until("the subscription is at work", async || {
        figures(&server).await.get("tubex_socket_operations") == 1
    })
    .await;
    assert_eq!(figures(&server).await.get("tubex_sockets"), 1);
    drop(socket);
    until("the socket is gone", async || {
        let figures = figures(&server).await;
        figures.get("tubex_sockets") + figures.get("tubex_socket_operations") == 0
    })
    .await;
}

#[tokio::test]
async fn what_becomes_of_sockets_is_counted() {
    let server = Server::start_with(|settings| {
        with_operators(settings);
        settings.max_sockets_per_user = 1;
    })
    .await;
    let dealer = server.dealer().await;
    let login = server.login(&dealer).await;
    let token = login["accessToken"].as_str().unwrap();
    let mut socket = Socket::open(&server.url).await;
    socket.init(token).await;
    let bad = json!({ "authorization": "Bearer nonsense" });
    socket.send(json!({ "type": "ping", "payload": bad })).await;
    assert_eq!(socket.next().await["type"], "pong");
    let mut second = Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {token}") });
    second
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(second.close_code().await, 1013);
    let client = dealer.client.with_token(token);
    client.get("mutation { logout { ended } }").await;
    assert_eq!(socket.close_code().await, 4403);
    let figures = figures(&server).await;
    for (figure, count) in [
        ("tubex_sockets_ended_total{reason=\"revoked\"}", 1),
        ("tubex_sockets_ended_total{reason=\"limit\"}", 1),
        ("tubex_sockets_ended_total{reason=\"expired\"}", 0),
        ("tubex_socket_refusals_total{limit=\"sockets_per_user\"}", 1),
        (
            "tubex_socket_refusals_total{limit=\"sockets_per_dealer\"}",
            0,
        ),
        ("tubex_socket_refreshes_total{outcome=\"refused\"}", 1),
        ("tubex_socket_refreshes_total{outcome=\"done\"}", 0),
    ] {
        assert_eq!(figures.get(figure), count, "{figure}");
    }
}

#[tokio::test]
async fn a_timeout_is_told_from_other_failures() {
    let server = Server::start_with(|settings| {
        with_operators(settings);
        settings.request_timeout_ms = std::time::Duration::from_millis(200);
    })
    .await;
    let dealer = server.dealer().await;
    let held = crate::support::hold(&dealer.schema, "categories").await;
    let create =
        "mutation { categoryCreate(input: { code: \"x\", name: \"x\" }) { category { id } } }";
    let answer = dealer.client.send(create, json!({})).await;
    assert_eq!(answer.code(), "TIMEOUT");
    held.release().await;
    let figures = figures(&server).await;
    assert_eq!(figures.get(&operations("api", "mutation", "timeout")), 1);
}

#[tokio::test]
async fn dealers_are_counted_by_status() {
    let server = apart("operator_metrics").await;
    server.dealer().await;
    server.dealer().await;
    let figures = figures(&server).await;
    assert_eq!(figures.get("tubex_dealers{status=\"ACTIVE\"}"), 2);
    assert_eq!(figures.get("tubex_dealers_behind"), 0);
    assert_eq!(figures.get("tubex_spares_ready"), 0);
    assert_eq!(figures.get("tubex_control_up"), 1);
    assert!(figures.get("tubex_control_connections_limit") == 2);
}

#[tokio::test]
async fn figures_come_without_the_database_too() {
    let server = apart("operator_metrics_away").await;
    let owner = crate::support::owner().await;
    let away = "ALTER DATABASE operator_metrics_away ALLOW_CONNECTIONS false";
    owner.batch_execute(away).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = 'operator_metrics_away'";
    owner.batch_execute(end).await.unwrap();
    let figures = figures(&server).await;
    assert_eq!(figures.get("tubex_control_up"), 0);
    assert!(!figures.has("tubex_dealers_behind"));
    assert!(figures.has("tubex_request_leases_home_total"));
}

#[tokio::test]
async fn figures_need_a_token_where_they_are_not_open() {
    let closed = |settings: &mut ServerSettings| {
        with_operators(settings);
        settings.operator_metrics_open = Some(false);
    };
    let server = Server::start_with(closed).await;
    let dealer = server.dealer().await;
    let status = async |client: Client| {
        let answer = client
            .request(Method::GET, "/metrics")
            .send()
            .await
            .unwrap();
        let asked = answer.headers().contains_key("www-authenticate");
        (answer.status().as_u16(), asked)
    };
    assert_eq!(status(server.operator_with(None)).await, (401, true));
    let token = dealer.client.token();
    assert_eq!(status(server.operator_with(token)).await, (401, true));
    assert_eq!(status(server.operator()).await, (200, false));
}

#[test]
fn figures_are_open_on_loopback_addresses_unless_told_otherwise() {
    let mut settings = crate::support::server_settings();
    let mut open = |listen: &str, told: Option<bool>| {
        settings.operator_listen = Some(listen.parse().unwrap());
        settings.operator_metrics_open = told;
        settings.metrics_open()
    };
    assert!(open("127.0.0.1:1", None) && open("[::1]:1", None));
    assert!(!open("0.0.0.0:1", None) && !open("10.0.0.7:1", None));
    assert!(open("0.0.0.0:1", Some(true)) && !open("127.0.0.1:1", Some(false)));
}
