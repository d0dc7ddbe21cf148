//! What people do with their own second factors.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::check::{self, Shower};
use super::model::{ENROLMENT, FRESH};
use super::phone::codes::Occasion;
use super::{backup, phone, query};
use crate::auth::principal::{Method, Principal, Proof};
use crate::auth::token::IssuedToken;
use crate::auth::totp::TotpSecret;
use crate::auth::vault::{Purpose, Vault};
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::events::EventKind;
use crate::platform::identity::query as identity;
use crate::platform::mail::MailKind;
use crate::platform::sessions::model::{EndCause, SessionRow};
use crate::platform::sessions::query::{self as sessions, Which};
use crate::platform::sessions::service::Sessions;
use crate::platform::sms::SmsPolicy;
use crate::platform::sms::phone::masked;

/// Second factors of users.
#[derive(Clone)]
pub struct Factors {
    pub(super) accounts: Accounts,
    pub(super) sessions: Sessions,
    pub(super) vault: Vault,
    pub(super) sms: Option<SmsPolicy>,
}

/// What somebody has.
pub struct Overview {
    /// Since when it is on.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// How many backup codes are left.
    pub codes_left: i64,
    /// His telephone, as much of it as may be shown.
    pub phone: Option<String>,
}

/// A secret to be put into an authenticator.
pub struct Enrolment {
    /// To be typed.
    pub secret: SecretString,
    /// To be shown as a QR code.
    pub address: SecretString,
}

/// What a user shows to prove within a session that it is him.
pub enum Again {
    /// His password; enough where he has no second factor.
    Password(SecretString),
    /// A code.
    Code(String),
}

impl Factors {
    /// Second factors of these users, kept under the vault's secret.
    pub const fn new(accounts: Accounts, sessions: Sessions, vault: Vault) -> Self {
        Self {
            accounts,
            sessions,
            vault,
            sms: None,
        }
    }

    /// The same, with codes sent by SMS as this says.
    #[must_use]
    pub const fn with_sms(mut self, sms: Option<SmsPolicy>) -> Self {
        self.sms = sms;
        self
    }

    /// The sessions of these users.
    pub const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(super) const fn control(&self) -> &ControlPool {
        self.sessions.control()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.sessions.clock().now()
    }

    /// What the user has.
    pub async fn overview(&self, user: UserId) -> AppResult<Overview> {
        let mut conn = self.control().checkout().await?;
        let row = query::find(&mut conn, user).await?;
        Ok(Overview {
            confirmed_at: row.and_then(|row| row.confirmed_at),
            codes_left: query::codes_left(&mut conn, user).await?,
            phone: phone::query::find(&mut conn, user)
                .await?
                .map(|phone| masked(&phone)),
        })
    }

    /// The caller's session, if he has proven lately that it is him: with his
    /// second factor, if he has one.
    pub async fn fresh(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
    ) -> ServiceResult<SessionRow> {
        let session = self.sessions.current(conn, principal).await?;
        let (proof, now) = (session.proof(), self.now());
        let is_fresh = proof.is_within(FRESH, now)
            && (proof.has_second_factor() || !query::is_on(conn, principal.user()).await?);
        if is_fresh { Ok(session) } else { Err(stale()) }
    }

    /// As [`Factors::fresh`], for what asks for the password itself: that is proof
    /// enough of somebody who has no second factor.
    pub async fn fresh_beside_password(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
    ) -> ServiceResult<SessionRow> {
        if query::is_on(conn, principal.user()).await? {
            return self.fresh(conn, principal).await;
        }
        self.sessions.current(conn, principal).await
    }

    /// As [`Factors::fresh`], for what concerns the authenticator itself: who has one
    /// has proven by it, since a code by SMS must be no way to be rid of it.
    pub(super) async fn fresh_by_authenticator(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
    ) -> ServiceResult<SessionRow> {
        let session = self.fresh(conn, principal).await?;
        let is_by_it = session.proof().methods.contains(&Method::Otp);
        if is_by_it || !query::has_authenticator(conn, principal.user()).await? {
            Ok(session)
        } else {
            Err(stale())
        }
    }

    /// As [`Factors::fresh_by_authenticator`]; a code of the authenticator shown along
    /// with the request will do as well.
    pub(super) async fn fresh_or(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
        code: Option<&str>,
        peer: &Peer,
    ) -> ServiceResult<SessionRow> {
        let Some(code) = code else {
            return self.fresh_by_authenticator(conn, principal).await;
        };
        let session = self.sessions.current(conn, principal).await?;
        let shower = self.shower(principal, peer);
        check::spend(conn, &self.vault, &shower, code).await?;
        Ok(session)
    }

    /// Proves within a session that it is still its user; gives a token that says so.
    pub async fn step_up(
        &self,
        principal: &Principal,
        again: Again,
        peer: &Peer,
    ) -> ServiceResult<IssuedToken> {
        let mut conn = self.control().checkout().await?;
        let session = self.sessions.current(&mut conn, principal).await?;
        let method = match again {
            Again::Code(code) => {
                let shower = self.shower(principal, peer);
                let occasion = Occasion::step_up(&session);
                self.spend_any(&mut conn, &shower, occasion, &code).await?
            }
            Again::Password(password) => {
                if query::is_on(&mut conn, principal.user()).await? {
                    return Err(code_needed());
                }
                // The hash takes long and needs no connection.
                drop(conn);
                let (user, path) = (principal.user(), &["input", "password"]);
                self.accounts.confirm(user, password, path).await?;
                conn = self.control().checkout().await?;
                Method::Pwd
            }
        };
        let proof = with(&session, method, self.now());
        let session = self.sessions.prove(&mut conn, &session, proof).await?;
        self.sessions.reissue(&mut conn, &session).await
    }

    /// Begins to set up an authenticator; the one in use stays until it is confirmed.
    pub async fn enrol(&self, principal: &Principal) -> ServiceResult<Enrolment> {
        let mut conn = self.control().checkout().await?;
        self.fresh_by_authenticator(&mut conn, principal).await?;
        self.begin(&mut conn, principal.user()).await
    }

    pub(super) async fn begin(
        &self,
        conn: &mut ControlConn,
        user: UserId,
    ) -> ServiceResult<Enrolment> {
        let account = identity::find(conn, user).await?.ok_or_else(gone)?;
        let secret = TotpSecret::generate()?;
        let sealed = self.vault.seal(Purpose::SecondFactor, secret.bytes())?;
        query::set_pending(conn, user, &sealed, self.now() + ENROLMENT).await?;
        Ok(Enrolment {
            secret: secret.base32(),
            address: secret.address(&account.email),
        })
    }

    /// Takes the authenticator into use, by its first code. All other sessions end.
    pub async fn confirm(
        &self,
        principal: &Principal,
        code: &str,
        peer: &Peer,
    ) -> ServiceResult<(Vec<SecretString>, IssuedToken)> {
        let mut conn = self.control().checkout().await?;
        let session = self.sessions.current(&mut conn, principal).await?;
        let shower = self.shower(principal, peer);
        let pending = check::pending(&mut conn, &self.vault, &shower, code).await?;
        let codes = backup::generate()?;
        let session = conn
            .transaction(async |conn| -> ServiceResult<SessionRow> {
                take_into_use(conn, &shower, &pending, &codes).await?;
                end_others(conn, &session, shower.now).await?;
                let proof = with(&session, Method::Otp, shower.now);
                self.sessions.prove(conn, &session, proof).await
            })
            .await?;
        Ok((codes, self.sessions.reissue(&mut conn, &session).await?))
    }

    /// Does without an authenticator from now on. All other sessions end.
    pub async fn disable(
        &self,
        principal: &Principal,
        code: Option<&str>,
        peer: &Peer,
    ) -> ServiceResult<IssuedToken> {
        let mut conn = self.control().checkout().await?;
        let user = principal.user();
        if query::is_needed(&mut conn, user).await? {
            return Err(needed());
        }
        let session = self.fresh_or(&mut conn, principal, code, peer).await?;
        let shower = self.shower(principal, peer);
        let session = conn
            .transaction(async |conn| -> ServiceResult<SessionRow> {
                if !query::remove(conn, user).await? {
                    return Err(check::is_off());
                }
                shower.record(conn, EventKind::SecondFactorRemoved).await?;
                shower.tell(conn, MailKind::AuthenticatorRemoved).await?;
                end_others(conn, &session, shower.now).await?;
                self.sessions.prove(conn, &session, without(&session)).await
            })
            .await?;
        self.sessions.reissue(&mut conn, &session).await
    }

    /// New backup codes in the place of those before.
    pub async fn renew_codes(
        &self,
        principal: &Principal,
        code: Option<&str>,
        peer: &Peer,
    ) -> ServiceResult<Vec<SecretString>> {
        let mut conn = self.control().checkout().await?;
        self.fresh_or(&mut conn, principal, code, peer).await?;
        if !query::has_authenticator(&mut conn, principal.user()).await? {
            return Err(check::is_off());
        }
        let codes = backup::generate()?;
        let shower = self.shower(principal, peer);
        conn.transaction(async |conn| -> AppResult<()> {
            query::replace_codes(conn, shower.user, &backup::hashes(&codes)).await?;
            shower.record(conn, EventKind::BackupCodesRenewed).await?;
            shower.tell(conn, MailKind::BackupCodesRenewed).await
        })
        .await?;
        Ok(codes)
    }

    pub(super) fn shower<'s>(&self, principal: &Principal, peer: &'s Peer) -> Shower<'s> {
        Shower {
            user: principal.user(),
            dealer: principal.dealer(),
            peer,
            now: self.now(),
        }
    }
}

/// The confirmed secret and its backup codes become those of the user.
pub(super) async fn take_into_use(
    conn: &mut ControlConn,
    shower: &Shower<'_>,
    pending: &(i64, Vec<u8>),
    codes: &[SecretString],
) -> ServiceResult<()> {
    let (step, sealed) = pending;
    if !query::confirm(conn, shower.user, sealed, *step, shower.now).await? {
        return Err(check::wrong());
    }
    query::replace_codes(conn, shower.user, &backup::hashes(codes)).await?;
    shower.record(conn, EventKind::SecondFactorAdded).await?;
    Ok(shower.tell(conn, MailKind::AuthenticatorAdded).await?)
}

/// Ends the user's other sessions, since what he signs in with has changed.
pub(super) async fn end_others(
    conn: &mut ControlConn,
    session: &SessionRow,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let (others, cause) = (Which::Others(session.id), EndCause::SecondFactorChanged);
    sessions::end(conn, session.user_id, others, cause, now).await?;
    Ok(())
}

/// The session's proof, and this one just given. A code by SMS does not make fresh
/// what the authenticator has proven before.
pub(super) fn with(session: &SessionRow, method: Method, now: DateTime<Utc>) -> Proof {
    let mut methods = session.proof().methods;
    if method == Method::Sms {
        methods.retain(|method| *method != Method::Otp);
    }
    if !methods.contains(&method) {
        methods.push(method);
    }
    Proof { methods, at: now }
}

/// The session's proof without the second factor: what is gone proves nothing.
pub(super) fn without(session: &SessionRow) -> Proof {
    let mut proof = session.proof();
    proof.methods.retain(|method| !method.is_second());
    proof
}

fn gone() -> AppError {
    AppError::unauthenticated("this user does not exist any more")
}

fn stale() -> Refusal {
    UserError::general(
        ErrorCode::StepUpRequired,
        "prove by stepUp that it is you, then send this again within ten minutes",
    )
    .into()
}

fn code_needed() -> Refusal {
    UserError::at(
        ErrorCode::SecondFactorRequired,
        &["input", "code"],
        "a code of your authenticator is needed, or a backup code, or one sent to your telephone",
    )
    .into()
}

pub(super) fn needed() -> Refusal {
    UserError::general(
        ErrorCode::NotAllowed,
        "a dealer you work for asks for a second factor; to change it, set up the new one",
    )
    .into()
}
