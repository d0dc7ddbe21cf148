//! SQL of mails.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::model::{Mail, MailId, MailKind, MailRow, MailState};
use crate::db::control::ControlConn;
use crate::db::control_tables::mails;
use crate::db::error::DbResult;

diesel::define_sql_function! { fn pg_advisory_xact_lock(key: BigInt); }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }

/// Most rows that go in one statement, so that it is short.
const PRUNE_AT_ONCE: i64 = 1000;

/// Adds a mail.
pub(super) async fn insert(conn: &mut ControlConn, row: MailRow) -> DbResult<()> {
    let query = diesel::insert_into(mails::table).values(row);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Lets nobody else order a mail of the same kind in the same name to the same
/// address until the end of the transaction.
pub(super) async fn lock_like(conn: &mut ControlConn, mail: &Mail) -> DbResult<()> {
    let (kind, dealer) = (mail.kind.as_str(), mail.dealer);
    let name = format!("tubex mails {kind} of {dealer:?} to {}", mail.email);
    let lock = diesel::select(pg_advisory_xact_lock(hashtextextended(name, 0)));
    lock.execute(&mut **conn).await?;
    Ok(())
}

/// When the last five of those were ordered, newest first, back to `since`.
pub(super) async fn find_like(
    conn: &mut ControlConn,
    mail: &Mail,
    since: DateTime<Utc>,
) -> DbResult<Vec<DateTime<Utc>>> {
    let query = mails::table
        .filter(mails::email.eq(&mail.email).and(mails::kind.eq(mail.kind)))
        .filter(mails::dealer_id.is_not_distinct_from(mail.dealer))
        .filter(mails::created_at.gt(since))
        .order(mails::created_at.desc())
        .limit(5)
        .select(mails::created_at);
    Ok(query.load(&mut **conn).await?)
}

/// Takes up to `most` mails that are due: first those of the platform, for which somebody waits
/// who can not sign in, and behind them those that dealers send by the hundred. They are due again after `lease`, if
/// nothing is said of them by then; until then nobody else gets them.
pub(super) async fn claim(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    lease: TimeDelta,
    most: i64,
) -> DbResult<Vec<MailRow>> {
    conn.transaction(async |conn| {
        let due = mails::table
            .filter(mails::state.eq(MailState::Pending))
            .filter(mails::due_at.le(now))
            .filter(mails::kind.eq_any(MailKind::ALL))
            .order((mails::record_id.is_not_null(), mails::due_at))
            .limit(most)
            .select(mails::id)
            .for_update()
            .skip_locked();
        let ids: Vec<MailId> = due.load(&mut **conn).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let taken = diesel::update(mails::table.filter(mails::id.eq_any(ids)))
            .set((
                mails::due_at.eq(now + lease),
                mails::attempts.eq(mails::attempts + 1),
            ))
            .returning(MailRow::as_returning());
        Ok(taken.get_results(&mut **conn).await?)
    })
    .await
}

/// Notes what became of a mail, and why if there is more to say than was noted
/// after the attempt before; false if somebody else has taken it up since.
pub(super) async fn finish(
    conn: &mut ControlConn,
    mail: &MailRow,
    state: MailState,
    cause: Option<&str>,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let query = diesel::update(mails::table.find(mail.id))
        .filter(mails::state.eq(MailState::Pending))
        .filter(mails::attempts.eq(mail.attempts))
        .set((
            mails::state.eq(state),
            mails::finished_at.eq(now),
            cause.map(|cause| mails::cause.eq(cause)),
            // Whence a request came is nobody's business any more.
            mails::peer_address.eq(None::<String>),
            mails::peer_name.eq(None::<String>),
        ));
    Ok(query.execute(&mut **conn).await? == 1)
}

/// Has a mail tried again at `due`.
pub(super) async fn postpone(
    conn: &mut ControlConn,
    mail: &MailRow,
    due: DateTime<Utc>,
    cause: &str,
) -> DbResult<bool> {
    let query = diesel::update(mails::table.find(mail.id))
        .filter(mails::state.eq(MailState::Pending))
        .filter(mails::attempts.eq(mail.attempts))
        .set((mails::due_at.eq(due), mails::cause.eq(cause)));
    Ok(query.execute(&mut **conn).await? == 1)
}

/// Ends mails that are no use any more and that nobody has taken up to say so.
pub(super) async fn expire(conn: &mut ControlConn, now: DateTime<Utc>) -> DbResult<()> {
    let query = diesel::update(mails::table)
        .filter(mails::state.eq(MailState::Pending))
        .filter(mails::expires_at.lt(now).and(mails::due_at.lt(now)))
        .set((
            mails::state.eq(MailState::Expired),
            mails::finished_at.eq(now),
        ));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Mails that wait to be sent, and those of them that could not be sent before.
pub(super) async fn count_pending(conn: &mut ControlConn) -> DbResult<(i64, i64)> {
    let query = mails::table
        .filter(mails::state.eq(MailState::Pending))
        .select((count_star(), count(mails::cause)));
    Ok(query.get_result(&mut **conn).await?)
}

/// Deletes mails that ended before `before`, and needless ones before `needless`,
/// some at a time; gives how many.
pub(super) async fn prune(
    conn: &mut ControlConn,
    before: DateTime<Utc>,
    needless: DateTime<Utc>,
) -> DbResult<usize> {
    let was_needless = mails::state.eq(MailState::Needless);
    let old = mails::table
        .filter(mails::state.ne(MailState::Pending))
        .filter(
            mails::finished_at
                .lt(before)
                .or(was_needless.and(mails::finished_at.lt(needless))),
        )
        .limit(PRUNE_AT_ONCE)
        .select(mails::id);
    let ids: Vec<MailId> = old.load(&mut **conn).await?;
    let query = diesel::delete(mails::table.filter(mails::id.eq_any(ids)));
    Ok(query.execute(&mut **conn).await?)
}
