//! Two nodes on one database: what the one revokes, the other refuses.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use super::{refresh, try_access};
use crate::support::{Client, Server, TestDealer, own_settings, owner, owner_of, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);

async fn nodes() -> (Server, Server) {
    let (one, other) = (Server::start().await, Server::start().await);
    for node in [&one, &other] {
        until("revocations are heard of", async || {
            node.app.directory.is_current()
        })
        .await;
    }
    (one, other)
}

fn signed_in(server: &Server, tokens: &Value) -> Client {
    let token = tokens["accessToken"].as_str().unwrap().to_owned();
    Client::new(&server.url, Some(token))
}

async fn is_refused_soon(server: &Server, tokens: &Value) {
    let since = Instant::now();
    until("the other node refuses", async || {
        try_access(server, &tokens["accessToken"]).await.code() == "UNAUTHENTICATED"
    })
    .await;
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
}

async fn two_sessions(server: &Server) -> (TestDealer, Value, Value) {
    let dealer = server.dealer().await;
    let (mine, others) = (server.login(&dealer).await, server.login(&dealer).await);
    (dealer, mine, others)
}

#[tokio::test]
async fn logging_out_on_one_node_is_known_to_the_other() {
    let (one, other) = nodes().await;
    let (_dealer, mine, others) = two_sessions(&one).await;
    assert_eq!(
        try_access(&other, &mine["accessToken"]).await.code(),
        "none"
    );
    let ended = signed_in(&one, &mine)
        .get("mutation { logout { ended } }")
        .await;
    assert_eq!(ended["logout"]["ended"], 1);
    is_refused_soon(&other, &mine).await;
    assert_eq!(
        super::code(&refresh(&other, &mine["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        try_access(&other, &others["accessToken"]).await.code(),
        "none"
    );
}

#[tokio::test]
async fn a_user_ends_his_other_sessions_or_all() {
    let (one, other) = nodes().await;
    let (_dealer, mine, others) = two_sessions(&one).await;
    let revoke = |which: &str| {
        format!(
            "mutation {{ sessionRevoke(input: {{ which: {which} }}) {{ ended userErrors {{ code }} }} }}"
        )
    };
    let ended = signed_in(&one, &mine).get(&revoke("OTHERS")).await;
    assert_eq!(ended["sessionRevoke"]["ended"], 1);
    is_refused_soon(&other, &others).await;
    assert_eq!(
        try_access(&other, &mine["accessToken"]).await.code(),
        "none"
    );
    let ended = signed_in(&one, &mine).get(&revoke("ALL")).await;
    assert_eq!(ended["sessionRevoke"]["ended"], 1);
    is_refused_soon(&other, &mine).await;
}

#[tokio::test]
async fn a_user_ends_no_session_of_somebody_else() {
    let server = Server::start().await;
    let (dealer, _mine, _others) = two_sessions(&server).await;
    let stranger = server.dealer().await;
    let sessions = dealer.client.get("{ sessions { id } }").await;
    let id = &sessions["sessions"][0]["id"];
    let query = "mutation($id: ID!) { sessionRevoke(input: { which: ONE, id: $id }) {
        ended userErrors { code } } }";
    let refused = stranger.client.run(query, json!({ "id": id })).await;
    assert_eq!(
        refused["sessionRevoke"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
    let ended = dealer.client.run(query, json!({ "id": id })).await;
    assert_eq!(ended["sessionRevoke"]["ended"], 1);
}

#[tokio::test]
async fn a_raised_epoch_ends_access_tokens_and_no_session() {
    let (one, other) = nodes().await;
    let (dealer, mine, _others) = two_sessions(&one).await;
    let raise = "UPDATE platform.users SET epoch = epoch + 1 WHERE id::text = $1";
    owner()
        .await
        .execute(raise, &[&dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    is_refused_soon(&other, &mine).await;
    let next = refresh(&other, &mine["refreshToken"]).await;
    assert_eq!(
        try_access(&other, &next["accessToken"]).await.code(),
        "none"
    );
}

#[tokio::test]
async fn a_dealer_whose_epoch_is_raised_has_his_tokens_refused() {
    let (one, other) = nodes().await;
    let (dealer, mine, _others) = two_sessions(&one).await;
    assert_eq!(
        try_access(&other, &mine["accessToken"]).await.code(),
        "none"
    );
    let raise = "UPDATE platform.dealers SET token_epoch = token_epoch + 1 WHERE id::text = $1";
    owner()
        .await
        .execute(raise, &[&dealer.id.uuid().to_string()])
        .await
        .unwrap();
    is_refused_soon(&other, &mine).await;
    let next = refresh(&other, &mine["refreshToken"]).await;
    assert_eq!(
        try_access(&other, &next["accessToken"]).await.code(),
        "none"
    );
}

#[tokio::test]
async fn a_node_that_was_started_later_knows_what_was_revoked() {
    let one = Server::start().await;
    let (_dealer, mine, _others) = two_sessions(&one).await;
    signed_in(&one, &mine)
        .get("mutation { logout { ended } }")
        .await;
    let late = Server::start().await;
    assert_eq!(
        try_access(&late, &mine["accessToken"]).await.code(),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn a_request_reads_nothing_of_who_sends_it() {
    let database = own_settings("sessions_unread").await;
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let dealer = server.dealer().await;
    let tokens = server.login(&dealer).await;
    let client = signed_in(&server, &tokens);
    until("revocations are heard of", async || {
        server.app.directory.is_current()
    })
    .await;
    // The dealer's own registration is told twice, the second time from the log.
    tokio::time::sleep(Duration::from_millis(600)).await;
    client.get(super::UNITS).await;
    let locker = owner_of(&database).await;
    locker
        .batch_execute(
            "BEGIN; LOCK TABLE platform.users, platform.memberships, platform.sessions,
             platform.dealers, platform.signing_keys IN ACCESS EXCLUSIVE MODE",
        )
        .await
        .unwrap();
    let began = Instant::now();
    for _ in 0..50 {
        client.get(super::UNITS).await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    locker.batch_execute("ROLLBACK").await.unwrap();
}
