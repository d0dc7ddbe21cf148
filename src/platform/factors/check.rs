//! Whether a code is a right one.

use chrono::{DateTime, Utc};

use super::model::FactorRow;
use super::{backup, query};
use crate::auth::totp::{TotpSecret, is_code};
use crate::auth::vault::{Purpose, Vault};
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};

/// Who shows a code, and when.
pub struct Shower<'s> {
    /// Whose code it should be.
    pub user: UserId,
    /// Where he works or wants to.
    pub dealer: DealerId,
    /// From where he comes.
    pub peer: &'s Peer,
    /// When.
    pub now: DateTime<Utc>,
}

impl Shower<'_> {
    /// Records what happened to his account.
    pub async fn record(&self, conn: &mut ControlConn, kind: EventKind) -> AppResult<()> {
        let event = NewEvent::of(kind, self.peer).at(self.dealer, self.user);
        Ok(record(conn, event, self.now).await?)
    }
}

/// Spends a code of the user's authenticator, or a backup code. It counts before it
/// looks, so that many at once are no way around the bound. Not for use inside a
/// transaction: what is spent must stay spent.
pub async fn spend(
    conn: &mut ControlConn,
    vault: &Vault,
    shower: &Shower<'_>,
    code: &str,
) -> ServiceResult<()> {
    let row = query::find(conn, shower.user).await?;
    let Some(sealed) = row.as_ref().and_then(|row| row.secret_sealed.as_ref()) else {
        return Err(is_off());
    };
    if !query::count_try(conn, shower.user, shower.now).await? {
        return Err(too_many());
    }
    let is_right = match backup::hash(code) {
        Some(hash) => spend_backup(conn, shower, &hash).await?,
        None if is_code(code) => {
            let secret = open(vault, sealed)?;
            match secret.step_of(code, shower.now) {
                Some(step) => query::accept_step(conn, shower.user, step).await?,
                None => false,
            }
        }
        None => false,
    };
    if is_right {
        return Ok(());
    }
    shower.record(conn, EventKind::SecondFactorRefused).await?;
    Err(wrong())
}

async fn spend_backup(conn: &mut ControlConn, shower: &Shower<'_>, hash: &[u8]) -> AppResult<bool> {
    let is_right = query::spend_code(conn, shower.user, hash, shower.now).await?;
    if is_right {
        shower.record(conn, EventKind::BackupCodeUsed).await?;
    }
    Ok(is_right)
}

/// The step of a code by which the secret that is being set up is confirmed, and
/// that secret as it is stored.
pub async fn pending(
    conn: &mut ControlConn,
    vault: &Vault,
    shower: &Shower<'_>,
    code: &str,
) -> ServiceResult<(i64, Vec<u8>)> {
    let row: Option<FactorRow> = query::find(conn, shower.user).await?;
    let sealed = row.as_ref().and_then(|row| row.pending(shower.now));
    let Some(sealed) = sealed else {
        return Err(UserError::general(
            ErrorCode::NotAllowed,
            "no authenticator is being set up; begin with totpEnrol",
        )
        .into());
    };
    if !query::count_try(conn, shower.user, shower.now).await? {
        return Err(too_many());
    }
    let step = open(vault, sealed)?.step_of(code, shower.now);
    Ok((step.ok_or_else(wrong)?, sealed.to_vec()))
}

fn open(vault: &Vault, sealed: &[u8]) -> AppResult<TotpSecret> {
    let bytes = vault.open(Purpose::SecondFactor, sealed)?;
    Ok(TotpSecret::from_bytes(bytes))
}

pub(super) fn wrong() -> Refusal {
    UserError::at(
        ErrorCode::InvalidCredentials,
        &["input", "code"],
        "this is not the present code of your authenticator, nor a backup code that is left; \
         a code is good once",
    )
    .into()
}

pub(super) fn is_off() -> Refusal {
    UserError::general(ErrorCode::NotAllowed, "you have no second factor").into()
}

fn too_many() -> Refusal {
    UserError::at(
        ErrorCode::LimitExceeded,
        &["input", "code"],
        "too many wrong codes; try again in an hour",
    )
    .into()
}
