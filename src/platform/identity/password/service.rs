//! Use cases of passwords: choosing another one.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::auth::password_rules::{PasswordRules, prepared};
use crate::auth::principal::Principal;
use crate::db::control::ControlConn;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::kernel::peer::Peer;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::identity::query;
use crate::platform::mail::MailKind;
use crate::platform::sessions::model::EndCause;
use crate::platform::sessions::query::{Which, end};

/// Another password, and by what the user shows that he may choose it.
#[derive(Debug)]
pub struct PasswordChange<'c> {
    /// Who is signed in. His other sessions end.
    pub principal: &'c Principal,
    /// Name of the dealer he works for, which is no password.
    pub dealer: &'c str,
    /// His present password.
    pub current: SecretString,
    /// The one that takes its place.
    pub new: SecretString,
}

impl Accounts {
    /// Puts another password in the place of a signed-in user's. All his access
    /// tokens and all his sessions but this one end with it, and no device is known
    /// any more.
    pub async fn change_password(
        &self,
        change: PasswordChange<'_>,
        peer: &Peer,
    ) -> ServiceResult<UserRow> {
        let user = self.user(change.principal.user()).await?;
        check(&user, &change)?;
        let path = &["input", "currentPassword"];
        let user = self.confirm(user.id, change.current, path).await?;
        let hash = self.passwords().for_known().hash(&change.new).await?;
        let (now, principal) = (self.clock().now(), change.principal);
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| {
            replace(conn, &user, &hash, now).await?;
            let (others, cause) = (
                Which::Others(principal.session()),
                EndCause::PasswordChanged,
            );
            end(conn, user.id, others, cause, now).await?;
            let event = NewEvent::of(EventKind::PasswordChanged, peer);
            record(conn, event.at(principal.dealer(), user.id), now).await?;
            notices::tell(
                conn,
                MailKind::PasswordChanged,
                &user,
                Occasion::of(now, peer),
            )
            .await?;
            ServiceResult::Ok(())
        })
        .await?;
        Ok(user)
    }
}

fn check(user: &UserRow, change: &PasswordChange<'_>) -> ServiceResult<()> {
    let path = &["input", "newPassword"];
    PasswordRules::check(path, &change.new, &[&user.email, &user.name, change.dealer])?;
    if prepared(&change.new).expose_secret() == prepared(&change.current).expose_secret() {
        let message = "must be another one than the present password";
        return Err(UserError::at(ErrorCode::BadUserInput, path, message).into());
    }
    Ok(())
}

async fn replace(
    conn: &mut ControlConn,
    user: &UserRow,
    hash: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    if query::change_password(conn, user, hash, now).await? {
        return Ok(());
    }
    let message = "the password has just been changed by somebody else; sign in again";
    Err(UserError::general(ErrorCode::Conflict, message).into())
}
