//! Use cases of getting back in.

use secrecy::SecretString;

use super::bound::Bound;
use super::query;
use crate::auth::password_rules::PasswordRules;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::identity::one_time::{self, TokenPurpose};
use crate::platform::identity::query as identity;
use crate::platform::mail::{Mail, MailKind, Wait, enqueue_limited};
use crate::platform::sessions::model::EndCause;
use crate::platform::sessions::query::{self as sessions, Which};

/// Lets people back in.
#[derive(Clone)]
pub struct Recovery {
    accounts: Accounts,
    clock: Clock,
    bound: Bound,
}

impl Recovery {
    /// Recovery of these accounts.
    pub fn new(accounts: Accounts, clock: Clock) -> Self {
        Self {
            accounts,
            clock,
            bound: Bound::default(),
        }
    }

    /// The people who may sign in.
    pub const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Sends a signed-in user a link that shows that mail reaches him.
    pub async fn request_verification(
        &self,
        user: UserId,
        dealer: DealerId,
    ) -> ServiceResult<UserRow> {
        let user = self.accounts.user(user).await?;
        let mail = Mail {
            user: Some(user.id),
            dealer: Some(dealer),
            ..Mail::new(MailKind::VerifyEmail, &user.email, self.clock.now())
        };
        match self.order(mail).await? {
            Ok(()) => Ok(user),
            Err(wait) => Err(too_many(wait, None)),
        }
    }

    /// Takes the token of such a link.
    pub async fn verify(&self, token: &str) -> ServiceResult<UserRow> {
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        conn.transaction(async |conn| {
            let purpose = TokenPurpose::VerifyEmail;
            let token = one_time::use_up(conn, purpose, token, now).await?;
            let token = token.ok_or_else(one_time::spent)?;
            let user = token.user_id.ok_or_else(one_time::spent)?;
            let verified = query::verify(conn, user, &token.email, now).await?;
            verified.ok_or_else(one_time::spent)
        })
        .await
    }

    /// Sends a link that sets another password to `email`, if somebody has this
    /// address. The answer does not tell, nor does the time it takes.
    pub async fn request_reset(&self, email: &str, peer: &Peer) -> ServiceResult<()> {
        let mut checks = Checks::default();
        let email = checks.email(&["input", "email"], email);
        checks.finish()?;
        if !self.bound.admits(peer.address) {
            let message = "you have asked for too many; try again in an hour";
            return Err(UserError::general(ErrorCode::LimitExceeded, message).into());
        }
        let mail = Mail::new(MailKind::ResetPassword, email, self.clock.now());
        // That there were too many would tell that there was one.
        let _order = self.order(mail).await?;
        Ok(())
    }

    /// Takes the token of such a link: sets the password of its user and ends all his
    /// sessions.
    pub async fn reset(
        &self,
        token: &str,
        password: SecretString,
        peer: &Peer,
    ) -> ServiceResult<UserId> {
        let (now, purpose) = (self.clock.now(), TokenPurpose::ResetPassword);
        let mut conn = self.accounts.control().checkout().await?;
        let found = one_time::find(&mut conn, purpose, token, now).await?;
        let user = found.and_then(|found| found.user_id);
        let user = identity::find(&mut conn, user.ok_or_else(one_time::spent)?).await?;
        let user = user.ok_or_else(one_time::spent)?;
        let personal = [user.email.as_str(), &user.name];
        PasswordRules::check(&["input", "newPassword"], &password, &personal)?;
        // The hash takes long, needs no connection, and is not made for strangers.
        drop(conn);
        let hash = self
            .accounts
            .passwords()
            .for_known()
            .hash(&password)
            .await?;
        let mut conn = self.accounts.control().checkout().await?;
        conn.transaction(async |conn| {
            let link = one_time::use_up(conn, purpose, token, now).await?;
            let link = link.ok_or_else(one_time::spent)?;
            let user = link.user_id.ok_or_else(one_time::spent)?;
            let user = query::verify(conn, user, &link.email, now).await?;
            let user = user.ok_or_else(one_time::spent)?;
            identity::set_password(conn, user.id, &hash, now).await?;
            one_time::use_up_all(conn, user.id, purpose, now).await?;
            let cause = EndCause::PasswordChanged;
            sessions::end(conn, user.id, Which::All, cause, now).await?;
            let event = NewEvent::of(EventKind::PasswordReset, peer).by(user.id);
            record(conn, event, now).await?;
            notices::tell(
                conn,
                MailKind::PasswordChanged,
                &user,
                Occasion::of(now, peer),
            )
            .await?;
            Ok(user.id)
        })
        .await
    }

    async fn order(&self, mail: Mail) -> AppResult<Result<(), Wait>> {
        let mut conn = self.accounts.control().checkout().await?;
        let ordered = conn
            .transaction(async |conn| enqueue_limited(conn, mail).await)
            .await?;
        Ok(ordered.map(|_id| ()))
    }
}

/// The refusal of a mail that comes too soon after others.
pub fn too_many(Wait(left): Wait, path: Option<&[&str]>) -> Refusal {
    let minutes = left.as_secs().div_ceil(60).max(1);
    let message = format!("such a mail was sent just now; try again in {minutes} min");
    match path {
        Some(path) => UserError::at(ErrorCode::LimitExceeded, path, message).into(),
        None => UserError::general(ErrorCode::LimitExceeded, message).into(),
    }
}
