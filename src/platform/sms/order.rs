//! Asking for a code, and showing it.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::limit::{DAY, HOUR, wait};
use super::model::{LIFETIME, MessageId, SmsKind, SmsRow};
use super::{code, query};
use crate::auth::vault::Vault;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::{DealerId, UserId};

/// How many messages this installation pays for.
#[derive(Clone, Copy, Debug)]
pub struct SmsPolicy {
    /// Within 24 hours, from all nodes.
    pub per_day: u32,
}

/// A code to be sent.
#[derive(Clone, Copy, Debug)]
pub struct NewSms<'n> {
    /// What it will be good for.
    pub kind: SmsKind,
    /// The sign-in or session for which it is.
    pub subject: Uuid,
    /// To whom it goes.
    pub phone: &'n str,
    /// Whose code it is.
    pub user: UserId,
    /// In whose name the message is written.
    pub dealer: DealerId,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Orders a message, if there have not been too many; gives when its code stops being
/// good. Needs a transaction: it holds locks on the telephone and the user to its
/// end, since two requests at the same moment would both find none before them.
pub async fn order(
    conn: &mut ControlConn,
    new: NewSms<'_>,
    policy: SmsPolicy,
) -> ServiceResult<DateTime<Utc>> {
    query::lock(conn, new.phone, new.user).await?;
    let of_phone = query::to_phone(conn, &new, new.at - HOUR).await?;
    let of_user = query::of_user(conn, new.user, new.at - DAY).await?;
    if let Some(left) = wait(&of_phone, &of_user, new.at) {
        return Err(too_many(left));
    }
    if is_used_up(conn, &new, policy).await? {
        tracing::error!(
            per_day = policy.per_day,
            "no code is sent: --sms-per-day is used up"
        );
        return Err(used_up());
    }
    let row = SmsRow {
        id: MessageId::generate(),
        kind: new.kind,
        phone: new.phone.to_owned(),
        user_id: new.user,
        dealer_id: Some(new.dealer),
        subject: new.subject,
        created_at: new.at,
        due_at: new.at,
        expires_at: new.at + LIFETIME,
        attempts: 0,
        used_at: None,
    };
    query::insert(conn, &row).await?;
    Ok(row.expires_at)
}

/// Whether the day's messages are used up. Numbers that somebody wants to add, which
/// may be anybody's, get at most half of them: the rest is for those who sign in.
async fn is_used_up(
    conn: &mut ControlConn,
    new: &NewSms<'_>,
    policy: SmsPolicy,
) -> AppResult<bool> {
    let (since, per_day) = (new.at - DAY, i64::from(policy.per_day));
    if query::count(conn, since, None).await? >= per_day {
        return Ok(true);
    }
    if new.kind != SmsKind::ConfirmPhone {
        return Ok(false);
    }
    Ok(query::count(conn, since, Some(new.kind)).await? >= (per_day + 1) / 2)
}

/// Spends the code that was sent last on this occasion, if `shown` is that one. Not
/// for use inside a transaction: what is spent must stay spent.
pub async fn spend(
    conn: &mut ControlConn,
    vault: &Vault,
    sent: NewSms<'_>,
    shown: &str,
) -> AppResult<bool> {
    let Some(last) = query::last(conn, sent).await? else {
        return Ok(false);
    };
    let is_good = last.used_at.is_none() && sent.at < last.expires_at;
    if !code::is_of(vault, last.id, shown)? || !is_good {
        return Ok(false);
    }
    Ok(query::spend(conn, last.id, sent.at).await?)
}

fn too_many(left: TimeDelta) -> Refusal {
    let seconds = left.num_seconds().max(1);
    UserError::general(
        ErrorCode::LimitExceeded,
        format!("too many codes were sent; another may be in {seconds} s"),
    )
    .into()
}

fn used_up() -> Refusal {
    UserError::general(
        ErrorCode::LimitExceeded,
        "no more codes can be sent by SMS at present; use another way, or try again tomorrow",
    )
    .into()
}
