//! The people who may sign in, and the check of their passwords.

use secrecy::SecretString;

use super::model::UserRow;
use super::query;
use crate::auth::password::Passwords;
use crate::db::control::ControlPool;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::ids::UserId;

/// Users of the control plane.
#[derive(Clone)]
pub struct Accounts {
    control: ControlPool,
    passwords: Passwords,
}

impl Accounts {
    /// The users in the control plane, their passwords hashed as `passwords` says.
    pub const fn new(control: ControlPool, passwords: Passwords) -> Self {
        Self { control, passwords }
    }

    pub(in crate::platform) const fn control(&self) -> &ControlPool {
        &self.control
    }

    pub(in crate::platform) const fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The user behind an address and a password. The answer and its time are
    /// the same for an unknown address and a wrong password.
    pub async fn authenticate(
        &self,
        email: &str,
        password: SecretString,
    ) -> ServiceResult<UserRow> {
        let email = email.trim().to_lowercase();
        let mut conn = self.control.checkout().await?;
        let user = query::find_by_email(&mut conn, &email).await?;
        // The hash takes long and needs no connection.
        drop(conn);
        let stored = user.as_ref().map(|user| user.password_hash.clone());
        let matches = self.passwords.verify(password, stored).await?;
        match user {
            Some(user) if matches => Ok(user),
            _ => Err(UserError::general(
                ErrorCode::InvalidCredentials,
                "the e-mail address and the password do not belong together",
            )
            .into()),
        }
    }

    /// The user with this address, whoever asks.
    pub async fn find_by_email(&self, email: &str) -> AppResult<Option<UserRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::find_by_email(&mut conn, email).await?)
    }

    /// The user with this id.
    pub async fn user(&self, id: UserId) -> AppResult<UserRow> {
        let mut conn = self.control.checkout().await?;
        query::find(&mut conn, id)
            .await?
            .ok_or_else(|| AppError::unauthenticated("this user does not exist any more"))
    }
}
