//! Who may do what with events, by the database and by the program.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tubex::auth::role::RoleCode;
use tubex::kernel::ids::CustomerId;
use uuid::Uuid;

use super::{begin, fact, follow, follow_as, heard, number, stored, tell};
use crate::support::{Server, TestDealer, owner};

/// Adds an event as the owner of the tables could: about a customer, or public.
async fn add(dealer: &TestDealer, customer: Option<Uuid>, is_public: bool) {
    let customer = customer.map_or("NULL".to_owned(), |id| format!("'{id}'"));
    let schema = &dealer.schema;
    let add = format!(
        "WITH counter AS (INSERT INTO {schema}.event_counter AS c VALUES (1, 1)
            ON CONFLICT (one) DO UPDATE SET last = c.last + 1 RETURNING last)
         INSERT INTO {schema}.events (id, name, version, entity, entity_id, customer_id,
            is_public, payload, actor, at)
         SELECT last, 'product.updated', 1, 'product', gen_random_uuid(), {customer}, {is_public},
            '{{}}', 'test', now() FROM counter"
    );
    owner().await.batch_execute(&add).await.unwrap();
}

#[tokio::test]
async fn what_was_told_can_be_neither_changed_nor_taken_back() {
    let server = Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    tell(&server, &dealer, 3).await;
    let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
    for sql in ["UPDATE events SET actor = 'nobody'", "DELETE FROM events"] {
        tx.batch_execute(sql).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(stored(&dealer).await, [1, 2, 3]);
    let query = format!(
        "SELECT 1 FROM {}.events WHERE actor = 'nobody'",
        dealer.schema
    );
    assert!(owner().await.query(&query, &[]).await.unwrap().is_empty());
    for sql in [
        "TRUNCATE events".to_owned(),
        "ALTER TABLE events DISABLE ROW LEVEL SECURITY".to_owned(),
        "DROP POLICY added ON events".to_owned(),
        format!("SELECT * FROM {}.events", other.schema),
        format!("UPDATE {}.event_counter SET last = 9", other.schema),
    ] {
        let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
        let refused = tx.batch_execute(&sql).await.unwrap_err().to_string();
        let is_denied = refused.contains("permission denied") || refused.contains("must be owner");
        assert!(is_denied, "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_customer_at_the_portal_reads_his_own_and_what_is_public() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (his, others) = (Uuid::new_v4(), Uuid::new_v4());
    for (customer, is_public) in [
        (None, false),
        (None, true),
        (Some(his), false),
        (Some(others), false),
        (Some(others), true),
    ] {
        add(&dealer, customer, is_public).await;
    }
    let mut tx = begin(&server, &server.app.tenants, dealer.id).await;
    // Fails, by a division, unless these are the ids to be read.
    let sees = |ids: &str| {
        format!("SELECT 1 / (array_agg(id ORDER BY id) = '{ids}'::bigint[])::integer FROM events")
    };
    tx.batch_execute(&sees("{1,2,3,4,5}")).await.unwrap();
    let narrow = format!("SET LOCAL tubex.customer TO '{his}'");
    tx.batch_execute(&narrow).await.unwrap();
    tx.batch_execute(&sees("{2,3}")).await.unwrap();
    // He tells events all the same, and their ids have no gap.
    tx.emit(&fact("by a contractor"));
    tx.commit().await.unwrap();
    assert_eq!(stored(&dealer).await, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_customer_at_the_portal_hears_his_own_and_what_is_public() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (his, others) = (Uuid::new_v4(), Uuid::new_v4());
    let roles = [RoleCode::CUSTOMER];
    let customer = Some(CustomerId::from_uuid(his));
    let contractor = server.client_as(&dealer, dealer.owner, &roles, customer);
    let mut all = follow(&server, &dealer, None).await;
    let mut some = follow_as(&server, contractor.token().unwrap(), None).await;
    all.settle().await;
    some.settle().await;
    for (customer, is_public) in [
        (Some(others), false),
        (None, false),
        (Some(his), false),
        (Some(others), true),
        (None, true),
    ] {
        add(&dealer, customer, is_public).await;
    }
    for expected in 1..=5 {
        assert_eq!(number(&heard(&mut all).await), expected);
    }
    assert_eq!(number(&heard(&mut some).await), 3);
    assert_eq!(number(&heard(&mut some).await), 5);
    some.settle().await;
}

#[tokio::test]
async fn ids_of_one_dealer_say_nothing_of_another() {
    let server = Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    tell(&server, &other, 20).await;
    tell(&server, &dealer, 1).await;
    assert_eq!(number(&heard(&mut socket).await), 1);
    socket.settle().await;
    // The id of an event of the other's, of which he has none so high.
    let mut socket = server.socket(&dealer).await;
    let variables = json!({ "after": super::id(10) });
    socket.subscribe("late", super::FOLLOW, variables).await;
    let word = socket.next().await;
    let code = &word["payload"]["errors"][0]["extensions"]["code"];
    assert_eq!(code, "EVENTS_PRUNED", "{word:#}");
}
