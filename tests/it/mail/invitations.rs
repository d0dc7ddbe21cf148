//! Invitations to work for a dealer.

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::auth::principal::ActingOperator;

use super::{Post, codes};
use crate::support::{Client, PASSWORD};

const INVITE: &str = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
    invitation { id email roles invitedBy { email } expiresAt } userErrors { code path } } }";
const ACCEPT: &str = "mutation($input: InvitationAcceptInput!) { invitationAccept(input: $input) {
    dealer { id name } user { email name } userErrors { code path message } } }";
const REVOKE: &str = "mutation($input: InvitationRevokeInput!) { invitationRevoke(input: $input) {
    invitation { email } userErrors { code path } } }";
const LIST: &str = "{ invitations { id email invitedBy { name } } }";
const PREVIEW: &str = "query($token: String!) { invitationPreview(token: $token) {
    dealerName email hasAccount } }";

const OLIVIA: &str = "olivia@test.example";
const IVAN: &str = "ivan@test.example";

async fn invite(client: &Client, email: &str) -> Value {
    let input = json!({ "email": email, "roles": ["sales"] });
    client.run(INVITE, json!({ "input": input })).await["memberInvite"].clone()
}

async fn accept(client: &Client, input: Value) -> Value {
    client.run(ACCEPT, json!({ "input": input })).await["invitationAccept"].clone()
}

async fn preview(post: &Post, token: &str) -> Value {
    let data = post
        .server
        .anonymous()
        .run(PREVIEW, json!({ "token": token }))
        .await;
    data["invitationPreview"].clone()
}

async fn open(client: &Client) -> Vec<String> {
    let data = client.get(LIST).await;
    let list = data["invitations"].as_array().unwrap();
    list.iter()
        .map(|one| one["email"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn somebody_new_becomes_a_user_and_works_for_the_dealer() {
    let post = Post::open("invite_new").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let payload = invite(&owner, " Ivan@Test.Example").await;
    assert_eq!(codes(&payload), [""; 0]);
    assert_eq!(payload["invitation"]["email"], IVAN);
    assert_eq!(payload["invitation"]["roles"], json!(["sales"]));
    assert_eq!(payload["invitation"]["invitedBy"]["email"], OLIVIA);
    assert_eq!(open(&owner).await, [IVAN]);
    let token = post.token(IVAN, "invitation").await;
    let shown = preview(&post, &token).await;
    assert_eq!(
        shown,
        json!({ "dealerName": "Acme", "email": IVAN, "hasAccount": false })
    );
    let nobody = post.server.anonymous();
    let refused = accept(
        &nobody,
        json!({ "token": token, "name": " ", "password": PASSWORD }),
    )
    .await;
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "name"]));
    let weak = json!({ "token": token, "name": "Ivan", "password": "acme-ivan-2026" });
    let refused = accept(&nobody, weak).await;
    assert_eq!(codes(&refused), ["BAD_USER_INPUT"]);
    let path = &refused["userErrors"][0]["path"];
    assert_eq!(path, &json!(["input", "password"]));
    let input = json!({ "token": token, "name": "Ivan", "password": PASSWORD });
    let payload = accept(&nobody, input.clone()).await;
    assert_eq!(codes(&payload), [""; 0]);
    assert_eq!(payload["user"], json!({ "email": IVAN, "name": "Ivan" }));
    let ivan = post.sign_in(IVAN, PASSWORD).await.unwrap();
    let viewer = ivan
        .get("{ viewer { user { emailVerifiedAt } dealer { name } } }")
        .await;
    assert_eq!(viewer["viewer"]["dealer"]["name"], "Acme");
    assert!(viewer["viewer"]["user"]["emailVerifiedAt"].is_string());
    assert_eq!(open(&owner).await, [""; 0]);
    assert_eq!(codes(&accept(&nobody, input).await), ["NOT_FOUND"]);
    assert_eq!(preview(&post, &token).await, Value::Null);
}

#[tokio::test]
async fn who_has_an_account_shows_that_it_is_his() {
    let post = Post::open("invite_known").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let ivan = post.dealer("Ivan's own", IVAN).await;
    let other = post.dealer("Others", "other@test.example").await;
    invite(&owner, IVAN).await;
    let token = post.token(IVAN, "invitation").await;
    assert_eq!(preview(&post, &token).await["hasAccount"], true);
    let nobody = post.server.anonymous();
    for (who, input) in [
        (&nobody, json!({ "token": token })),
        (
            &nobody,
            json!({ "token": token, "name": "Mallory", "password": "a password of my own" }),
        ),
        // Signed in, but as somebody else.
        (&other, json!({ "token": token })),
    ] {
        assert_eq!(codes(&accept(who, input).await), ["INVALID_CREDENTIALS"]);
    }
    let payload = accept(&ivan, json!({ "token": token })).await;
    assert_eq!(codes(&payload), [""; 0]);
    assert_eq!(payload["dealer"]["name"], "Acme");
    // He keeps his name and password, and works for both.
    assert_eq!(payload["user"]["name"], "Olivia Owner");
    assert!(post.sign_in(IVAN, PASSWORD).await.is_some());
    assert_eq!(codes(&invite(&owner, IVAN).await), ["ALREADY_EXISTS"]);
}

/// What an operator or an application does in a user's name makes him nobody's member.
#[tokio::test]
async fn nobody_accepts_in_his_name() {
    let post = Post::open("invite_in_name").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let ivan = post.dealer("Ivan's own", IVAN).await;
    invite(&owner, IVAN).await;
    let token = post.token(IVAN, "invitation").await;
    let seen = ivan.get("{ viewer { user { id } dealer { id } } }").await;
    let id = |of: &str| seen["viewer"][of]["id"].as_str().unwrap().to_owned();
    let user = id("user").parse().unwrap();
    let mut grant = post.server.grant(user, id("dealer").parse().unwrap());
    grant.actor = Some(ActingOperator {
        sub: "alice".to_owned(),
    });
    grant.read_only = true;
    let issued = post.server.app.tokens.issue(&grant).unwrap();
    let operator = owner.with_token(issued.token.expose_secret());
    let refused = accept(&operator, json!({ "token": token })).await;
    assert_eq!(codes(&refused), ["INVALID_CREDENTIALS"]);
    assert_eq!(
        codes(&accept(&ivan, json!({ "token": token })).await),
        [""; 0]
    );
}

#[tokio::test]
async fn his_password_will_do() {
    let post = Post::open("invite_password").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    post.dealer("Ivan's own", IVAN).await;
    invite(&owner, IVAN).await;
    let token = post.token(IVAN, "invitation").await;
    let input = json!({ "token": token, "password": PASSWORD });
    let payload = accept(&post.server.anonymous(), input).await;
    assert_eq!(codes(&payload), [""; 0]);
    assert_eq!(payload["dealer"]["name"], "Acme");
}

#[tokio::test]
async fn of_two_who_accept_at_the_same_moment_one_does() {
    let post = Post::open("invite_race").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    invite(&owner, IVAN).await;
    let token = post.token(IVAN, "invitation").await;
    let nobody = post.server.anonymous();
    let input = json!({ "token": token, "name": "Ivan", "password": PASSWORD });
    let uses = (0..6).map(|_| accept(&nobody, input.clone()));
    let outcomes = futures_util::future::join_all(uses).await;
    let done = outcomes.iter().filter(|payload| codes(payload).is_empty());
    assert_eq!(done.count(), 1, "{outcomes:#?}");
    let count =
        "SELECT count(*) FROM platform.memberships m JOIN platform.users u ON u.id = m.user_id
        WHERE u.email = $1";
    let row = post.owner.query_one(count, &[&IVAN]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn the_next_invitation_replaces_the_one_before() {
    let post = Post::open("invite_again").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    invite(&owner, IVAN).await;
    let first = post.token(IVAN, "invitation").await;
    // Not at once: mail goes to somebody who has not asked for any.
    let payload = invite(&owner, IVAN).await;
    assert_eq!(codes(&payload), ["LIMIT_EXCEEDED"]);
    assert!(!preview(&post, &first).await.is_null());
    post.pass(TimeDelta::minutes(1));
    assert_eq!(codes(&invite(&owner, IVAN).await), [""; 0]);
    let second = post.token(IVAN, "invitation").await;
    assert!(preview(&post, &first).await.is_null());
    assert!(!preview(&post, &second).await.is_null());
    assert_eq!(open(&owner).await, [IVAN]);
    // Another dealer's is another matter.
    let other = post.dealer("Others", "other@test.example").await;
    assert_eq!(codes(&invite(&other, IVAN).await), [""; 0]);
    assert!(!preview(&post, &second).await.is_null());
}

#[tokio::test]
async fn what_is_taken_back_or_too_old_is_accepted_by_nobody() {
    let post = Post::open("invite_revoked").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let other = post.dealer("Others", "other@test.example").await;
    let payload = invite(&owner, IVAN).await;
    let input = json!({ "input": { "id": payload["invitation"]["id"] } });
    let token = post.token(IVAN, "invitation").await;
    // By another dealer it is not, nor seen.
    let refused = other.run(REVOKE, input.clone()).await["invitationRevoke"].clone();
    assert_eq!(codes(&refused), ["NOT_FOUND"]);
    assert_eq!(open(&other).await, [""; 0]);
    let revoked = owner.run(REVOKE, input.clone()).await["invitationRevoke"].clone();
    assert_eq!(
        (codes(&revoked), &revoked["invitation"]["email"]),
        (vec![], &json!(IVAN))
    );
    let accepted = json!({ "token": token, "name": "Ivan", "password": PASSWORD });
    let nobody = post.server.anonymous();
    assert_eq!(codes(&accept(&nobody, accepted).await), ["NOT_FOUND"]);
    assert_eq!(
        codes(&owner.run(REVOKE, input).await["invitationRevoke"]),
        ["NOT_FOUND"]
    );
    invite(&owner, "late@test.example").await;
    let token = post.token("late@test.example", "invitation").await;
    post.pass(TimeDelta::days(7));
    let accepted = json!({ "token": token, "name": "Late", "password": PASSWORD });
    assert_eq!(codes(&accept(&nobody, accepted).await), ["NOT_FOUND"]);
}

/// Somebody whom `owner` has taken in.
async fn hired(post: &Post, owner: &Client, email: &str, role: &str) -> Client {
    let input = json!({ "email": email, "roles": [role] });
    let payload = owner.run(INVITE, json!({ "input": input })).await["memberInvite"].clone();
    assert_eq!(codes(&payload), [""; 0]);
    let token = post.token(email, "invitation").await;
    let input = json!({ "token": token, "name": "Ada", "password": PASSWORD });
    assert_eq!(
        codes(&accept(&post.server.anonymous(), input).await),
        [""; 0]
    );
    post.sign_in(email, PASSWORD).await.unwrap()
}

#[tokio::test]
async fn what_the_inviter_has_lost_he_gives_nobody() {
    const SET: &str = "mutation($input: MemberRolesSetInput!) { memberRolesSet(input: $input) {
        member { version } userErrors { code } } }";
    const ADA: &str = "ada@test.example";
    let post = Post::open("invite_lost").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let ada = hired(&post, &owner, ADA, "admin").await;
    assert_eq!(codes(&invite(&ada, IVAN).await), [""; 0]);
    let token = post.token(IVAN, "invitation").await;
    let accepted = json!({ "token": token, "name": "Ivan", "password": PASSWORD });
    let members = owner
        .get("{ members { nodes { user { id email } } } }")
        .await;
    let members = members["members"]["nodes"].as_array().unwrap();
    let ada = members.iter().find(|one| one["user"]["email"] == ADA);
    let ada = &ada.unwrap()["user"]["id"];
    let set = async |version: i32, role: &str| {
        let input = json!({ "userId": ada, "expectedVersion": version, "roles": [role] });
        let data = owner.run(SET, json!({ "input": input })).await;
        assert_eq!(codes(&data["memberRolesSet"]), [""; 0]);
    };
    // Who only sells invites nobody, and who does not sell offers nobody to.
    for (version, role) in [(1, "sales"), (2, "viewer")] {
        set(version, role).await;
        let refused = accept(&post.server.anonymous(), accepted.clone()).await;
        assert_eq!(codes(&refused), ["NOT_ALLOWED"]);
        assert!(post.sign_in(IVAN, PASSWORD).await.is_none());
    }
    set(3, "admin").await;
    let payload = accept(&post.server.anonymous(), accepted).await;
    assert_eq!(codes(&payload), [""; 0]);
}

#[tokio::test]
async fn a_mail_that_is_overtaken_is_not_written() {
    let post = Post::open("invite_overtaken").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    let payload = invite(&owner, IVAN).await;
    let input = json!({ "input": { "id": payload["invitation"]["id"] } });
    owner.run(REVOKE, input).await;
    assert!(post.mails_to(IVAN).await.is_empty());
    assert_eq!(post.states("INVITATION").await, ["NEEDLESS"]);
}

#[tokio::test]
async fn wrong_input_is_said_of_its_field() {
    let post = Post::open("invite_input").await;
    let owner = post.dealer("Acme", OLIVIA).await;
    for (email, roles, field) in [
        ("nobody", json!(["sales"]), "email"),
        (IVAN, json!(["king"]), "roles"),
        (IVAN, json!([]), "roles"),
    ] {
        let input = json!({ "email": email, "roles": roles });
        let data = owner.run(INVITE, json!({ "input": input })).await;
        let payload = &data["memberInvite"];
        assert_eq!(codes(payload), ["BAD_USER_INPUT"], "{field}");
        assert_eq!(payload["userErrors"][0]["path"], json!(["input", field]));
    }
}
