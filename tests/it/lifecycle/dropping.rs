//! Dropping a dealer with all that is his.

use tubex::kernel::ids::DealerId;
use tubex::platform::dealers::lifecycle::LifecycleError;
use tubex::tenancy::directory::DealerStatus;
use tubex::tenancy::migrate::{MigrateError, migrate_schema};
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::schema_name::SchemaName;

use super::{UNITS, apart, order};
use crate::support::{Server, TestDealer, hold, owner, owner_of};

async fn count(client: &tokio_postgres::Client, sql: &str, schema: &str) -> i64 {
    client.query_one(sql, &[&schema]).await.unwrap().get(0)
}

const SCHEMAS: &str = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
const ROLES: &str = "SELECT count(*) FROM pg_roles WHERE rolname = $1";
const TABLES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = $1";

/// Archives and orders the drop, after `days`.
async fn condemn(server: &Server, dealer: &TestDealer, days: u32) {
    let life = &server.app.core.lifecycle;
    let name = life.archive(&order(dealer.id)).await.unwrap().name;
    life.drop(&order(dealer.id), &name, days).await.unwrap();
}

#[tokio::test]
async fn the_sweep_drops_those_whose_grace_is_over_and_nobody_else() {
    let (database, server) = apart("life_sweep").await;
    let owner = owner_of(&database).await;
    let (gone, waiting, open) = (
        server.dealer().await,
        server.dealer().await,
        server.dealer().await,
    );
    condemn(&server, &gone, 0).await;
    condemn(&server, &waiting, 1).await;
    let life = &server.app.core.lifecycle;
    let swept = life.drop_due("sweep").await.unwrap();
    assert!(
        matches!(swept.as_slice(), [(id, Ok(()))] if *id == gone.id),
        "{swept:?}"
    );
    assert_eq!(life.drop_due("sweep").await.unwrap().len(), 0);
    for (dealer, left) in [(&gone, 0), (&waiting, 1), (&open, 1)] {
        assert_eq!(count(&owner, SCHEMAS, &dealer.schema).await, left);
        assert_eq!(count(&owner, ROLES, &dealer.schema).await, left);
    }
    let record = life.show(gone.id).await.unwrap();
    assert_eq!(record.status, DealerStatus::Dropped);
    assert_eq!((record.delete_after, record.possible().len()), (None, 0));
    let actions = life.actions(gone.id).await.unwrap();
    let actions: Vec<_> = actions.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["DROPPED", "DROP", "ARCHIVE"]);
    assert_eq!(open.client.get(UNITS).await["units"]["totalCount"], 27);
}

#[tokio::test]
async fn a_drop_that_stops_half_way_is_taken_up_and_can_not_be_called_off() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let owner = owner().await;
    let life = &server.app.core.lifecycle;
    condemn(&server, &dealer, 0).await;
    let all = count(&owner, TABLES, &dealer.schema).await;
    // Its turn comes late, and it does not come while it is in use.
    let held = hold(&dealer.schema, "stock_levels").await;
    let cut = life.finish_drop(dealer.id, "test").await;
    assert!(matches!(cut, Err(LifecycleError::Raze(_))), "{cut:?}");
    let left = count(&owner, TABLES, &dealer.schema).await;
    assert!(0 < left && left < all, "{left} of {all}");
    let Err(LifecycleError::Refused(refused)) = life.resume(&order(dealer.id)).await else {
        panic!("what is half gone can not come back");
    };
    assert_eq!(
        (refused.status, refused.possible),
        (DealerStatus::Deleting, vec![])
    );
    held.release().await;
    // Two at once do it once.
    let (one, other) = tokio::join!(
        life.finish_drop(dealer.id, "test"),
        life.finish_drop(dealer.id, "test")
    );
    one.unwrap();
    other.unwrap();
    assert_eq!(count(&owner, SCHEMAS, &dealer.schema).await, 0);
    assert_eq!(count(&owner, ROLES, &dealer.schema).await, 0);
    let actions = life.actions(dealer.id).await.unwrap();
    let dropped = actions.iter().filter(|row| row.action == "DROPPED");
    assert_eq!(dropped.count(), 1);
}

/// A dealer whose grace was over `days` ago.
async fn due(server: &Server, owner: &tokio_postgres::Client, days: u32) -> (DealerId, String) {
    let new = NewDealer {
        name: format!("Due for {days} days"),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    let dealer = server.app.core.provisioner.open(&new).await.unwrap();
    let schema = dealer.schema.as_str().to_owned();
    let condemn = format!(
        "UPDATE platform.dealers SET status = 'DELETING', delete_after = now() - interval '{days} days'
         WHERE schema_name = '{schema}'"
    );
    owner.batch_execute(&condemn).await.unwrap();
    (dealer.id, schema)
}

#[tokio::test]
async fn those_who_can_not_be_dropped_hold_up_nobody_else() {
    let (database, server) = apart("life_stuck").await;
    let owner = owner_of(&database).await;
    owner
        .batch_execute("CREATE TABLE public.elsewhere ()")
        .await
        .unwrap();
    // As many as are taken up in one go, and longer due than the last one.
    for number in 0..20 {
        let (_, schema) = due(&server, &owner, 30 - number).await;
        let tie = format!("GRANT SELECT ON public.elsewhere TO {schema}");
        owner.batch_execute(&tie).await.unwrap();
    }
    let (clean, schema) = due(&server, &owner, 1).await;
    let life = &server.app.core.lifecycle;
    let first = life.drop_due("sweep").await.unwrap();
    assert!(first.iter().all(|(_, outcome)| outcome.is_err()));
    let second = life.drop_due("sweep").await.unwrap();
    assert!(
        matches!(second.first(), Some((id, Ok(()))) if *id == clean),
        "{second:?}"
    );
    assert_eq!(count(&owner, SCHEMAS, &schema).await, 0);
    // What is in the way gone, the others follow, and their record goes.
    owner
        .batch_execute("DROP TABLE public.elsewhere")
        .await
        .unwrap();
    let third = life.drop_due("sweep").await.unwrap();
    assert_eq!(third.len(), 20);
    assert!(
        third.iter().all(|(_, outcome)| outcome.is_ok()),
        "{third:?}"
    );
    let left = "SELECT count(*) FROM platform.drop_failures WHERE cause <> $1";
    assert_eq!(count(&owner, left, "").await, 0);
}

#[tokio::test]
async fn before_the_first_table_goes_a_dealer_can_be_brought_back_whole() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("KEPT").await;
    condemn(&server, &dealer, 0).await;
    let life = &server.app.core.lifecycle;
    let back = life.resume(&order(dealer.id)).await.unwrap();
    assert_eq!(
        (back.status, back.delete_after),
        (DealerStatus::Archived, None)
    );
    // A sweep that had found him before does nothing.
    life.finish_drop(dealer.id, "test").await.unwrap();
    life.resume(&order(dealer.id)).await.unwrap();
    server.app.directory.forget(dealer.id);
    let data = dealer.client.get("{ products { totalCount } }").await;
    assert_eq!(data["products"]["totalCount"], 1);
}

#[tokio::test]
async fn a_migration_that_comes_too_late_makes_no_tables_elsewhere() {
    let (database, server) = apart("life_late_migration").await;
    let dealer = server.dealer().await;
    condemn(&server, &dealer, 0).await;
    server.app.core.lifecycle.drop_due("test").await.unwrap();
    let schema: SchemaName = dealer.schema.parse().unwrap();
    let late = move |conn: &mut tubex::db::owner::OwnerConn| migrate_schema(conn, &schema);
    let migrated = server.app.core.owner.run(late).await;
    assert!(matches!(migrated, Err(MigrateError::Gone)), "{migrated:?}");
    let owner = owner_of(&database).await;
    assert_eq!(count(&owner, TABLES, "public").await, 0);
}
