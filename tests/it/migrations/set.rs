//! Migrations as values.

use tubex::tenancy::migrate::{MigrationSet, Step};

pub fn step(version: &str, up: &str, down: &str) -> Step {
    let name = format!("{version}_test");
    Step::new(
        version.to_owned(),
        name,
        up.to_owned(),
        Some(down.to_owned()),
    )
}

/// The set of this program and one step more, as the next release has it.
pub fn next(up: &str, down: &str) -> MigrationSet {
    let ours = MigrationSet::tenant().unwrap().steps();
    let more = step("29990101000001", up, down);
    MigrationSet::new(ours.iter().cloned().chain([more]).collect()).unwrap()
}

#[test]
fn the_text_of_each_migration_is_read() {
    let steps = MigrationSet::tenant().unwrap().steps();
    assert!(steps.len() >= 3);
    for step in steps {
        assert!(
            step.up.contains("CREATE") || step.up.contains("ALTER"),
            "{step:?}"
        );
        assert!(step.down.is_some(), "{step:?}");
    }
}

#[test]
fn a_set_with_two_migrations_of_one_number_is_none() {
    let twice = vec![
        step("20260101000001", "", ""),
        step("20260101000001", "", ""),
    ];
    let fault = MigrationSet::new(twice).unwrap_err().to_string();
    assert!(fault.contains("two migrations"), "{fault}");
}

#[test]
fn versions_are_digits_since_they_become_sql() {
    let named = MigrationSet::new(vec![step("1'); DROP", "", "")]);
    assert!(named.is_err());
}

#[test]
fn what_a_program_can_do_without_refuses_nobody() {
    let index = "-- not needed to serve: only faster\nCREATE INDEX i ON units (name)";
    let set = next(index, "DROP INDEX i");
    let ours = MigrationSet::tenant().unwrap().newest();
    assert_eq!(set.needed(), ours);
    assert!(set.is_behind(ours));
}
