//! `/livez` and `/readyz`.

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::json;
use tubex::config::{DatabaseSettings, Pooler};
use tubex::kernel::clock::Clock;
use tubex::tenancy::migrate::MigrationSet;

use crate::support::{Answer, Server, TestDealer, own_settings, owner_of, until};

pub async fn ready(server: &Server) -> Answer {
    let request = server.anonymous().request(Method::GET, "/readyz");
    Answer::of(request.send().await.unwrap()).await
}

/// A server on a database of its own, which a test may spoil.
async fn apart(name: &'static str) -> (Server, tokio_postgres::Client) {
    let database = own_settings(name).await;
    let owner = owner_of(&database).await;
    (
        Server::start_on(&database, Clock::system(), |_settings| {}).await,
        owner,
    )
}

#[tokio::test]
async fn a_server_that_can_serve_says_so() {
    let (server, _owner) = apart("health_well").await;
    until("changes are heard of", async || {
        ready(&server).await.body["directory"] == true
    })
    .await;
    let answer = ready(&server).await;
    assert_eq!(answer.status, 200);
    let well = json!({
        "ready": true, "database": true, "requests": true, "migrations": true, "accepting": true, "directory": true, "revocations": true,
        "dealers_behind": 0, "dealers_refused": 0,
    });
    assert_eq!(answer.body, well);
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_dealer_behind_is_refused_and_the_others_are_served() {
    let (server, owner) = apart("health_dealer_behind").await;
    let (behind, ahead) = (server.dealer().await, server.dealer().await);
    let at = async |dealer: &TestDealer, version: &str| {
        let set = "UPDATE platform.dealers SET schema_version = $1 WHERE schema_name = $2";
        assert_eq!(
            owner
                .execute(set, &[&version, &dealer.schema])
                .await
                .unwrap(),
            1
        );
    };
    at(&behind, "20000101000000").await;
    // A newer program has migrated him ahead of this one.
    at(&ahead, "29990101000000").await;
    until("changes are heard of", async || {
        ready(&server).await.body["directory"] == true
    })
    .await;
    let answer = ready(&server).await;
    assert_eq!(answer.status, 200);
    let mostly = json!({
        "ready": true, "database": true, "requests": true, "migrations": true, "accepting": true, "directory": true, "revocations": true,
        "dealers_behind": 1, "dealers_refused": 1,
    });
    assert_eq!(answer.body, mostly);
    let units = "{ units { totalCount } }";
    assert_eq!(ahead.client.get(units).await["units"]["totalCount"], 27);
    let refused = behind.client.send(units, json!({})).await;
    assert_eq!((refused.status, refused.code()), (503, "DEALER_UPGRADING"));
    assert_eq!(refused.headers["retry-after"], "2");
    // Served within a second or so of his migration.
    at(&behind, MigrationSet::tenant().unwrap().newest().unwrap()).await;
    until("the migrated dealer is served", async || {
        behind.client.send(units, json!({})).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_control_plane_that_was_never_migrated_makes_the_server_unready() {
    let (server, owner) = apart("health_no_control").await;
    owner
        .batch_execute("DROP SCHEMA platform CASCADE")
        .await
        .unwrap();
    let answer = ready(&server).await;
    assert_eq!(
        (answer.status, &answer.body["migrations"]),
        (503, &json!(false))
    );
}

#[tokio::test]
async fn without_a_database_the_server_lives_and_is_unready() {
    // Port 1 belongs to a service that nobody runs.
    let nowhere = |role| format!("postgres://{role}:none@127.0.0.1:1/none").into();
    let database = DatabaseSettings::local(nowhere("app"), nowhere("owner"));
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let answer = ready(&server).await;
    assert_eq!(
        (answer.status, &answer.body["database"]),
        (503, &json!(false))
    );
    let live = server
        .anonymous()
        .request(Method::GET, "/livez")
        .send()
        .await
        .unwrap();
    assert_eq!(live.status(), 200);
    let query = server.anonymous().send("{ __typename }", json!({})).await;
    assert_eq!(query.body["data"]["__typename"], "Query");
}

#[tokio::test]
async fn a_request_role_that_is_not_let_in_makes_the_server_unready() {
    let mut database = own_settings("health_requests").await;
    let url = database.database_url.expose_secret();
    database.database_url = url.replace("of-the-tests", "of-nobody").into();
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let answer = ready(&server).await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        (&answer.body["database"], &answer.body["requests"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn a_server_that_takes_no_pooler_for_one_is_unready() {
    let mut database = own_settings("health_no_pooler").await;
    database.pooler = Pooler::Transaction;
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let answer = ready(&server).await;
    assert_eq!(
        (answer.status, &answer.body["requests"]),
        (503, &json!(false))
    );
}
