//! Seals cover what was written, and go on when old rows have gone.

use chrono::{Months, TimeDelta};
use tubex::kernel::clock::Clock;
use tubex::tenancy::audit::seal::Sealer;

use super::{log, part, seal, seal_by, verified};
use crate::support::{Server, TestDealer, own_settings, owner, owner_of};

/// Changes a unit so often, a row each.
async fn change(dealer: &TestDealer, times: usize) {
    let sql = format!(
        "DO $$ BEGIN FOR i IN 1..{times} LOOP
            UPDATE {}.units SET name = 'Bag ' || i WHERE code = 'bag'; END LOOP; END $$",
        dealer.schema
    );
    owner().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn what_is_written_is_sealed_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = &dealer.schema;
    let first = log(schema, "true").await.len();
    assert_eq!(verified(&server, schema).await.unsealed, first);
    assert_eq!(seal(&server, schema).await, first);
    assert_eq!(seal(&server, schema).await, 0);
    // More than one seal holds.
    change(&dealer, 2100).await;
    assert_eq!(seal(&server, schema).await, 2100);
    dealer.add_product("A-1").await;
    let walked = verified(&server, schema).await;
    assert_eq!(walked.fault, None);
    assert_eq!(walked.rows, first + 2100);
    assert_eq!(walked.unsealed, 2);
    assert!(walked.seals >= 4 && walked.head.is_some());
}

#[tokio::test]
async fn nothing_is_sealed_around_somebody_who_is_writing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = dealer.schema.clone();
    let writer = owner().await;
    let early = format!("BEGIN; UPDATE {schema}.units SET name = 'early' WHERE code = 'bag'");
    writer.batch_execute(&early).await.unwrap();
    dealer.add_product("A-1").await;
    let sealer = server.app.core.audit_sealer(15);
    let (core, name) = (&server.app.core, schema.parse().unwrap());
    let tried = core.owner.run(move |conn| sealer.dealer(conn, &name)).await;
    assert!(tried.is_err());
    assert_eq!(verified(&server, &schema).await.seals, 0);
    writer.batch_execute("COMMIT").await.unwrap();
    assert!(seal(&server, &schema).await > 0);
    let walked = verified(&server, &schema).await;
    assert_eq!((walked.fault, walked.unsealed), (None, 0));
}

#[tokio::test]
async fn what_is_old_goes_as_a_whole_and_the_chain_goes_on() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = &dealer.schema;
    // As if it had been written eight and sixteen months ago.
    let now = part(schema).await;
    let moved = |slot: i64, months: u32| {
        format!(
            "INSERT INTO {schema}.audit_log_{slot} SELECT id, {slot}, at - interval '{months} months', action,
                 entity, entity_id, part, old, new, actor, impersonator, via, request_id, tx FROM moved"
        )
    };
    let old = format!(
        "WITH moved AS (DELETE FROM {schema}.audit_log_{now} WHERE id <= 20 RETURNING *),
              oldest AS ({} WHERE id <= 10)
         {} WHERE id > 10",
        moved((now + 1) % 3, 17),
        moved((now + 2) % 3, 9)
    );
    owner().await.batch_execute(&old).await.unwrap();
    let before = log(schema, "true").await.len();
    // Not before it is sealed, and what is younger stays.
    let (sealed, emptied) = seal_by(&server, server.app.core.audit_sealer(15), schema).await;
    assert_eq!((sealed, emptied), (before, 1));
    assert_eq!(log(schema, "id <= 10").await.len(), 0);
    assert_eq!(log(schema, "id <= 20").await.len(), 10);
    let walked = verified(&server, schema).await;
    assert_eq!((walked.fault, walked.rows), (None, before - 10));
    // Who keeps less empties more.
    let (_, emptied) = seal_by(&server, server.app.core.audit_sealer(3), schema).await;
    assert_eq!(emptied, 1);
    dealer.add_product("A-1").await;
    seal(&server, schema).await;
    let walked = verified(&server, schema).await;
    assert_eq!((walked.fault, walked.rows), (None, before - 20 + 2));
    // Whoever puts rows back where they have gone is found.
    let forged = format!(
        "INSERT INTO {schema}.audit_log_{now} SELECT 5, slot, at, action, entity, entity_id, part, old, new,
             actor, impersonator, via, request_id, tx FROM {schema}.audit_log_{now} LIMIT 1"
    );
    owner().await.batch_execute(&forged).await.unwrap();
    let fault = verified(&server, schema).await.fault.unwrap().to_string();
    assert!(fault.starts_with("row 5 was inserted"), "{fault}");
}

#[tokio::test]
async fn what_is_written_now_is_never_emptied() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let rows = log(&dealer.schema, "true").await;
    // Years later, with nobody having come in between, in the same turn of the parts.
    let later = server.clock.now() + Months::new(24) + TimeDelta::days(1);
    let sealer = Sealer {
        clock: Clock::fixed(later),
        ..server.app.core.audit_sealer(1)
    };
    let (covered, emptied) = seal_by(&server, sealer, &dealer.schema).await;
    assert_eq!((covered, emptied), (rows.len(), 0));
    assert_eq!(log(&dealer.schema, "true").await, rows);
}

#[tokio::test]
async fn a_share_looks_after_its_dealers() {
    // Alone, since a share is that of others, too.
    let database = own_settings("audit_share").await;
    let server = Server::start_on(&database, Clock::system(), |_settings| {}).await;
    let dealer = server.dealer().await;
    let share = i64::from_str_radix(&dealer.schema[2..4], 16).unwrap() / 4;
    let sealer = server.app.core.audit_sealer(15);
    let done = tokio::task::spawn_blocking(move || sealer.share(share)).await;
    let done = done.unwrap().unwrap();
    assert!(done.dealers >= 1 && done.rows > 0, "{done:?}");
    assert!(verified(&server, &dealer.schema).await.seals > 0);
    // Nobody has anything new.
    let (sealer, owner) = (
        server.app.core.audit_sealer(15),
        owner_of(&server.database).await,
    );
    let again = tokio::task::spawn_blocking(move || sealer.share(share)).await;
    assert_eq!(again.unwrap().unwrap().rows, 0);
    let other = format!("SELECT count(*) FROM {}.audit_seals", dealer.schema);
    assert_eq!(
        owner.query_one(&other, &[]).await.unwrap().get::<_, i64>(0),
        1
    );
}
