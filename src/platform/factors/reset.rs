//! An operator lets somebody back in who has lost his authenticator and his codes,
//! or his telephone.

use chrono::{DateTime, Utc};

use super::{phone, query};
use crate::db::control::ControlConn;
use crate::error::AppResult;
use crate::kernel::ids::UserId;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::mail::MailKind;
use crate::platform::sessions::model::EndCause;
use crate::platform::sessions::query::{self as sessions, Which};

/// Takes a user's second factors away and ends his sessions; says whether he had
/// one. `actor` is who gave the order.
pub async fn reset(
    conn: &mut ControlConn,
    user: UserId,
    actor: &str,
    now: DateTime<Utc>,
) -> AppResult<bool> {
    conn.transaction(async |conn| -> AppResult<bool> {
        let had_authenticator = query::remove(conn, user).await?;
        let phone = phone::query::remove(conn, user).await?;
        if !had_authenticator && phone.is_none() {
            return Ok(false);
        }
        sessions::end(conn, user, Which::All, EndCause::Operator, now).await?;
        let event = NewEvent::of_system(EventKind::SecondFactorReset).by(user);
        record(conn, event.saying(actor), now).await?;
        let occasion = Occasion {
            when: now,
            peer: None,
        };
        notices::tell_by_id(conn, MailKind::SecondFactorReset, user, occasion).await?;
        Ok(true)
    })
    .await
}
