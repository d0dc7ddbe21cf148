//! Two nodes on one database: what is revoked at the one, the other refuses.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Desk, try_access};
use crate::support::{Server, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);

async fn nodes() -> (Desk, Server) {
    let (one, other) = (Server::start().await, Server::start().await);
    for node in [&one, &other] {
        until("revocations are heard of", async || {
            node.app.directory.is_current()
        })
        .await;
    }
    (Desk::at(one).await, other)
}

async fn is_refused_soon(node: &Server, token: &str) {
    let since = Instant::now();
    until("the other node refuses", async || {
        try_access(node, token).await == "UNAUTHENTICATED"
    })
    .await;
    assert!(since.elapsed() < SOON, "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_grant_taken_back_at_one_is_refused_by_the_other() {
    let (desk, other) = nodes().await;
    let token = desk.tokens(&[]).await.text("access_token");
    assert_eq!(try_access(&other, &token).await, "none");
    let owner = desk.owner().await;
    let grants = owner.get("{ oauthGrants { id } }").await;
    let revoke = "mutation($id: ID!) { oauthGrantRevoke(input: { id: $id }) { revokedId } }";
    let id = json!({ "id": grants["oauthGrants"][0]["id"] });
    owner.run(revoke, id).await;
    is_refused_soon(&other, &token).await;
}

#[tokio::test]
async fn a_token_given_back_at_one_is_refused_by_the_other() {
    let (desk, other) = nodes().await;
    let told = desk.tokens(&[]).await;
    let access = told.text("access_token");
    assert_eq!(try_access(&other, &access).await, "none");
    desk.revoke(&told.text("refresh_token")).await;
    is_refused_soon(&other, &access).await;
}

#[tokio::test]
async fn an_application_removed_at_one_is_refused_by_the_other() {
    let (desk, other) = nodes().await;
    let access = desk.tokens(&[]).await.text("access_token");
    assert_eq!(try_access(&other, &access).await, "none");
    let remove = "mutation($id: ID!) { oauthClientRemove(input: { id: $id }) { removedId } }";
    desk.owner()
        .await
        .run(remove, json!({ "id": desk.app.id }))
        .await;
    is_refused_soon(&other, &access).await;
}
