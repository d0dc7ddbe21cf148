//! What a user does himself, and nobody in his name: no application, no key, no operator.

use serde_json::json;
use tubex::auth::principal::{ActingOperator, Application, Grant};

use super::matrix::refused_with;
use super::operations::operation;
use super::schema::{Needs, Schema};
use crate::support::{Client, Server, TestDealer};
use secrecy::ExposeSecret;

fn client(server: &Server, dealer: &TestDealer, change: impl FnOnce(&mut Grant)) -> Client {
    let mut grant = server.grant(dealer.owner, dealer.id);
    change(&mut grant);
    let issued = server.app.tokens.issue(&grant).unwrap();
    server.anonymous().with_token(issued.token.expose_secret())
}

fn application(scope: &str) -> Application {
    Application {
        client: "app_00000000000000000000000000000000".to_owned(),
        scope: scope.to_owned(),
    }
}

/// What a caller needs here depends on the record, and is asked for when that is known.
const OF_RECORDS: [&str; 2] = ["attachmentAdd", "attachmentRemove"];

#[tokio::test]
async fn what_concerns_an_account_is_for_its_user_alone() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let by_application = client(&server, &dealer, |grant| {
        grant.application = Some(application(
            "openid profile email offline_access products:read",
        ));
    });
    let by_operator = client(&server, &dealer, |grant| {
        grant.actor = Some(ActingOperator {
            sub: "alice".to_owned(),
        });
    });
    let (mut tried, mut let_through) = (0, Vec::new());
    for (field, needs) in Schema::served().operations() {
        let is_of_account = field.object == "Mutation" && needs == Needs::Token;
        if !is_of_account || OF_RECORDS.contains(&field.name.as_str()) {
            continue;
        }
        let operation = operation(&field);
        let document = operation
            .document
            .replace("__typename", "userErrors { code }");
        for caller in [&by_application, &by_operator] {
            let answer = caller.send(&document, operation.variables.clone()).await;
            let said = &answer.body["data"][&field.name]["userErrors"][0]["code"];
            let code = refused_with(&answer, &field).map_or_else(|| said.clone(), Into::into);
            if code != "FORBIDDEN" {
                let_through.push(format!("{}: {code}", field.name));
            }
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
    assert_eq!(let_through, [""; 0]);
}

#[tokio::test]
async fn an_application_knows_of_a_user_what_he_let_it_know() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let code = async |scope: &str, fields: &str| {
        let caller = client(&server, &dealer, |grant| {
            grant.application = Some(application(scope));
        });
        let document = format!("{{ viewer {{ user {{ {fields} }} dealer {{ id }} }} }}");
        caller.send(&document, json!({})).await.code().to_owned()
    };
    assert_eq!(code("products:read", "id").await, "none");
    assert_eq!(code("products:read", "name").await, "FORBIDDEN");
    assert_eq!(code("products:read profile", "email").await, "FORBIDDEN");
    assert_eq!(code("products:read profile", "name").await, "none");
    assert_eq!(code("email", "email emailVerifiedAt").await, "none");
    assert_eq!(code("members:read", "name email").await, "none");
    let caller = client(&server, &dealer, |grant| {
        grant.application = Some(application("products:read"));
    });
    let answer = caller.send("{ secondFactor { isOn } }", json!({})).await;
    assert_eq!(answer.code(), "FORBIDDEN");
}
