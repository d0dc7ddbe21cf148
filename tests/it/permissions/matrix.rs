//! Every role against every operation, on a real server.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::{BuiltInRole, RoleCode};
use tubex::config::{Registration, ServerSettings};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::UserId;

use super::operations::{Operation, operation};
use super::schema::{Field, Needs, Schema};
use crate::support::{Answer, Client, Server, Socket, TestDealer, owner};

/// A caller, what he may do, and what he is called when a test fails.
struct Caller {
    name: String,
    permissions: PermissionSet,
    client: Client,
}

/// Each built-in role, nothing at all, and everything but one permission: only so
/// is it seen that an operation needs the one that it names and no other.
async fn callers(server: &Server, dealer: &TestDealer) -> Vec<Caller> {
    let mut callers = Vec::new();
    for role in BuiltInRole::ALL {
        let member = match role {
            BuiltInRole::Customer => {
                let customers = dealer
                    .client
                    .get("{ customers(first: 1) { nodes { id } } }")
                    .await;
                let id = customers["customers"]["nodes"][0]["id"].as_str().unwrap();
                server.contractor(dealer, id.parse().unwrap()).await
            }
            role => server.member(dealer, &[role.into()]).await,
        };
        callers.push(Caller {
            name: role.as_str().to_owned(),
            permissions: role.permissions(),
            client: member.client,
        });
    }
    for permission in Permission::ALL {
        let all = PermissionSet::ALL.iter();
        let permissions: PermissionSet = all.filter(|other| !other.covers(*permission)).collect();
        let role = server.role(dealer, permissions).await;
        callers.push(Caller {
            name: format!("all but {permission}"),
            permissions,
            client: server.member(dealer, &[role]).await.client,
        });
    }
    let somebody = server.member(dealer, &[BuiltInRole::Viewer.into()]).await;
    callers.push(Caller {
        name: "nothing".to_owned(),
        permissions: PermissionSet::NONE,
        client: server.client_as(dealer, somebody.user, &[], None),
    });
    callers
}

/// The code of an error that stands at the field itself, not below it.
pub fn refused_with(answer: &Answer, field: &Field) -> Option<String> {
    let errors = answer.body["errors"].as_array()?;
    let at_field = errors
        .iter()
        .find(|error| error["path"] == json!([field.name]))?;
    Some(at_field["extensions"]["code"].as_str().unwrap().to_owned())
}

/// All rows of a dealer and of his part of the control plane.
async fn everything(dealer: &TestDealer) -> Vec<String> {
    let owner = owner().await;
    let (schema, id) = (&dealer.schema, dealer.id.uuid());
    // That somebody was refused is written down.
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1
        AND tablename NOT LIKE 'audit%' ORDER BY 1";
    let mut all = Vec::new();
    for row in owner.query(tables, &[schema]).await.unwrap() {
        let table: String = row.get(0);
        all.push(format!(
            "SELECT coalesce(json_agg(t ORDER BY t::text)::text, '') FROM {schema}.{table} t"
        ));
    }
    for table in ["roles", "memberships"] {
        all.push(format!(
            "SELECT coalesce(json_agg(t ORDER BY t::text)::text, '') FROM platform.{table} t
             WHERE dealer_id = '{id}'"
        ));
    }
    let mut found = Vec::new();
    for query in all {
        found.push(owner.query_one(&query, &[]).await.unwrap().get(0));
    }
    found
}

fn requests(schema: &Schema) -> Vec<(Field, Needs, Operation)> {
    let operations = schema.operations().into_iter();
    let sent_by_http = operations.filter(|(field, _)| field.object != "Subscription");
    let with_document = |(field, needs): (Field, Needs)| {
        let operation = operation(&field);
        (field, needs, operation)
    };
    sent_by_http.map(with_document).collect()
}

#[tokio::test]
async fn every_role_may_do_what_is_written_and_nothing_else() {
    let open = |settings: &mut ServerSettings| settings.registration = Registration::Open;
    let server = Server::start_with(open).await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let requests = requests(&Schema::served());
    let callers = callers(&server, &dealer).await;
    let (mut allowed, mut refused) = (0, 0);
    for caller in &callers {
        let before = everything(&dealer).await;
        for (field, needs, operation) in &requests {
            if needs.is_met(caller.permissions) {
                continue;
            }
            let answer = caller
                .client
                .send(&operation.document, operation.variables.clone())
                .await;
            let place = format!("{} as {}: {:#}", field.path(), caller.name, answer.body);
            assert_eq!(
                refused_with(&answer, field).as_deref(),
                Some("FORBIDDEN"),
                "{place}"
            );
            assert_eq!(answer.body["data"].get(&field.name), None, "{place}");
            assert_eq!(answer.statements(), 0, "{place}");
            refused += 1;
        }
        assert_eq!(
            everything(&dealer).await,
            before,
            "{} has changed something",
            caller.name
        );
        for (field, needs, operation) in &requests {
            if !needs.is_met(caller.permissions) {
                continue;
            }
            let answer = caller
                .client
                .send(&operation.document, operation.variables.clone())
                .await;
            let place = format!("{} as {}: {:#}", field.path(), caller.name, answer.body);
            let code = refused_with(&answer, field);
            let codes = ["FORBIDDEN", "UNAUTHENTICATED", "INTERNAL"];
            assert!(!codes.contains(&code.as_deref().unwrap_or("")), "{place}");
            assert!(
                answer.body.get("data").is_some() || code.is_some(),
                "{place}"
            );
            allowed += 1;
        }
    }
    eprintln!(
        "{allowed} operations allowed, {refused} refused, {} callers",
        callers.len()
    );
    assert!(allowed > 500 && refused > 200);
}

#[tokio::test]
async fn without_a_token_only_what_is_public_is_done() {
    let server = Server::start().await;
    let nobody = server.anonymous();
    for (field, needs, operation) in requests(&Schema::served()) {
        let answer = nobody.send(&operation.document, operation.variables).await;
        let code = refused_with(&answer, &field);
        let is_refused = code.as_deref() == Some("UNAUTHENTICATED");
        assert_eq!(
            is_refused,
            needs != Needs::Nothing,
            "{}: {:#}",
            field.path(),
            answer.body
        );
    }
}

#[tokio::test]
async fn subscriptions_are_refused_before_they_begin() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for (field, needs) in Schema::served().operations() {
        if field.object != "Subscription" {
            continue;
        }
        let Needs::Permission(needed) = needs else {
            panic!("{} gives records to everybody", field.path());
        };
        let role = server
            .role(
                &dealer,
                PermissionSet::ALL.without(PermissionSet::of(&[needed])),
            )
            .await;
        let refused = server.client_as(&dealer, UserId::generate(), &[role], None);
        let allowed = server.client_as(&dealer, UserId::generate(), &[RoleCode::OWNER], None);
        let document = operation(&field).document;
        let mut socket = Socket::open(&server.url).await;
        socket.init(refused.token().unwrap()).await;
        socket.subscribe("1", &document, json!({})).await;
        let message = socket.next().await;
        let error = &message["payload"]["errors"][0];
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{message:#}");
        assert_eq!(socket.next().await["type"], "complete");
        let mut socket = Socket::open(&server.url).await;
        socket.init(allowed.token().unwrap()).await;
        socket.subscribe("1", &document, json!({})).await;
        socket.settle().await;
        socket.settle().await;
    }
}

/// The permissions that a caller is told he has are those that he has.
#[tokio::test]
async fn the_viewer_is_told_what_he_may_do() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let custom = PermissionSet::of(&[Permission::StockRead, Permission::CostRead]);
    let role = server.role(&dealer, custom).await;
    let roles = [BuiltInRole::Driver.into(), role];
    let member = server.member(&dealer, &roles).await;
    let data = member
        .client
        .get(
            "{ viewer { permissions customerId roles { id name isBuiltIn permissions version } } }",
        )
        .await;
    let viewer = &data["viewer"];
    let all = BuiltInRole::Driver.permissions().union(custom);
    let names: Vec<&str> = all.iter().map(Permission::as_str).collect();
    assert_eq!(viewer["permissions"], json!(names));
    assert_eq!(viewer["customerId"], Value::Null);
    assert_eq!(viewer["roles"][0]["id"], "driver");
    assert_eq!(viewer["roles"][1]["id"], role.to_string());
    assert_eq!(
        viewer["roles"][1]["permissions"],
        json!(["stock:read", "cost:read"])
    );
}
