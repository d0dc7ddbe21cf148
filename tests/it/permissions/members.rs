//! Members: who may give and take which roles, and that an owner stays.

use serde_json::{Value, json};
use tubex::auth::role::{BuiltInRole, RoleCode};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::UserId;

use crate::support::{Client, Member, Server, TestDealer, owner};

const SET: &str = "mutation($input: MemberRolesSetInput!) { memberRolesSet(input: $input) {
    member { version roles { id } customerId } userErrors { code path message } } }";
const REMOVE: &str = "mutation($input: MemberRemoveInput!) { memberRemove(input: $input) {
    member { user { id } } userErrors { code path } } }";

fn input(user: UserId, version: i32, roles: &[&str]) -> Value {
    json!({ "userId": user.to_string(), "expectedVersion": version, "roles": roles })
}

async fn set(client: &Client, input: Value) -> Value {
    client.run(SET, json!({ "input": input })).await["memberRolesSet"].clone()
}

async fn remove(client: &Client, user: UserId, version: i32) -> Value {
    let input = json!({ "userId": user.to_string(), "expectedVersion": version });
    client.run(REMOVE, json!({ "input": input })).await["memberRemove"].clone()
}

fn code(payload: &Value) -> (&str, Option<&str>) {
    let error = &payload["userErrors"][0];
    let path = error["path"].as_array().and_then(|path| path.last());
    (
        error["code"].as_str().unwrap_or("none"),
        path.and_then(Value::as_str),
    )
}

async fn staffed(roles: &[BuiltInRole]) -> (Server, TestDealer, Vec<Member>) {
    let server = Server::start().await;
    let dealer = server.attended().await;
    let mut members = Vec::new();
    for role in roles {
        let member = server.member(&dealer, &[RoleCode::BuiltIn(*role)]).await;
        let client = server.signed_in(&dealer, member.user).await;
        members.push(Member { client, ..member });
    }
    (server, dealer, members)
}

#[tokio::test]
async fn a_member_gets_other_roles_and_his_old_tokens_die() {
    let (server, dealer, members) = staffed(&[BuiltInRole::Viewer]).await;
    let member = &members[0];
    let payload = set(
        &dealer.client,
        input(member.user, 1, &["sales", "driver", "sales"]),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(
        payload["member"]["roles"],
        json!([{ "id": "sales" }, { "id": "driver" }])
    );
    assert_eq!(payload["member"]["version"], 2);
    crate::support::until("the token with the old roles is refused", async || {
        let answer = member
            .client
            .send("{ viewer { user { id } } }", json!({}))
            .await;
        answer.code() == "UNAUTHENTICATED"
    })
    .await;
    let listed = dealer
        .client
        .get("{ members(where: { role: \"sales\" }) { totalCount nodes { user { id } } } }")
        .await;
    assert_eq!(listed["members"]["totalCount"], 1);
    assert_eq!(
        listed["members"]["nodes"][0]["user"]["id"],
        member.user.to_string()
    );
    drop(server);
}

#[tokio::test]
async fn members_are_listed_page_by_page_with_the_persons() {
    let (_server, dealer, members) = staffed(&[BuiltInRole::Sales, BuiltInRole::Driver]).await;
    let page = "query($after: String) { members(first: 1, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { user { id email } roles { id } since } } }";
    let (mut after, mut found) = (Value::Null, Vec::new());
    loop {
        let data = dealer.client.run(page, json!({ "after": after })).await;
        assert_eq!(data["members"]["totalCount"], 3);
        found.push(
            data["members"]["nodes"][0]["user"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        after = data["members"]["pageInfo"]["endCursor"].clone();
        if data["members"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let all = [dealer.owner, members[0].user, members[1].user];
    assert_eq!(found, all.map(|user| user.to_string()));
}

#[tokio::test]
async fn nobody_gives_or_takes_what_he_has_not() {
    let roles = [
        BuiltInRole::Admin,
        BuiltInRole::Sales,
        BuiltInRole::Accounts,
    ];
    let (server, dealer, members) = staffed(&roles).await;
    let (admin, sales, accounts) = (&members[0], &members[1], &members[2]);
    // Manages members, and has what sales have; not what accounts have.
    let own = BuiltInRole::Sales.permissions();
    let manages = [tubex::auth::permission::Permission::MembersManage];
    let own = own.union(manages.into_iter().collect()).with_included();
    let role = server.role(&dealer, own).await;
    let lead = server.member(&dealer, &[role]).await;

    let refused = [
        set(&lead.client, input(sales.user, 1, &["sales", "accounts"])).await,
        set(&lead.client, input(sales.user, 1, &["admin"])).await,
        set(&lead.client, input(sales.user, 1, &["owner"])).await,
        set(&lead.client, input(accounts.user, 1, &["viewer"])).await,
        set(&lead.client, input(lead.user, 1, &["admin"])).await,
        set(&admin.client, input(admin.user, 1, &["owner"])).await,
        set(&admin.client, input(dealer.owner, 1, &["viewer"])).await,
    ];
    for payload in &refused {
        assert_eq!(code(payload), ("FORBIDDEN", Some("roles")), "{payload:#}");
    }
    for payload in [
        remove(&lead.client, accounts.user, 1).await,
        remove(&admin.client, dealer.owner, 1).await,
    ] {
        assert_eq!(code(&payload), ("FORBIDDEN", Some("userId")), "{payload:#}");
    }
    // What he has himself he gives and takes, and leaves what he has not.
    let payload = set(&lead.client, input(sales.user, 1, &["sales", "viewer"])).await;
    assert_eq!(payload["userErrors"], json!([]));
    let payload = set(
        &lead.client,
        input(accounts.user, 1, &["accounts", "sales"]),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    let payload = set(
        &admin.client,
        input(accounts.user, 2, &["accounts", "manager"]),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
}

#[tokio::test]
async fn a_dealer_keeps_an_owner_whoever_asks() {
    let (_server, dealer, members) = staffed(&[BuiltInRole::Owner]).await;
    let other = &members[0];
    let payload = set(&dealer.client, input(other.user, 1, &["viewer"])).await;
    assert_eq!(payload["userErrors"], json!([]));
    let payload = set(&dealer.client, input(dealer.owner, 1, &["admin"])).await;
    assert_eq!(code(&payload), ("NOT_ALLOWED", Some("roles")));
    let payload = remove(&dealer.client, dealer.owner, 1).await;
    assert_eq!(code(&payload), ("NOT_ALLOWED", Some("userId")));
    // Nor by hand.
    let id = dealer.owner.uuid();
    for sql in [
        format!("DELETE FROM platform.memberships WHERE user_id = '{id}'"),
        format!("DELETE FROM platform.users WHERE id = '{id}'"),
        format!("UPDATE platform.memberships SET roles = '{{sales}}' WHERE user_id = '{id}'"),
    ] {
        let error = owner().await.batch_execute(&sql).await.unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!(
            error.constraint(),
            Some("memberships_keep_an_owner"),
            "{sql}"
        );
    }
}

/// Two owners who remove one another at the same moment: one stays.
#[tokio::test]
async fn two_owners_can_not_both_go_at_once() {
    let (_server, dealer, members) = staffed(&[BuiltInRole::Owner]).await;
    let other = &members[0];
    let (one, two) = tokio::join!(
        remove(&dealer.client, other.user, 1),
        remove(&other.client, dealer.owner, 1),
    );
    let gone = [&one, &two].map(|payload| payload["userErrors"] == json!([]));
    assert!(gone[0] != gone[1], "{one:#} {two:#}");
    // By hand, too, where no service locks anything.
    let (first, second) = (owner().await, owner().await);
    let make = format!(
        "UPDATE platform.memberships SET roles = '{{owner}}' WHERE dealer_id = '{id}';
         INSERT INTO platform.memberships (user_id, dealer_id, roles, created_at)
         VALUES ('{one}', '{id}', '{{owner}}', now()), ('{two}', '{id}', '{{owner}}', now())
         ON CONFLICT DO NOTHING",
        id = dealer.id.uuid(),
        one = dealer.owner.uuid(),
        two = other.user.uuid(),
    );
    first.batch_execute(&make).await.unwrap();
    let demote = |user: UserId| {
        format!(
            "UPDATE platform.memberships SET roles = '{{sales}}' WHERE user_id = '{}'",
            user.uuid()
        )
    };
    first.batch_execute("BEGIN").await.unwrap();
    first.batch_execute(&demote(other.user)).await.unwrap();
    let late = tokio::spawn({
        let sql = demote(dealer.owner);
        async move { second.batch_execute(&sql).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    first.batch_execute("COMMIT").await.unwrap();
    assert!(late.await.unwrap().is_err());
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_said_with_its_path() {
    let (server, dealer, members) = staffed(&[BuiltInRole::Viewer]).await;
    let user = members[0].user;
    let other = server.dealer_like(&DEALERS[1]).await;
    let strangers = other
        .client
        .get("{ customers(first: 1) { nodes { id } } }")
        .await;
    let customer = &strangers["customers"]["nodes"][0]["id"];
    let with_customer = |roles: &[&str], customer: &Value| {
        let mut input = input(user, 1, roles);
        input["customerId"] = customer.clone();
        input
    };
    let unknown = format!("rol_{}", "0".repeat(32));
    for (input, expected) in [
        (input(user, 1, &[]), ("BAD_USER_INPUT", Some("roles"))),
        (
            input(user, 1, &["Sales"]),
            ("BAD_USER_INPUT", Some("roles")),
        ),
        (input(user, 1, &[&unknown]), ("NOT_FOUND", Some("roles"))),
        (
            input(user, 9, &["sales"]),
            ("CONFLICT", Some("expectedVersion")),
        ),
        (
            input(other.owner, 1, &["sales"]),
            ("NOT_FOUND", Some("userId")),
        ),
        (
            input(user, 1, &["customer"]),
            ("BAD_USER_INPUT", Some("customerId")),
        ),
        (
            with_customer(&["sales"], customer),
            ("NOT_FOUND", Some("customerId")),
        ),
        (
            with_customer(&["customer"], customer),
            ("NOT_FOUND", Some("customerId")),
        ),
    ] {
        let payload = set(&dealer.client, input.clone()).await;
        assert_eq!(code(&payload), expected, "{input}: {payload:#}");
        assert_eq!(payload["member"], Value::Null);
    }
    let mixed = with_customer(&["customer", "sales"], customer);
    let payload = set(&other.client, mixed).await;
    assert_eq!(
        code(&payload),
        ("BAD_USER_INPUT", Some("roles")),
        "{payload:#}"
    );
}

#[tokio::test]
async fn a_suspended_dealer_changes_no_roles() {
    let (server, dealer, members) = staffed(&[BuiltInRole::Viewer]).await;
    let sql = format!(
        "UPDATE platform.dealers SET status = 'SUSPENDED' WHERE id = '{}'",
        dealer.id.uuid()
    );
    owner().await.batch_execute(&sql).await.unwrap();
    server.app.directory.forget(dealer.id);
    let body = json!({ "input": input(members[0].user, 1, &["sales"]) });
    let answer = dealer.client.send(SET, body).await;
    assert_eq!(answer.code(), "DEALER_SUSPENDED");
}
