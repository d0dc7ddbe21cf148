//! SQL of authenticators and backup codes. What may happen once is one UPDATE that
//! says how many rows it met, so that of two at once one succeeds.

use chrono::{DateTime, Utc};
use diesel::dsl::{case_when, exists, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{FactorRow, TRIES_OF_USER, TRIES_WINDOW};
use crate::db::control::ControlConn;
use crate::db::control_tables::{backup_codes, dealers, memberships, totp_factors, users};
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, UserId};

/// The authenticators of a user.
pub async fn find(conn: &mut ControlConn, user: UserId) -> DbResult<Option<FactorRow>> {
    let query = totp_factors::table
        .find(user)
        .select(FactorRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Whether a user has an authenticator in use.
pub async fn is_on(conn: &mut ControlConn, user: UserId) -> DbResult<bool> {
    let found = totp_factors::table
        .find(user)
        .filter(totp_factors::secret_sealed.is_not_null());
    Ok(select(exists(found)).get_result(&mut **conn).await?)
}

/// The user's epoch, which stays as it is until the transaction is over: who
/// changes his password or his second factor raises it, and waits.
pub async fn epoch_meanwhile(conn: &mut ControlConn, user: UserId) -> DbResult<Option<i64>> {
    let query = users::table.find(user).select(users::epoch).for_share();
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Whether a dealer the user works for asks for a second factor.
pub async fn is_needed(conn: &mut ControlConn, user: UserId) -> DbResult<bool> {
    let found = memberships::table
        .inner_join(dealers::table)
        .filter(memberships::user_id.eq(user))
        .filter(dealers::second_factor_required);
    Ok(select(exists(found)).get_result(&mut **conn).await?)
}

/// Counts a code about to be looked at; says whether it may be.
pub async fn count_try(conn: &mut ControlConn, user: UserId, now: DateTime<Utc>) -> DbResult<bool> {
    let is_within = totp_factors::tries_until.gt(now);
    let open = totp_factors::table.find(user).filter(
        totp_factors::tries
            .lt(TRIES_OF_USER)
            .or(totp_factors::tries_until.le(now)),
    );
    let query = diesel::update(open).set((
        totp_factors::tries.eq(case_when(is_within, totp_factors::tries + 1).otherwise(1)),
        totp_factors::tries_until
            .eq(case_when(is_within, totp_factors::tries_until).otherwise(now + TRIES_WINDOW)),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Accepts the code of `step`, unless it or a later one was accepted before.
pub async fn accept_step(conn: &mut ControlConn, user: UserId, step: i64) -> DbResult<bool> {
    let before = totp_factors::table
        .find(user)
        .filter(totp_factors::secret_sealed.is_not_null())
        .filter(totp_factors::last_step.lt(step));
    let query =
        diesel::update(before).set((totp_factors::last_step.eq(step), totp_factors::tries.eq(0)));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Keeps a secret that is being set up, in the place of one before.
pub async fn set_pending(
    conn: &mut ControlConn,
    user: UserId,
    sealed: &[u8],
    until: DateTime<Utc>,
) -> DbResult<()> {
    let pending = (
        totp_factors::pending_sealed.eq(sealed),
        totp_factors::pending_until.eq(until),
    );
    let query = diesel::insert_into(totp_factors::table)
        .values((totp_factors::user_id.eq(user), pending))
        .on_conflict(totp_factors::user_id)
        .do_update()
        .set(pending);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Takes the secret that is being set up into use, if it is still this one. The
/// code by which it was confirmed is spent.
pub async fn confirm(
    conn: &mut ControlConn,
    user: UserId,
    sealed: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let pending = totp_factors::table
        .find(user)
        .filter(totp_factors::pending_sealed.eq(sealed));
    let query = diesel::update(pending).set((
        totp_factors::secret_sealed.eq(sealed),
        totp_factors::confirmed_at.eq(now),
        totp_factors::last_step.eq(step),
        totp_factors::pending_sealed.eq(None::<Vec<u8>>),
        totp_factors::pending_until.eq(None::<DateTime<Utc>>),
        totp_factors::tries.eq(0),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}

/// Takes away a user's authenticators and backup codes; says whether one was in use.
pub async fn remove(conn: &mut ControlConn, user: UserId) -> DbResult<bool> {
    let codes = backup_codes::table.filter(backup_codes::user_id.eq(user));
    diesel::delete(codes).execute(&mut **conn).await?;
    let query =
        diesel::delete(totp_factors::table.find(user)).returning(totp_factors::confirmed_at);
    let gone: Option<Option<DateTime<Utc>>> = query.get_result(&mut **conn).await.optional()?;
    Ok(gone.flatten().is_some())
}

/// Puts these backup codes in the place of those before.
pub async fn replace_codes(
    conn: &mut ControlConn,
    user: UserId,
    hashes: &[[u8; 32]],
) -> DbResult<()> {
    let old = backup_codes::table.filter(backup_codes::user_id.eq(user));
    diesel::delete(old).execute(&mut **conn).await?;
    let rows: Vec<_> = hashes
        .iter()
        .map(|hash| {
            (
                backup_codes::user_id.eq(user),
                backup_codes::code_hash.eq(hash.as_slice()),
            )
        })
        .collect();
    let query = diesel::insert_into(backup_codes::table).values(rows);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Spends a backup code, if it is one and was not spent before.
pub async fn spend_code(
    conn: &mut ControlConn,
    user: UserId,
    hash: &[u8],
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let unused = backup_codes::table
        .find((user, hash))
        .filter(backup_codes::used_at.is_null());
    let query = diesel::update(unused).set(backup_codes::used_at.eq(now));
    if query.execute(&mut **conn).await? == 0 {
        return Ok(false);
    }
    let factor = totp_factors::table.find(user);
    let query = diesel::update(factor).set(totp_factors::tries.eq(0));
    query.execute(&mut **conn).await?;
    Ok(true)
}

/// How many backup codes are left.
pub async fn codes_left(conn: &mut ControlConn, user: UserId) -> DbResult<i64> {
    let query = backup_codes::table
        .filter(backup_codes::user_id.eq(user))
        .filter(backup_codes::used_at.is_null())
        .count();
    Ok(query.get_result(&mut **conn).await?)
}

/// The user's epoch at this moment, if he is there still.
pub async fn epoch(conn: &mut ControlConn, user: UserId) -> DbResult<Option<i64>> {
    let query = users::table.find(user).select(users::epoch);
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Says whether a dealer asks for a second factor; if he does, all tokens for him
/// go, so that nobody works on without one.
pub async fn set_required(
    conn: &mut ControlConn,
    dealer: DealerId,
    required: bool,
) -> DbResult<()> {
    let query = diesel::update(dealers::table.find(dealer)).set((
        dealers::second_factor_required.eq(required),
        dealers::token_epoch.eq(dealers::token_epoch + i64::from(required)),
    ));
    query.execute(&mut **conn).await?;
    Ok(())
}
