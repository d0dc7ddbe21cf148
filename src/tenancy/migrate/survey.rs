//! Where all dealers stand, in one query.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::error::MigrateError;
use super::set::MigrationSet;
use crate::db::control_tables::{dealers, migration_failures};
use crate::db::owner::OwnerConn;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;

/// A dealer with a schema.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Target {
    /// Who.
    pub dealer: DealerId,
    /// Name of the schema, as the directory has it.
    pub schema: String,
    /// Newest migration in it; none before the first.
    pub version: Option<String>,
    /// Whether his last migration failed.
    pub has_failed: bool,
}

/// Where the dealers stand.
#[derive(Debug, Default)]
pub struct Survey {
    /// Dealers per version, the oldest first.
    pub versions: BTreeMap<Option<String>, usize>,
    /// Those who lack migrations of the set, in the order of their registration;
    /// whose last migration failed, comes last.
    pub behind: Vec<Target>,
}

impl Survey {
    /// How many dealers there are.
    pub fn total(&self) -> usize {
        self.versions.values().sum()
    }
}

/// Reads the versions of all dealers, or of `only` some, that have a schema.
///
/// The directory tells, not the schemas: thousands of tables of diesel's would
/// take minutes to ask. Each version is written in the transaction that led to it.
pub fn survey(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    only: &[DealerId],
) -> Result<Survey, MigrateError> {
    let mut survey = Survey::default();
    for target in targets(conn, only)? {
        let count = survey.versions.entry(target.version.clone());
        *count.or_default() += 1;
        if set.is_behind(target.version.as_deref()) {
            survey.behind.push(target);
        }
    }
    Ok(survey)
}

/// All dealers with a schema, or those named, in one query; whose last migration
/// failed, comes last.
pub fn targets(conn: &mut OwnerConn, only: &[DealerId]) -> Result<Vec<Target>, MigrateError> {
    // A spare without a version is still being filled.
    let has_schema = dealers::status
        .ne(DealerStatus::Spare)
        .or(dealers::schema_version.is_not_null());
    let has_failed = migration_failures::dealer_id.nullable().is_not_null();
    let query = dealers::table
        .left_join(migration_failures::table)
        .filter(dealers::status.eq_any(DealerStatus::WITH_SCHEMA))
        .filter(dealers::drop_began_at.is_null())
        .filter(has_schema)
        .order((has_failed, dealers::id))
        .select((
            dealers::id,
            dealers::schema_name,
            dealers::schema_version,
            has_failed,
        ))
        .into_boxed();
    let targets: Vec<Target> = if only.is_empty() {
        query.load(conn)?
    } else {
        query.filter(dealers::id.eq_any(only)).load(conn)?
    };
    let is_missing = |id: &&DealerId| !targets.iter().any(|target| target.dealer == **id);
    match only.iter().find(is_missing) {
        Some(id) => Err(MigrateError::NoDealer(*id)),
        None => Ok(targets),
    }
}
