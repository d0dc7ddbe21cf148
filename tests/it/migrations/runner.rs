//! Runs over several dealers.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tubex::tenancy::migrate::{MigrationSet, Options, Stopped, failures};

use super::fleet::Fleet;
use super::set::next;
use crate::support::owner_of;

const UP: &str =
    "ALTER TABLE units ADD COLUMN probe text; CREATE TABLE probes (id uuid PRIMARY KEY)";
const DOWN: &str = "DROP TABLE probes; ALTER TABLE units DROP COLUMN probe";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many schemas have the table of [`UP`].
async fn probed(fleet: &Fleet) -> i64 {
    fleet
        .as_owner(|conn| {
            let query = "SELECT count(*) FROM pg_class WHERE relname = 'probes'";
            let row: Count = diesel::sql_query(query).get_result(conn)?;
            Ok(row.count)
        })
        .await
}

fn impatient() -> Options {
    Options {
        patience: Duration::from_millis(1),
        ..Options::default()
    }
}

#[tokio::test]
async fn those_behind_are_migrated_and_nobody_twice() {
    let fleet = Fleet::new("runner_behind", 3).await;
    let set = next(UP, DOWN);
    assert_eq!(fleet.survey(&set).await.behind.len(), 3);
    let first = fleet.migrate(&set, Options::default()).await;
    assert_eq!(
        (first.dealers, first.changed, first.failed.len()),
        (3, 3, 0)
    );
    assert_eq!(probed(&fleet).await, 3);
    // A second application would fail on the table that is there.
    let second = fleet.migrate(&set, Options::default()).await;
    assert_eq!(
        (second.dealers, second.changed, second.failed.len()),
        (3, 0, 0)
    );
    // This program's own set is older, and content with newer schemas.
    let ours = MigrationSet::tenant().unwrap();
    assert!(fleet.survey(ours).await.behind.is_empty());
}

#[tokio::test]
async fn two_runs_at_once_share_the_work() {
    let fleet = Fleet::new("runner_shared", 6).await;
    let set = next(UP, DOWN);
    let run = || fleet.migrate(&set, Options::default());
    let (a, b) = tokio::join!(run(), run());
    assert_eq!(a.changed + b.changed, 6, "{a:?} {b:?}");
    assert_eq!(a.failed.len() + b.failed.len(), 0, "{a:?} {b:?}");
    assert_eq!(probed(&fleet).await, 6);
}

#[tokio::test]
async fn a_dealer_who_fails_is_recorded_and_the_others_go_on() {
    let fleet = Fleet::new("runner_failure", 3).await;
    let (dealer, schema) = fleet.dealers[1].clone();
    fleet.sql(format!("CREATE TABLE {schema}.probes ()")).await;
    let set = next(UP, DOWN);
    let report = fleet.migrate(&set, Options::default()).await;
    assert_eq!((report.changed, report.failed.len()), (2, 1));
    assert_eq!(report.failed[0].0, dealer);
    let recorded = fleet.as_owner(failures).await;
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].dealer_id, dealer);
    for part in ["29990101000001_test", "\"probes\" already exists"] {
        assert!(recorded[0].cause.contains(part), "{recorded:?}");
    }
    // What he lacked is undone with what failed.
    assert_eq!(fleet.survey(&set).await.behind.len(), 1);
    // Mended, he is taken up, and the record goes.
    fleet.sql(format!("DROP TABLE {schema}.probes")).await;
    let report = fleet.migrate(&set, Options::default()).await;
    assert_eq!((report.changed, report.failed.len()), (1, 0));
    assert_eq!(fleet.as_owner(failures).await.len(), 0);
}

#[tokio::test]
async fn a_canary_that_fails_spares_the_others() {
    let fleet = Fleet::new("runner_canary", 3).await;
    let set = next("SELECT nothing_of_this_name", "");
    let options = Options {
        canary: 1,
        ..Options::default()
    };
    let report = fleet.migrate(&set, options.clone()).await;
    assert_eq!(report.stopped, Some(Stopped::Canary));
    assert_eq!((report.failed.len(), report.left), (1, 2));
    // One that is well is followed by them.
    let report = fleet.migrate(&next(UP, DOWN), options).await;
    assert_eq!((report.changed, report.stopped), (3, None));
}

#[tokio::test]
async fn too_many_failures_end_the_run() {
    let fleet = Fleet::new("runner_pause", 5).await;
    let set = next("SELECT nothing_of_this_name", "");
    let options = Options {
        jobs: 1,
        pause_on_errors: Some(2),
        ..Options::default()
    };
    let report = fleet.migrate(&set, options).await;
    assert_eq!(report.stopped, Some(Stopped::Errors));
    assert_eq!((report.failed.len(), report.left), (2, 3));
}

/// Breaks the first `count` dealers of the fleet for [`UP`], and lets that be known.
async fn known_to_fail(fleet: &Fleet, count: usize) -> MigrationSet {
    let set = next(UP, DOWN);
    for (dealer, schema) in &fleet.dealers[..count] {
        fleet.sql(format!("CREATE TABLE {schema}.probes ()")).await;
        let only = Options {
            only: vec![*dealer],
            ..Options::default()
        };
        assert_eq!(fleet.migrate(&set, only).await.failed.len(), 1);
    }
    set
}

#[tokio::test]
async fn known_failures_use_up_no_run_before_the_others_are_through() {
    let fleet = Fleet::new("runner_pause_known", 5).await;
    let set = known_to_fail(&fleet, 2).await;
    let options = Options {
        jobs: 1,
        pause_on_errors: Some(1),
        ..Options::default()
    };
    let report = fleet.migrate(&set, options).await;
    assert_eq!(report.changed, 3, "{report:?}");
    // Then they count again.
    assert_eq!(report.stopped, Some(Stopped::Errors));
    assert_eq!((report.failed.len(), report.left), (1, 1));
}

#[tokio::test]
async fn canaries_are_chosen_among_those_without_a_known_failure() {
    let fleet = Fleet::new("runner_canary_known", 4).await;
    let set = known_to_fail(&fleet, 2).await;
    let options = Options {
        canary: 1,
        ..Options::default()
    };
    let report = fleet.migrate(&set, options).await;
    assert_eq!((report.changed, report.stopped), (2, None), "{report:?}");
    assert_eq!(report.failed.len(), 2);
}

#[tokio::test]
async fn a_revert_that_fails_is_no_failure_of_who_is_current() {
    let fleet = Fleet::new("runner_revert_failure", 1).await;
    let set = next(UP, "SELECT nothing_of_this_name");
    fleet.migrate(&set, Options::default()).await;
    let named = Options {
        only: vec![fleet.dealers[0].0],
        ..Options::default()
    };
    let report = fleet.revert(&set, named).await;
    assert_eq!((report.changed, report.failed.len()), (0, 1), "{report:?}");
    assert_eq!(fleet.as_owner(failures).await.len(), 0);
}

#[tokio::test]
async fn no_more_is_taken_back_than_was_meant() {
    let fleet = Fleet::new("runner_revert_further", 1).await;
    let schema = &fleet.dealers[0].1;
    let set = next(UP, DOWN);
    fleet.migrate(&set, Options::default()).await;
    let named = Options {
        only: vec![fleet.dealers[0].0],
        ..Options::default()
    };
    let refused = |report: tubex::tenancy::migrate::Report| {
        assert_eq!(report.changed, 0, "{report:?}");
        report.failed[0].1.to_string()
    };
    // Rows of the step that goes, in a column and in a table.
    let write = format!(
        "UPDATE {schema}.units SET probe = 'x' WHERE code = 'pc';
         INSERT INTO {schema}.probes VALUES (gen_random_uuid())"
    );
    fleet.sql(write).await;
    let reason = refused(fleet.revert(&set, named.clone()).await);
    for part in ["units.probe", "probes.id", "--lose-rows"] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(probed(&fleet).await, 1);
    let careless = Options {
        lose_rows: true,
        ..named.clone()
    };
    assert_eq!(fleet.revert(&set, careless.clone()).await.changed, 1);
    let reason = refused(fleet.revert(&set, careless.clone()).await);
    assert!(reason.contains("--further"), "{reason}");
    // Who takes back everything gets everything again.
    let all = Options {
        further: true,
        ..careless
    };
    for _ in MigrationSet::tenant().unwrap().steps() {
        assert_eq!(fleet.revert(&set, all.clone()).await.changed, 1);
    }
    assert_eq!(fleet.migrate(&set, named).await.changed, 1);
    let units = format!("SELECT count(*) FROM {schema}.units");
    let units: Count = fleet
        .as_owner(|conn| Ok(diesel::sql_query(units).get_result(conn)?))
        .await;
    assert_eq!(units.count, 27);
}

#[tokio::test]
async fn only_those_named_are_touched() {
    let fleet = Fleet::new("runner_only", 3).await;
    let set = next(UP, DOWN);
    let named = Options {
        only: vec![fleet.dealers[2].0],
        ..Options::default()
    };
    let report = fleet.migrate(&set, named.clone()).await;
    assert_eq!((report.dealers, report.changed), (1, 1));
    let behind = fleet.survey(&set).await.behind;
    let behind: Vec<_> = behind.iter().map(|target| target.dealer).collect();
    assert_eq!(behind, [fleet.dealers[0].0, fleet.dealers[1].0]);
    // And back again, by one step.
    let report = fleet.revert(&set, named).await;
    assert_eq!((report.changed, report.failed.len()), (1, 0));
    assert_eq!(probed(&fleet).await, 0);
    assert_eq!(fleet.survey(&set).await.behind.len(), 3);
    let ours = MigrationSet::tenant().unwrap();
    assert!(fleet.survey(ours).await.behind.is_empty());
}

#[tokio::test]
async fn a_table_in_use_is_given_up_and_tried_again() {
    let fleet = Fleet::new("runner_in_use", 2).await;
    let schema = &fleet.dealers[0].1;
    let reader = owner_of(&fleet.settings).await;
    let read = format!("BEGIN; SELECT count(*) FROM {schema}.units");
    reader.batch_execute(&read).await.unwrap();
    let set = next(UP, DOWN);
    // Without patience he is reported, and the other one goes on.
    let report = fleet.migrate(&set, impatient()).await;
    assert_eq!((report.changed, report.failed.len()), (1, 1), "{report:?}");
    let cause = report.failed[0].1.to_string();
    assert!(cause.contains("stayed in use"), "{cause}");
    // With some, he has his turn when the reader is gone.
    let (report, ()) = tokio::join!(fleet.migrate(&set, Options::default()), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        reader.batch_execute("ROLLBACK").await.unwrap();
    });
    assert_eq!((report.changed, report.failed.len()), (1, 0), "{report:?}");
    assert!(report.retries > 0, "{report:?}");
}
