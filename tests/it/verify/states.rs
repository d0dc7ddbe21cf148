//! What is no drift, and what is besides.

use tubex::tenancy::migrate::Options;
use tubex::tenancy::verify::Seen;

use super::fleet::{lines, verify};
use crate::migrations::fleet::Fleet;
use crate::migrations::set::next;

const UP: &str = "CREATE TABLE probes (id uuid PRIMARY KEY)";
const DOWN: &str = "DROP TABLE probes";

fn only(fleet: &Fleet, number: usize) -> Options {
    Options {
        only: vec![fleet.dealers[number].0],
        // Of the audit log there is always something.
        lose_rows: true,
        ..Options::default()
    }
}

#[tokio::test]
async fn nothing_is_said_of_a_clean_fleet_and_nothing_is_left_behind() {
    let fleet = Fleet::new("verify_clean", 3).await;
    let owner = crate::support::owner_of(&fleet.settings).await;
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%'";
    let (summary, found) = verify(&fleet).await;
    assert_eq!(found.len(), 0, "{found:?}");
    assert_eq!(
        (summary.dealers, summary.drifted, summary.behind),
        (3, 0, 0)
    );
    let left: i64 = owner.query_one(schemas, &[]).await.unwrap().get(0);
    assert_eq!(left, 3);
}

#[tokio::test]
async fn columns_in_another_order_are_no_drift() {
    let fleet = Fleet::new("verify_order", 2).await;
    let (_, schema) = &fleet.dealers[0];
    // As after a migration that was taken back and made again.
    fleet
        .sql(format!(
            "ALTER TABLE {schema}.jobs DROP COLUMN po_number;
             ALTER TABLE {schema}.jobs ADD COLUMN po_number text"
        ))
        .await;
    let (_, found) = verify(&fleet).await;
    assert_eq!(found.len(), 0, "{found:?}");
}

#[tokio::test]
async fn who_waits_for_his_migration_has_not_drifted() {
    let fleet = Fleet::new("verify_behind", 3).await;
    let ours = tubex::tenancy::migrate::MigrationSet::tenant().unwrap();
    for number in [0, 1] {
        let report = fleet.revert(ours, only(&fleet, number)).await;
        assert_eq!(report.changed, 1);
    }
    // Behind and drifted, by what his own version makes.
    let (_, schema) = &fleet.dealers[1];
    fleet
        .sql(format!("DROP TABLE {schema}.stock_reservations"))
        .await;
    let (summary, found) = verify(&fleet).await;
    assert_eq!((summary.behind, summary.drifted), (2, 1));
    assert_eq!(found[&fleet.dealers[0].1].seen, Seen::Behind);
    assert_eq!(
        lines(found.get(schema)),
        ["table stock_reservations is missing"]
    );
    assert!(!found.contains_key(&fleet.dealers[2].1));
}

#[tokio::test]
async fn a_schema_of_a_newer_program_is_left_to_it() {
    let fleet = Fleet::new("verify_newer", 2).await;
    fleet.migrate(&next(UP, DOWN), only(&fleet, 1)).await;
    let (summary, found) = verify(&fleet).await;
    assert_eq!((summary.unknown, summary.drifted), (1, 0));
    assert_eq!(found[&fleet.dealers[1].1].seen, Seen::Unknown);
}

#[tokio::test]
async fn schemas_in_stock_are_looked_at_when_they_are_whole() {
    let fleet = Fleet::new("verify_spares", 2).await;
    let spare = "UPDATE platform.dealers SET status = 'SPARE', activated_at = NULL";
    fleet.sql(spare.to_owned()).await;
    let [(_, whole), (half_id, half)] = &fleet.dealers[..] else {
        panic!("two were made")
    };
    fleet
        .sql(format!(
            "DROP TABLE {whole}.tax_rates; DROP TABLE {half}.tax_rates;
             UPDATE platform.dealers SET schema_version = NULL WHERE id = '{}'",
            half_id.uuid()
        ))
        .await;
    let (summary, found) = verify(&fleet).await;
    assert_eq!((summary.dealers, summary.drifted), (1, 1));
    assert_eq!(lines(found.get(whole)), ["table tax_rates is missing"]);
}
