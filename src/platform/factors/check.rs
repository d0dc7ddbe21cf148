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
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::mail::MailKind;

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

    /// Has him told by mail.
    pub async fn tell(&self, conn: &mut ControlConn, kind: MailKind) -> AppResult<()> {
        let occasion = Occasion::of(self.now, self.peer);
        Ok(notices::tell_by_id(conn, kind, self.user, occasion).await?)
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
    count(conn, shower).await?;
    if is_right(conn, vault, shower, (sealed, code)).await? {
        return Ok(());
    }
    shower.record(conn, EventKind::SecondFactorRefused).await?;
    Err(wrong())
}

/// Counts a code that is about to be looked at, of whatever kind; refuses it if
/// there were too many.
pub(super) async fn count(conn: &mut ControlConn, shower: &Shower<'_>) -> ServiceResult<()> {
    let (user, now) = (shower.user, shower.now);
    let may = query::count_try(conn, user, now).await?
        || (query::open_count(conn, user).await? && query::count_try(conn, user, now).await?);
    if may { Ok(()) } else { Err(too_many()) }
}

/// Spends a code of the authenticator with this secret, or a backup code, if it is
/// one. It has been counted before.
pub(super) async fn is_right(
    conn: &mut ControlConn,
    vault: &Vault,
    shower: &Shower<'_>,
    (sealed, code): (&[u8], &str),
) -> AppResult<bool> {
    match backup::hash(code) {
        Some(hash) => spend_backup(conn, shower, &hash).await,
        None if is_code(code) => {
            let secret = open(vault, sealed)?;
            match secret.step_of(code, shower.now) {
                Some(step) => Ok(query::accept_step(conn, shower.user, step).await?),
                None => Ok(false),
            }
        }
        None => Ok(false),
    }
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
    count(conn, shower).await?;
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
        "this is not the present code of your authenticator, nor a backup code that is left, \
         nor the last one sent to you; a code is good once",
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
