//! Indexes on small tables and on large ones.

use std::time::Duration;

use tokio_postgres::Client;
use tubex::tenancy::migrate::{MigrationSet, Options, Report};

use super::fleet::Fleet;
use super::set::next;
use crate::support::{owner_of, until};

const UP: &str = "CREATE INDEX CONCURRENTLY units_probe ON units (rec20_code)";
const DOWN: &str = "DROP INDEX units_probe";

fn probe() -> MigrationSet {
    next(UP, DOWN)
}

/// Options by which a dealer's units, some thirty rows, are a large table.
fn everything_is_large() -> Options {
    Options {
        concurrent_index_above: Some(0),
        ..Options::default()
    }
}

/// Somebody else's snapshot, which a concurrent build has to wait for.
async fn snapshot(fleet: &Fleet) -> Client {
    let client = owner_of(&fleet.settings).await;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM platform.users";
    client.batch_execute(begin).await.unwrap();
    client
}

/// Whether the index of each dealer can be used; no line for those without one.
async fn built(watcher: &Client) -> Vec<bool> {
    let query = "SELECT indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid
        WHERE relname = 'units_probe'";
    let rows = watcher.query(query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// The backends that build one beside others' work.
async fn builders(watcher: &Client) -> Vec<i32> {
    let query = "SELECT pid FROM pg_stat_activity
        WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND state = 'active'
          AND datname = current_database()";
    let rows = watcher.query(query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn wait_for_builder(watcher: &Client) -> i32 {
    until("an index is being built", async || {
        !builders(watcher).await.is_empty()
    })
    .await;
    builders(watcher).await[0]
}

fn counts(report: &Report) -> (usize, usize) {
    (report.changed, report.failed.len())
}

#[tokio::test]
async fn a_small_table_gets_its_index_without_waiting_for_anybody() {
    let fleet = Fleet::new("index_small", 2).await;
    let watcher = owner_of(&fleet.settings).await;
    let _older = snapshot(&fleet).await;
    let report = fleet.migrate(&probe(), Options::default()).await;
    assert_eq!(counts(&report), (2, 0), "{report:?}");
    assert_eq!(built(&watcher).await, [true, true]);
    assert!(fleet.survey(&probe()).await.behind.is_empty());
}

#[tokio::test]
async fn large_tables_get_theirs_one_after_the_other() {
    let fleet = Fleet::new("index_large", 2).await;
    let watcher = owner_of(&fleet.settings).await;
    let older = snapshot(&fleet).await;
    let set = probe();
    let (report, ()) = tokio::join!(fleet.migrate(&set, everything_is_large()), async {
        wait_for_builder(&watcher).await;
        // Long enough for the other worker to have come by.
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(builders(&watcher).await.len(), 1);
        older.batch_execute("ROLLBACK").await.unwrap();
    });
    assert_eq!(counts(&report), (2, 0), "{report:?}");
    assert_eq!(built(&watcher).await, [true, true]);
    assert!(fleet.survey(&set).await.behind.is_empty());
    // And back, by the same way as any other step.
    for (dealer, _) in &fleet.dealers {
        let only = Options {
            only: vec![*dealer],
            ..Options::default()
        };
        assert_eq!(counts(&fleet.revert(&set, only).await), (1, 0));
    }
    assert_eq!(built(&watcher).await, [false; 0]);
    assert_eq!(fleet.survey(&set).await.behind.len(), 2);
}

#[tokio::test]
async fn what_a_killed_build_has_left_is_built_again() {
    let fleet = Fleet::new("index_killed", 1).await;
    let watcher = owner_of(&fleet.settings).await;
    let older = snapshot(&fleet).await;
    let set = probe();
    let (report, ()) = tokio::join!(fleet.try_migrate(&set, everything_is_large()), async {
        let builder = wait_for_builder(&watcher).await;
        let kill = "SELECT pg_terminate_backend($1)";
        watcher.query(kill, &[&builder]).await.unwrap();
    });
    assert!(report.is_err(), "{report:?}");
    assert_eq!(built(&watcher).await, [false]);
    assert_eq!(fleet.survey(&set).await.behind.len(), 1);
    older.batch_execute("ROLLBACK").await.unwrap();
    let report = fleet.migrate(&set, everything_is_large()).await;
    assert_eq!(counts(&report), (1, 0), "{report:?}");
    assert_eq!(built(&watcher).await, [true]);
    assert!(fleet.survey(&set).await.behind.is_empty());
}

#[tokio::test]
async fn an_index_that_was_built_and_not_recorded_is_recorded() {
    let fleet = Fleet::new("index_unrecorded", 1).await;
    let watcher = owner_of(&fleet.settings).await;
    let schema = &fleet.dealers[0].1;
    let build = format!("CREATE INDEX units_probe ON {schema}.units (rec20_code)");
    fleet.sql(build).await;
    let report = fleet.migrate(&probe(), everything_is_large()).await;
    assert_eq!(counts(&report), (1, 0), "{report:?}");
    assert_eq!(built(&watcher).await, [true]);
    assert!(fleet.survey(&probe()).await.behind.is_empty());
}

#[tokio::test]
async fn the_steps_around_a_large_index_are_made_in_their_order() {
    let fleet = Fleet::new("index_between", 1).await;
    let steps = [
        (
            "29990101000001",
            "CREATE TABLE before (id uuid PRIMARY KEY)",
        ),
        ("29990101000002", UP),
        ("29990101000003", "ALTER TABLE before ADD COLUMN after text"),
    ];
    let more = steps.map(|(version, up)| super::set::step(version, up, ""));
    let ours = MigrationSet::tenant().unwrap().steps();
    let set = MigrationSet::new(ours.iter().cloned().chain(more).collect()).unwrap();
    let report = fleet.migrate(&set, everything_is_large()).await;
    assert_eq!(counts(&report), (1, 0), "{report:?}");
    let survey = fleet.survey(&set).await;
    let newest = Some("29990101000003".to_owned());
    assert_eq!(survey.versions.keys().collect::<Vec<_>>(), [&newest]);
}

#[tokio::test]
async fn a_unique_index_that_can_not_be_leaves_nothing_behind() {
    let fleet = Fleet::new("index_unique", 1).await;
    let watcher = owner_of(&fleet.settings).await;
    let up = "CREATE UNIQUE INDEX CONCURRENTLY units_probe ON units (dimension)";
    let report = fleet.migrate(&next(up, DOWN), everything_is_large()).await;
    assert_eq!(counts(&report), (0, 1), "{report:?}");
    let cause = report.failed[0].1.to_string();
    assert!(cause.contains("29990101000001_test"), "{cause}");
    assert_eq!(built(&watcher).await, [false; 0]);
}
