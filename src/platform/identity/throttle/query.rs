//! SQL of the throttle.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_dsl::methods as dsl;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::ladder::State;
use super::subject::Subject;
use crate::db::control::ControlConn;
use crate::db::control_tables::login_attempts;
use crate::db::error::DbResult;

/// A subject as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = login_attempts, check_for_backend(diesel::pg::Pg))]
pub(super) struct AttemptRow {
    /// Digest of the subject.
    pub(super) subject: Vec<u8>,
    /// One more with each change.
    pub(super) serial: i64,
    /// See [`State`].
    pub(super) free_at: DateTime<Utc>,
    /// See [`State`].
    pub(super) forgotten_at: DateTime<Utc>,
}

impl AttemptRow {
    pub(super) const fn state(&self) -> State {
        State {
            free_at: self.free_at,
            forgotten_at: self.forgotten_at,
        }
    }
}

/// The rows of these subjects, as far as there are any.
pub(super) async fn find(
    conn: &mut ControlConn,
    subjects: &[Subject],
) -> DbResult<Vec<AttemptRow>> {
    let query = login_attempts::table
        .filter(login_attempts::subject.eq_any(digests(subjects)))
        .select(AttemptRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// As [`find`]; the rows stay as they are until the transaction ends.
pub(super) async fn find_locked(
    conn: &mut ControlConn,
    subjects: &[Subject],
) -> DbResult<Vec<AttemptRow>> {
    let query = login_attempts::table
        .filter(login_attempts::subject.eq_any(digests(subjects)))
        .order(login_attempts::subject)
        .select(AttemptRow::as_select())
        .for_update();
    Ok(query.load(&mut **conn).await?)
}

/// Writes rows, each if it is still the one whose `serial` is one less, or new.
/// Gives how many were written. All who write do so in the order of subjects, so
/// that nobody waits for somebody who waits for him.
pub(super) async fn swap(conn: &mut ControlConn, mut rows: Vec<AttemptRow>) -> DbResult<usize> {
    rows.sort_unstable_by(|a, b| a.subject.cmp(&b.subject));
    let query = diesel::insert_into(login_attempts::table)
        .values(rows)
        .on_conflict(login_attempts::subject)
        .do_update()
        .set((
            login_attempts::serial.eq(excluded(login_attempts::serial)),
            login_attempts::free_at.eq(excluded(login_attempts::free_at)),
            login_attempts::forgotten_at.eq(excluded(login_attempts::forgotten_at)),
        ));
    let unchanged = (login_attempts::serial + 1).eq(excluded(login_attempts::serial));
    let query = dsl::FilterDsl::filter(query, unchanged);
    Ok(query.execute(&mut **conn).await?)
}

/// Forgets subjects.
pub(super) async fn delete(conn: &mut ControlConn, subjects: Vec<Vec<u8>>) -> DbResult<usize> {
    let query =
        diesel::delete(login_attempts::table.filter(login_attempts::subject.eq_any(subjects)));
    Ok(query.execute(&mut **conn).await?)
}

/// Deletes rows of which nothing is left to tell, at most so many, and none that
/// somebody is at.
pub(super) async fn prune(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    most: i64,
) -> DbResult<usize> {
    conn.transaction(async |conn| {
        let query = login_attempts::table
            .filter(login_attempts::forgotten_at.le(now))
            .order(login_attempts::forgotten_at)
            .limit(most)
            .select(login_attempts::subject)
            .for_update()
            .skip_locked();
        let stale: Vec<Vec<u8>> = query.load(&mut **conn).await?;
        if stale.is_empty() {
            return Ok(0);
        }
        delete(conn, stale).await
    })
    .await
}

fn digests(subjects: &[Subject]) -> Vec<&[u8]> {
    subjects.iter().map(|one| one.digest.as_slice()).collect()
}
