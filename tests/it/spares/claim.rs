//! Taking a spare over.

use diesel_async::AsyncConnection;
use serde_json::json;
use tubex::app::Core;
use tubex::db::observe::StatementCount;
use tubex::db::owner::OwnerConn;
use tubex::error::ErrorCode;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::directory::{DealerStatus, Directory, dealer_list};
use tubex::tenancy::migrate::{MigrateError, MigrationSet, Options, Runner, revert_schema};
use tubex::tenancy::provision::{Begun, NewDealer};

use super::Depot;
use crate::migrations::dump::dump;
use crate::support::Server;

fn new_dealer() -> NewDealer {
    NewDealer {
        name: "New Yard".to_owned(),
        currency: "VND".to_owned(),
        timezone: "Asia/Ho_Chi_Minh".to_owned(),
    }
}

#[tokio::test]
async fn a_spare_is_taken_over_by_one_statement() {
    let depot = Depot::new("spare_claim").await;
    depot.fill(1).await;
    let spare = depot.spare_schemas("schema_version IS NOT NULL").await;
    let new = new_dealer();
    let count = StatementCount::default();
    let mut conn = depot.core.control.checkout().await.unwrap();
    conn.set_instrumentation(count.hook());
    let begun = depot.core.provisioner.begin_tx(&mut conn, &new);
    let Begun::Open(dealer) = begun.await.unwrap() else {
        panic!("no spare was taken")
    };
    assert_eq!(count.get(), 1);
    assert_eq!(spare, [dealer.schema.as_str().to_owned()].into());
    assert_eq!(
        (dealer.name.as_str(), dealer.status),
        ("New Yard", DealerStatus::Active)
    );
    assert_eq!(
        (dealer.currency.as_str(), dealer.timezone.as_str()),
        ("VND", "Asia/Ho_Chi_Minh")
    );
    // The next one finds none.
    let begun = depot.core.provisioner.begin_tx(&mut conn, &new);
    assert!(matches!(begun.await.unwrap(), Begun::ToMake(_)));
}

/// A registration that is undone gives the spare back.
#[tokio::test]
async fn a_claim_that_is_rolled_back_leaves_the_spare() {
    let depot = Depot::new("spare_rollback").await;
    depot.fill(1).await;
    let mut conn = depot.core.control.checkout().await.unwrap();
    let undone: Result<(), MigrateError> = conn
        .transaction(async |conn| {
            let begun = depot.core.provisioner.begin_tx(conn, &new_dealer()).await;
            assert!(matches!(begun, Ok(Begun::Open(_))));
            Err(MigrateError::NothingToRevert)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(depot.stock().await.whole, 1);
}

#[tokio::test]
async fn with_a_spare_no_schema_is_touched_and_the_shop_is_open() {
    let depot = Depot::new("spare_no_ddl").await;
    let server = Server::start_on(&depot.settings, Clock::system(), |_settings| {}).await;
    depot.fill(2).await;
    let before = depot.schemas().await;
    // Whoever wanted to make a schema now would wait for this connection.
    let owner = server.app.core.owner.clone();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (holds, held) = tokio::sync::oneshot::channel();
    let holder = std::thread::spawn(move || {
        owner.run_blocking(|_conn| {
            holds.send(()).unwrap();
            released.recv().unwrap();
            Ok::<_, MigrateError>(())
        })
    });
    held.await.unwrap();
    let dealer = server.dealer().await;
    release.send(()).unwrap();
    holder.join().unwrap().unwrap();
    assert_eq!(depot.schemas().await, before);
    let data = dealer
        .client
        .get("{ units { totalCount } products { totalCount } }")
        .await;
    let expected = json!({ "units": { "totalCount": 27 }, "products": { "totalCount": 0 } });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_spare_is_as_good_as_a_schema_made_for_a_dealer() {
    let depot = Depot::new("spare_alike").await;
    let made = depot.register(1).await.dealer.schema;
    depot.fill(1).await;
    let claimed = depot.register(2).await.dealer.schema;
    assert_eq!(depot.stock().await.whole, 0);
    for schema in [&made, &claimed] {
        let units = format!("SELECT count(*) FROM {}.units", schema.quoted());
        assert_eq!(depot.number(&units).await, 27);
    }
    let compare = move |conn: &mut OwnerConn| {
        assert_eq!(dump(conn, claimed.as_str()), dump(conn, made.as_str()));
        Ok::<_, MigrateError>(())
    };
    depot.core.owner.run(compare).await.unwrap();
}

#[tokio::test]
async fn a_spare_that_is_behind_is_passed_over_until_it_is_migrated() {
    let depot = Depot::new("spare_behind").await;
    depot.fill(1).await;
    let whole = depot.spare_schemas("schema_version IS NOT NULL").await;
    let spare = whole.first().unwrap().clone();
    let schema = spare.parse().unwrap();
    let revert = move |conn: &mut OwnerConn| revert_schema(conn, &schema, 1);
    depot.core.owner.run(revert).await.unwrap();
    let first = depot.register(1).await.dealer;
    assert_ne!(first.schema.as_str(), spare);
    migrate(&depot.core).await;
    let second = depot.register(2).await.dealer;
    assert_eq!(second.schema.as_str(), spare);
    assert_eq!(second.version, first.version);
}

async fn migrate(core: &Core) {
    let core = core.clone();
    let run = move || {
        let runner = Runner {
            owner: &core.owner,
            clock: &core.clock,
            options: &Options::default(),
            seen: &|_event| {},
        };
        runner.migrate(MigrationSet::tenant().unwrap()).unwrap()
    };
    let report = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!((report.changed, report.failed.len()), (1, 0));
}

#[tokio::test]
async fn spares_are_nobodys() {
    let depot = Depot::new("spare_unseen").await;
    // One whole, the others empty.
    depot.try_fill(2, || false).await.unwrap();
    let mut conn = depot.core.control.checkout().await.unwrap();
    assert_eq!(dealer_list(&mut conn).await.unwrap(), []);
    let set = MigrationSet::tenant().unwrap();
    let directory = Directory::new(depot.core.control.clone(), set);
    let spares = depot
        .owner
        .query("SELECT id::text FROM platform.dealers", &[]);
    let spares = spares.await.unwrap();
    assert_eq!(spares.len(), 4);
    for row in spares {
        let id = DealerId::from_uuid(row.get::<_, &str>(0).parse().unwrap());
        let refused = directory.admit_system(id, "test").await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::DealerNotActive);
    }
}
