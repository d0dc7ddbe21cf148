//! What a dealer may do who is suspended, or closed.

use std::sync::Arc;

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tubex::db::error::DbError;
use tubex::db::observe::StatementCount;
use tubex::tenancy::{Access, Standing};

use super::{UNITS, init_refused, order, suspended, write};
use crate::support::{PASSWORD, Server, TestDealer, owner, until};

async fn login(server: &Server, dealer: &TestDealer) -> serde_json::Value {
    let input = json!({ "email": dealer.email, "password": PASSWORD });
    let login = "mutation($input: LoginInput!) { login(input: $input) {
        accessToken dealer { isSuspended } userErrors { code } } }";
    let data = server
        .anonymous()
        .run(login, json!({ "input": input }))
        .await;
    data["login"].clone()
}

#[tokio::test]
async fn a_suspended_dealer_signs_in_and_reads_and_changes_nothing() {
    let server = Server::start().await;
    let dealer = suspended(&server).await;
    let life = &server.app.core.lifecycle;
    let signed_in = login(&server, &dealer).await;
    assert_eq!(signed_in["dealer"]["isSuspended"], true, "{signed_in}");
    let client = dealer
        .client
        .with_token(signed_in["accessToken"].as_str().unwrap());
    assert_eq!(client.get(UNITS).await["units"]["totalCount"], 27);
    // A refused field, as GraphQL has it: the document was run.
    let refused = write(&client).await;
    assert_eq!((refused.status, refused.code()), (200, "DEALER_SUSPENDED"));
    // Whatever the input.
    let empty = json!({ "code": "", "name": "", "dimension": "COUNT", "scale": 99 });
    let create = "mutation($input: UnitCreateInput!) { unitCreate(input: $input) { unit { id } } }";
    let refused = client.send(create, json!({ "input": empty })).await;
    assert_eq!((refused.status, refused.code()), (200, "DEALER_SUSPENDED"));
    life.resume(&order(dealer.id)).await.unwrap();
    server.app.directory.forget(dealer.id);
    let written = write(&client).await;
    assert_eq!(written.code(), "none", "{:#}", written.body);
    assert_eq!(client.get(UNITS).await["units"]["totalCount"], 28);
}

#[tokio::test]
async fn code_that_forgets_to_ask_gets_no_transaction_that_writes() {
    let server = Server::start().await;
    let dealer = suspended(&server).await;
    let context = server
        .app
        .directory
        .admit_system(dealer.id, "test")
        .await
        .unwrap();
    assert_eq!(context.standing(), Standing::ReadOnly);
    let (context, count) = (Arc::new(context), StatementCount::default());
    let begun = server
        .app
        .tenants
        .begin(Arc::clone(&context), Access::Write, &count)
        .await;
    assert!(matches!(begun.err(), Some(DbError::ReadOnly)));
    // And one that reads can not write, whatever is sent through it.
    let mut tx = server
        .app
        .tenants
        .begin(context, Access::Read, &count)
        .await
        .unwrap();
    let error = tx.batch_execute("DELETE FROM units").await.unwrap_err();
    assert!(error.to_string().contains("read-only"), "{error}");
}

#[tokio::test]
async fn a_query_under_way_when_the_dealer_is_suspended_is_answered() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (holder, watcher) = (owner().await, owner().await);
    let table = format!("\"{}\".units", dealer.schema);
    let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
    holder.batch_execute(&lock).await.unwrap();
    let suspend = async {
        let waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass";
        until("the query waits", async || {
            !watcher.query(waiting, &[&table]).await.unwrap().is_empty()
        })
        .await;
        server
            .app
            .core
            .lifecycle
            .archive(&order(dealer.id))
            .await
            .unwrap();
        server.app.directory.forget(dealer.id);
        holder.batch_execute("ROLLBACK").await.unwrap();
    };
    let (data, ()) = tokio::join!(dealer.client.get(UNITS), suspend);
    assert_eq!(data["units"]["totalCount"], 27);
    let next = dealer.client.send(UNITS, json!({})).await;
    assert_eq!((next.status, next.code()), (403, "DEALER_NOT_ACTIVE"));
}

#[tokio::test]
async fn nobody_comes_in_at_a_closed_dealer() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let life = &server.app.core.lifecycle;
    let name = life.archive(&order(dealer.id)).await.unwrap().name;
    let closed = async || {
        server.app.directory.forget(dealer.id);
        assert_eq!(
            login(&server, &dealer).await["userErrors"][0]["code"],
            "DEALER_NOT_ACTIVE"
        );
        let answer = dealer.client.send(UNITS, json!({})).await;
        assert_eq!((answer.status, answer.code()), (403, "DEALER_NOT_ACTIVE"));
        assert_eq!(init_refused(&server, &dealer.client).await, 4403);
    };
    closed().await;
    // The operator's own parts may read what is archived.
    let context = server
        .app
        .directory
        .admit_system(dealer.id, "test")
        .await
        .unwrap();
    assert_eq!(context.standing(), Standing::ReadOnly);
    life.drop(&order(dealer.id), &name, 30).await.unwrap();
    closed().await;
    assert!(
        server
            .app
            .directory
            .admit_system(dealer.id, "test")
            .await
            .is_err()
    );
    life.resume(&order(dealer.id)).await.unwrap();
    life.resume(&order(dealer.id)).await.unwrap();
    server.app.directory.forget(dealer.id);
    assert_eq!(dealer.client.get(UNITS).await["units"]["totalCount"], 27);
}
