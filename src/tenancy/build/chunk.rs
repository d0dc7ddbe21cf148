//! A new schema, filled by small transactions.
//!
//! A commit tells every session which catalog rows it has changed, through a
//! queue of 4,096 places. A whole schema in one commit overruns it, and each
//! session that lags behind forgets all it knows of all dealers. So nothing here
//! commits more than some statements, and each commit says how far it came. Only the
//! last one waits for the disk, and with it for all before: what a crash takes from the
//! end is taken together with the note of how far it came, and made again.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::Site;
use crate::db::control_tables::schema_builds;
use crate::db::owner::OwnerConn;
use crate::db::pipeline::pipeline;
use crate::tenancy::audit::attach::attach;
use crate::tenancy::audit::words;
use crate::tenancy::migrate::statements::statements;
use crate::tenancy::migrate::step::{applied_or_none, failed, record_version, stand_on};
use crate::tenancy::migrate::{MigrateError, MigrationSet, Step};

/// Statements of one transaction.
const CHUNK: usize = 10;

/// Rows every dealer starts with: the units of measure of the trade.
const REFERENCE_ROWS: &str = include_str!("../../../migrations/tenant_reference.sql");

/// A coordinator must not forget a commit that another server remembers.
const COMMITS_NEED_NOT_LAST: &str = "SELECT set_config('synchronous_commit', 'off', true) \
     WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')";

/// How far a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tenancy) enum Filled {
    /// Statements are left.
    Partly,
    /// It has all of the set, its reference rows, and its version.
    Whole,
}

/// The migration that is begun, and how many of its statements are done.
type Position = (Option<String>, i32);

/// A statement of a migration.
struct Piece<'a> {
    step: &'a Step,
    text: &'a str,
    /// From 1.
    number: i32,
    is_last: bool,
}

/// The next statements of the set; when none is left the schema becomes whole.
pub(in crate::tenancy) fn fill_chunk(
    conn: &mut OwnerConn,
    set: &MigrationSet,
    site: &Site,
) -> Result<Filled, MigrateError> {
    conn.transaction(|conn| {
        let position = position(conn, site)?;
        stand_on(conn, &site.schema, &words::system("provisioning"))?;
        let applied = applied_or_none(conn, &site.schema)?;
        let left = left(set, &applied, &position)?;
        if !left.is_empty() {
            let (chunk, _rest) = left.split_at_checked(CHUNK).unwrap_or((&left, &[]));
            conn.batch_execute(COMMITS_NEED_NOT_LAST)?;
            run(conn, chunk)?;
            keep_position(conn, site, chunk.last())?;
            return Ok(Filled::Partly);
        }
        finish(conn, site, applied)?;
        Ok(Filled::Whole)
    })
}

/// Locked, so that two who fill the same schema do so in turn.
fn position(conn: &mut OwnerConn, site: &Site) -> QueryResult<Position> {
    let row = schema_builds::table
        .find(site.dealer)
        .select((schema_builds::version, schema_builds::statements))
        .for_update();
    Ok(row.first(conn).optional()?.unwrap_or_default())
}

/// What the schema lacks, what is begun first.
fn left<'a>(
    set: &'a MigrationSet,
    applied: &HashSet<String>,
    (begun, done): &Position,
) -> Result<Vec<Piece<'a>>, MigrateError> {
    let mut pending = set.pending(applied);
    let mut skip = 0;
    if let Some(version) = begun {
        let is_begun = |step: &&Step| step.version == *version;
        let Some(first) = pending.iter().position(is_begun) else {
            return Err(MigrateError::Unknown(version.clone()));
        };
        pending
            .get_mut(..=first)
            .unwrap_or_default()
            .rotate_right(1);
        skip = usize::try_from(*done).unwrap_or(0);
    }
    Ok(pending.into_iter().flat_map(pieces).skip(skip).collect())
}

fn pieces(step: &Step) -> Vec<Piece<'_>> {
    let mut texts: Vec<&str> = step.statements.iter().map(String::as_str).collect();
    if texts.is_empty() {
        // To be recorded all the same.
        texts.push("");
    }
    let count = texts.len();
    let numbered = (1..).zip(texts).enumerate();
    numbered
        .map(|(index, (number, text))| Piece {
            step,
            text,
            number,
            is_last: index + 1 == count,
        })
        .collect()
}

/// The statements, and behind the last one of a migration its record.
fn run(conn: &mut OwnerConn, chunk: &[Piece<'_>]) -> Result<(), MigrateError> {
    for of_one_step in chunk.chunk_by(|a, b| a.step.version == b.step.version) {
        let Some(last) = of_one_step.last() else {
            continue;
        };
        let record = last.step.remember();
        let mut texts: Vec<&str> = of_one_step.iter().map(|piece| piece.text).collect();
        if last.is_last {
            texts.push(&record);
        }
        pipeline(conn, &texts).map_err(|error| failed(last.step, error))?;
    }
    Ok(())
}

fn keep_position(conn: &mut OwnerConn, site: &Site, last: Option<&Piece<'_>>) -> QueryResult<()> {
    let begun = last.filter(|piece| !piece.is_last);
    let version = begun.map(|piece| piece.step.version.as_str());
    let done = begun.map_or(0, |piece| piece.number);
    diesel::update(schema_builds::table.find(site.dealer))
        .set((
            schema_builds::version.eq(version),
            schema_builds::statements.eq(done),
        ))
        .execute(conn)
        .map(|_rows| ())
}

/// Reference rows, where they are not there yet, in the schema on the path.
pub(in crate::tenancy) fn add_reference_rows(conn: &mut OwnerConn) -> QueryResult<()> {
    let found = statements(REFERENCE_ROWS);
    let texts: Vec<&str> = found.iter().map(|statement| statement.text).collect();
    pipeline(conn, &texts)
}

/// The triggers of all tables, reference rows, and the mark that all is there.
fn finish(conn: &mut OwnerConn, site: &Site, applied: HashSet<String>) -> QueryResult<()> {
    attach(conn, &site.schema)?;
    add_reference_rows(conn)?;
    record_version(conn, &site.schema, applied)?;
    diesel::delete(schema_builds::table.find(site.dealer))
        .execute(conn)
        .map(|_rows| ())
}
