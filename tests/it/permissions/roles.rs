//! Roles of a dealer's own: made, changed, deleted, and by whom.

use serde_json::{Value, json};
use tubex::auth::permission::Permission;
use tubex::auth::role::BuiltInRole;

use crate::support::{Client, Server};

const CREATE: &str = "mutation($input: RoleCreateInput!) { roleCreate(input: $input) {
    role { id name description permissions version isBuiltIn } userErrors { code path message } } }";
const UPDATE: &str = "mutation($input: RoleUpdateInput!) { roleUpdate(input: $input) {
    role { id name description permissions version } userErrors { code path message } } }";
const DELETE: &str = "mutation($input: RoleDeleteInput!) { roleDelete(input: $input) {
    role { id } userErrors { code path message } } }";

const INVITE: &str = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
    invitation { id } userErrors { code path message } } }";
const REVOKE: &str = "mutation($input: InvitationRevokeInput!) { invitationRevoke(input: $input) {
    invitation { id } userErrors { code path message } } }";

async fn send(client: &Client, document: &str, input: Value) -> Value {
    let data = client.run(document, json!({ "input": input })).await;
    data.as_object().unwrap().values().next().unwrap().clone()
}

fn refusal(payload: &Value) -> (&str, &Value) {
    let error = &payload["userErrors"][0];
    (error["code"].as_str().unwrap_or("none"), &error["path"])
}

#[tokio::test]
async fn a_role_is_made_changed_and_deleted() {
    let server = Server::start().await;
    let dealer = server.attended().await;
    let input = json!({ "name": " Yard lead ", "description": "Runs the yard.",
        "permissions": ["stock:adjust", "warehouses:manage"] });
    let made = send(&dealer.client, CREATE, input).await;
    assert_eq!(made["userErrors"], json!([]));
    let role = &made["role"];
    assert_eq!(
        (role["name"].as_str(), role["version"].as_i64()),
        (Some("Yard lead"), Some(1))
    );
    // What they include comes with them.
    let permissions = [
        "warehouses:read",
        "warehouses:manage",
        "stock:read",
        "stock:adjust",
    ];
    assert_eq!(role["permissions"], json!(permissions));

    let input = json!({ "id": role["id"], "expectedVersion": 1, "description": null,
        "permissions": ["stock:read"] });
    let changed = send(&dealer.client, UPDATE, input.clone()).await;
    assert_eq!(changed["role"]["permissions"], json!(["stock:read"]));
    assert_eq!(changed["role"]["description"], Value::Null);
    let late = send(&dealer.client, UPDATE, input).await;
    assert_eq!(
        refusal(&late),
        ("CONFLICT", &json!(["input", "expectedVersion"]))
    );

    let listed = dealer.client.get("{ roles { id name isBuiltIn } }").await;
    let roles = listed["roles"].as_array().unwrap();
    assert_eq!(roles.len(), BuiltInRole::ALL.len() + 1);
    assert_eq!(roles[0]["id"], "owner");
    assert_eq!(roles.last().unwrap()["name"], "Yard lead");

    let code = role["id"].as_str().unwrap().parse().unwrap();
    let holder = server.member(&dealer, &[code]).await;
    let input = json!({ "id": role["id"], "expectedVersion": 2 });
    let held = send(&dealer.client, DELETE, input.clone()).await;
    assert_eq!(refusal(&held), ("NOT_ALLOWED", &json!(["input", "id"])));
    let sql = format!(
        "DELETE FROM platform.memberships WHERE user_id = '{}'",
        holder.user.uuid()
    );
    crate::support::owner()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
    let offer = json!({ "email": "offered@test.example", "roles": [role["id"]] });
    let offered = send(&dealer.client, INVITE, offer).await;
    let refused = send(&dealer.client, DELETE, input.clone()).await;
    assert_eq!(refusal(&refused), ("NOT_ALLOWED", &json!(["input", "id"])));
    let taken_back = json!({ "id": offered["invitation"]["id"] });
    let taken_back = send(&dealer.client, REVOKE, taken_back).await;
    assert_eq!(taken_back["userErrors"], json!([]));
    let gone = send(&dealer.client, DELETE, input).await;
    assert_eq!(gone["role"]["id"], role["id"]);
}

#[tokio::test]
async fn what_is_wrong_with_a_role_is_said_with_its_path() {
    let server = Server::start().await;
    let dealer = server.attended().await;
    let read = ["stock:read"];
    let first = send(
        &dealer.client,
        CREATE,
        json!({ "name": "Counter", "permissions": read }),
    )
    .await;
    assert_eq!(first["userErrors"], json!([]));
    for (input, code, field) in [
        (
            json!({ "name": "", "permissions": read }),
            "BAD_USER_INPUT",
            "name",
        ),
        (
            json!({ "name": "OWNER", "permissions": read }),
            "BAD_USER_INPUT",
            "name",
        ),
        (
            json!({ "name": "counter", "permissions": read }),
            "ALREADY_EXISTS",
            "name",
        ),
        (
            json!({ "name": "A", "permissions": [] }),
            "BAD_USER_INPUT",
            "permissions",
        ),
        (
            json!({ "name": "A", "permissions": ["stock:eat"] }),
            "BAD_USER_INPUT",
            "permissions",
        ),
        (
            json!({ "name": "A", "permissions": vec!["stock:read"; 100] }),
            "BAD_USER_INPUT",
            "permissions",
        ),
    ] {
        let refused = send(&dealer.client, CREATE, input.clone()).await;
        assert_eq!(
            refusal(&refused),
            (code, &json!(["input", field])),
            "{input}"
        );
    }
}

#[tokio::test]
async fn nobody_makes_a_role_that_may_more_than_he() {
    let server = Server::start().await;
    let dealer = server.attended().await;
    let own = [
        Permission::RolesManage,
        Permission::StockRead,
        Permission::MembersManage,
    ];
    let own = own
        .into_iter()
        .collect::<tubex::auth::permission::PermissionSet>();
    let code = server.role(&dealer, own.with_included()).await;
    let manager = server.member(&dealer, &[code]).await.user;
    let manager = server.signed_in(&dealer, manager).await;
    let path = json!(["input", "permissions"]);

    let more = json!({ "name": "More", "permissions": ["stock:read", "cost:read"] });
    let refused = send(&manager, CREATE, more).await;
    assert_eq!(refusal(&refused), ("FORBIDDEN", &path));
    // What is included counts.
    let more = json!({ "name": "More", "permissions": ["stock:adjust"] });
    assert_eq!(
        refusal(&send(&manager, CREATE, more).await),
        ("FORBIDDEN", &path)
    );

    let fair = json!({ "name": "Fair", "permissions": ["stock:read"] });
    let made = send(&manager, CREATE, fair).await;
    let id = &made["role"]["id"];
    let more =
        json!({ "id": id, "expectedVersion": 1, "permissions": ["stock:read", "invoice:post"] });
    assert_eq!(
        refusal(&send(&manager, UPDATE, more.clone()).await),
        ("FORBIDDEN", &path)
    );
    // His own, too.
    let mine =
        json!({ "id": code.to_string(), "expectedVersion": 1, "permissions": ["invoice:post"] });
    assert_eq!(
        refusal(&send(&manager, UPDATE, mine).await),
        ("FORBIDDEN", &path)
    );

    // Nor does he take away, or delete, what the owner has put there.
    assert_eq!(
        send(&dealer.client, UPDATE, more).await["userErrors"],
        json!([])
    );
    let less = json!({ "id": id, "expectedVersion": 2, "permissions": ["stock:read"] });
    assert_eq!(
        refusal(&send(&manager, UPDATE, less).await),
        ("FORBIDDEN", &path)
    );
    let gone = json!({ "id": id, "expectedVersion": 2 });
    assert_eq!(
        refusal(&send(&manager, DELETE, gone).await),
        ("FORBIDDEN", &json!(["input", "id"]))
    );
    // But another name he may give.
    let renamed = json!({ "id": id, "expectedVersion": 2, "name": "Fairer" });
    assert_eq!(
        send(&manager, UPDATE, renamed).await["userErrors"],
        json!([])
    );
}

#[tokio::test]
async fn a_dealer_has_no_more_roles_than_fit() {
    let server = Server::start().await;
    let dealer = server.attended().await;
    for number in 0..50 {
        let input = json!({ "name": format!("Role {number}"), "permissions": ["stock:read"] });
        let made = send(&dealer.client, CREATE, input).await;
        assert_eq!(made["userErrors"], json!([]));
    }
    let input = json!({ "name": "One more", "permissions": ["stock:read"] });
    assert_eq!(
        refusal(&send(&dealer.client, CREATE, input).await).0,
        "LIMIT_EXCEEDED"
    );
}
