//! SQL of text messages.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::limit::{PER_DAY, PER_HOUR};
use super::model::{MessageId, SmsKind, SmsRow, SmsState};
use super::order::NewSms;
use crate::db::control::ControlConn;
use crate::db::control_tables::text_messages;
use crate::db::error::DbResult;
use crate::kernel::ids::UserId;

diesel::define_sql_function! { fn pg_advisory_xact_lock(key: BigInt); }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }

/// Most rows that go in one statement, so that it is short.
const PRUNE_AT_ONCE: i64 = 1000;

/// Lets nobody else order a message to this telephone or for this user until the end
/// of the transaction. The telephone first, always: so no two wait for each other.
pub(super) async fn lock(conn: &mut ControlConn, phone: &str, user: UserId) -> DbResult<()> {
    for name in [
        format!("tubex codes to {phone}"),
        format!("tubex codes of {user}"),
    ] {
        let lock = diesel::select(pg_advisory_xact_lock(hashtextextended(name, 0)));
        lock.execute(&mut **conn).await?;
    }
    Ok(())
}

/// When the last messages like this one to its telephone were ordered, newest first,
/// back to `since`. Whoever wants to add a number counts with all who want to; codes
/// for those who have added it count for each by himself, so that nobody can use up
/// another's by naming his number.
pub(super) async fn to_phone(
    conn: &mut ControlConn,
    new: &NewSms<'_>,
    since: DateTime<Utc>,
) -> DbResult<Vec<DateTime<Utc>>> {
    let confirms = text_messages::kind.eq(SmsKind::ConfirmPhone);
    let query = text_messages::table
        .filter(text_messages::phone.eq(new.phone))
        .filter(text_messages::created_at.gt(since))
        .order(text_messages::created_at.desc())
        .limit(i64::try_from(PER_HOUR).unwrap_or(i64::MAX))
        .select(text_messages::created_at)
        .into_boxed();
    let query = match new.kind {
        SmsKind::ConfirmPhone => query.filter(confirms),
        SmsKind::SignIn | SmsKind::StepUp => query
            .filter(diesel::dsl::not(confirms))
            .filter(text_messages::user_id.eq(new.user)),
    };
    Ok(query.load(&mut **conn).await?)
}

/// When the last messages of a user were ordered, newest first, back to `since`.
pub(super) async fn of_user(
    conn: &mut ControlConn,
    user: UserId,
    since: DateTime<Utc>,
) -> DbResult<Vec<DateTime<Utc>>> {
    let query = text_messages::table
        .filter(text_messages::user_id.eq(user))
        .filter(text_messages::created_at.gt(since))
        .order(text_messages::created_at.desc())
        .limit(i64::try_from(PER_DAY).unwrap_or(i64::MAX))
        .select(text_messages::created_at);
    Ok(query.load(&mut **conn).await?)
}

/// How many messages were ordered since, of one kind or of all.
pub(super) async fn count(
    conn: &mut ControlConn,
    since: DateTime<Utc>,
    kind: Option<SmsKind>,
) -> DbResult<i64> {
    let recent = text_messages::table
        .filter(text_messages::created_at.gt(since))
        .into_boxed();
    let recent = match kind {
        Some(kind) => recent.filter(text_messages::kind.eq(kind)),
        None => recent,
    };
    Ok(recent.count().get_result(&mut **conn).await?)
}

/// Adds a message.
pub(super) async fn insert(conn: &mut ControlConn, row: &SmsRow) -> DbResult<()> {
    let query = diesel::insert_into(text_messages::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// The message ordered last on this occasion.
pub(super) async fn last(conn: &mut ControlConn, sent: NewSms<'_>) -> DbResult<Option<SmsRow>> {
    let query = text_messages::table
        .filter(text_messages::user_id.eq(sent.user))
        .filter(text_messages::kind.eq(sent.kind))
        .filter(text_messages::subject.eq(sent.subject))
        .filter(text_messages::phone.eq(sent.phone))
        .order(text_messages::created_at.desc())
        .select(SmsRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Spends the code of a message, if nobody has before.
pub(super) async fn spend(
    conn: &mut ControlConn,
    id: MessageId,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let unused = text_messages::table
        .find(id)
        .filter(text_messages::used_at.is_null());
    let query = diesel::update(unused).set(text_messages::used_at.eq(now));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Takes up to `most` messages that are due and whose codes are good. They are due
/// again after `lease`, if nothing is said of them by then.
pub(super) async fn claim(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    lease: TimeDelta,
    most: i64,
) -> DbResult<Vec<SmsRow>> {
    conn.transaction(async |conn| {
        let due = text_messages::table
            .filter(text_messages::state.eq(SmsState::Pending))
            .filter(text_messages::due_at.le(now))
            .filter(text_messages::expires_at.gt(now))
            .filter(text_messages::kind.eq_any(SmsKind::ALL))
            .order(text_messages::due_at)
            .limit(most)
            .select(text_messages::id)
            .for_update()
            .skip_locked();
        let ids: Vec<MessageId> = due.load(&mut **conn).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let taken = diesel::update(text_messages::table.filter(text_messages::id.eq_any(ids)))
            .set((
                text_messages::due_at.eq(now + lease),
                text_messages::attempts.eq(text_messages::attempts + 1),
            ))
            .returning(SmsRow::as_returning());
        Ok(taken.get_results(&mut **conn).await?)
    })
    .await
}

/// Notes how the latest attempt went: what became of the message, when it may be
/// tried again, and why.
pub(super) async fn note(
    conn: &mut ControlConn,
    sms: &SmsRow,
    (state, due): (SmsState, DateTime<Utc>),
    cause: Option<&str>,
) -> DbResult<()> {
    let query = diesel::update(text_messages::table.find(sms.id))
        .filter(text_messages::state.eq(SmsState::Pending))
        .filter(text_messages::attempts.eq(sms.attempts))
        .set((
            text_messages::state.eq(state),
            text_messages::due_at.eq(due),
            text_messages::cause.eq(cause),
        ));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Deletes messages from before `before`, some at a time; gives how many.
pub(super) async fn prune(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let old = text_messages::table
        .filter(text_messages::created_at.lt(before))
        .limit(PRUNE_AT_ONCE)
        .select(text_messages::id);
    let ids: Vec<MessageId> = old.load(&mut **conn).await?;
    let query = diesel::delete(text_messages::table.filter(text_messages::id.eq_any(ids)));
    Ok(query.execute(&mut **conn).await?)
}
