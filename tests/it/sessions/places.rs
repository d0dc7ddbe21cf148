//! One token, one dealer: switching, and headers that can only narrow.

use serde_json::json;
use tubex::auth::role::RoleCode;
use tubex::kernel::ids::DealerId;

use super::{code, refresh, second_dealer, try_access};
use crate::support::{Answer, Client, Server};

const SWITCH: &str = "mutation($id: ID!) { dealerSwitch(input: { dealerId: $id }) {
    accessToken expiresAt dealer { id name } userErrors { code path } } }";

fn client(server: &Server, token: &serde_json::Value) -> Client {
    Client::new(&server.url, token.as_str().map(str::to_owned))
}

#[tokio::test]
async fn a_session_goes_on_at_another_dealer_of_its_user() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let second = second_dealer(&server, &dealer).await;
    let tokens = server.login(&dealer).await;
    let mine = client(&server, &tokens["accessToken"]);
    let switched = mine.run(SWITCH, json!({ "id": second })).await["dealerSwitch"].clone();
    assert_eq!(switched["dealer"]["name"], "Second");
    let there = client(&server, &switched["accessToken"]);
    let viewer = there.get("{ viewer { dealer { id } } }").await;
    assert_eq!(viewer["viewer"]["dealer"]["id"], second.as_str());
    // The token before stays where it is.
    let viewer = mine.get("{ viewer { dealer { id } } }").await;
    assert_eq!(viewer["viewer"]["dealer"]["id"], dealer.id.to_string());
    let next = refresh(&server, &tokens["refreshToken"]).await;
    assert_eq!(next["dealer"]["id"], second.as_str());
}

#[tokio::test]
async fn nobody_switches_to_a_dealer_he_does_not_work_for() {
    let server = Server::start().await;
    let (dealer, stranger) = (server.dealer().await, server.dealer().await);
    let tokens = server.login(&dealer).await;
    let mine = client(&server, &tokens["accessToken"]);
    for id in [stranger.id.to_string(), DealerId::generate().to_string()] {
        let refused = mine.run(SWITCH, json!({ "id": id })).await["dealerSwitch"].clone();
        assert_eq!(code(&refused), "FORBIDDEN");
        assert!(refused["accessToken"].is_null());
    }
    let next = refresh(&server, &tokens["refreshToken"]).await;
    assert_eq!(next["dealer"]["id"], dealer.id.to_string());
}

#[tokio::test]
async fn a_member_who_is_no_more_is_out() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let tokens = server.login(&dealer).await;
    // A dealer keeps an owner.
    server.member(&dealer, &[RoleCode::OWNER]).await;
    let query = "DELETE FROM platform.memberships WHERE user_id::text = $1";
    let owner = crate::support::owner().await;
    owner
        .execute(query, &[&dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    crate::support::until("his token is refused", async || {
        try_access(&server, &tokens["accessToken"]).await.code() == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(
        code(&refresh(&server, &tokens["refreshToken"]).await),
        "FORBIDDEN"
    );
}

async fn with_header(client: &Client, name: &str, value: &str) -> Answer {
    let request = client.request(reqwest::Method::POST, "/graphql");
    let request = request.header(name, value);
    let request = request.json(&json!({ "query": super::UNITS }));
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_header_or_host_name_can_only_narrow() {
    let server = Server::start_with(|settings| {
        settings.dealer_domain = Some("shops.test".to_owned());
    })
    .await;
    let (dealer, stranger) = (server.dealer().await, server.dealer().await);
    let host = |id: DealerId| format!("{}.shops.test", id.to_string().replace('_', "-"));
    for (name, own, other) in [
        (
            "tubex-dealer",
            dealer.id.to_string(),
            stranger.id.to_string(),
        ),
        ("host", host(dealer.id), host(stranger.id)),
    ] {
        assert_eq!(with_header(&dealer.client, name, &own).await.code(), "none");
        let refused = with_header(&dealer.client, name, &other).await;
        assert_eq!(
            (refused.status, refused.code()),
            (403, "FORBIDDEN"),
            "{name}"
        );
        // Nor does it let anybody in.
        let nobody = with_header(&server.anonymous(), name, &own).await;
        assert_eq!(nobody.code(), "UNAUTHENTICATED");
    }
    let wrong = with_header(&dealer.client, "tubex-dealer", "acme").await;
    assert_eq!((wrong.status, wrong.code()), (400, "BAD_USER_INPUT"));
}
