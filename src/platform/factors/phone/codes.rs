//! Codes by SMS: asking for one, and showing one where a code of an authenticator
//! would do as well.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::query;
use crate::auth::principal::{Method, Principal};
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;
use crate::platform::factors::account::Factors;
use crate::platform::factors::check::{self, Shower};
use crate::platform::factors::model::{ChallengeId, ChallengeRow, TRIES};
use crate::platform::factors::query::Ways;
use crate::platform::factors::{challenge, login, query as factors};
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::sessions::model::SessionRow;
use crate::platform::sms::model::SmsKind;
use crate::platform::sms::phone::masked;
use crate::platform::sms::{NewSms, SmsPolicy, order, spend};

/// For what a code is asked and shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::platform::factors) struct Occasion {
    /// What it is good for.
    pub kind: SmsKind,
    /// The sign-in or session.
    pub subject: Uuid,
}

impl Occasion {
    /// A sign-in that waits for a code.
    pub(in crate::platform::factors) const fn sign_in(challenge: ChallengeId) -> Self {
        Self {
            kind: SmsKind::SignIn,
            subject: challenge.uuid(),
        }
    }

    /// A proof within a session.
    pub(in crate::platform::factors) const fn step_up(session: &SessionRow) -> Self {
        Self {
            kind: SmsKind::StepUp,
            subject: session.id.uuid(),
        }
    }

    /// A telephone that is set up within a session.
    pub(in crate::platform::factors) const fn setting_up(session: &SessionRow) -> Self {
        Self {
            kind: SmsKind::ConfirmPhone,
            subject: session.id.uuid(),
        }
    }
}

/// A code is on its way.
pub struct CodeSent {
    /// To where, as much of it as may be shown.
    pub to: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

impl Factors {
    /// The second factors that a user has in use.
    pub async fn ways(&self, user: UserId) -> AppResult<Ways> {
        let mut conn = self.control().checkout().await?;
        Ok(factors::ways(&mut conn, user).await?)
    }

    /// Whether codes can be sent by SMS.
    pub const fn has_sms(&self) -> bool {
        self.sms.is_some()
    }

    pub(super) fn sms(&self) -> ServiceResult<SmsPolicy> {
        self.sms.ok_or_else(|| {
            let message = "no codes are sent by SMS here; use an authenticator";
            UserError::general(ErrorCode::NotAllowed, message).into()
        })
    }

    /// Sends a code by which a sign-in can be finished.
    pub async fn send_to_sign_in(&self, id: ChallengeId, peer: &Peer) -> ServiceResult<CodeSent> {
        self.sms()?;
        let mut conn = self.control().checkout().await?;
        let row = challenge::find(&mut conn, id, self.now()).await?;
        let waits = |row: &ChallengeRow| !row.is_enrolment && row.tries < TRIES;
        let row = row.filter(waits).ok_or_else(login::over)?;
        login::still_holds(&mut conn, &row).await?;
        let occasion = Occasion::sign_in(id);
        let shower = self.challenged(&row, peer);
        self.send_to_phone(&mut conn, &shower, occasion).await
    }

    /// Sends a code by which the caller can prove that it is him.
    pub async fn send_to_step_up(
        &self,
        principal: &Principal,
        peer: &Peer,
    ) -> ServiceResult<CodeSent> {
        let mut conn = self.control().checkout().await?;
        let session = self.sessions.current(&mut conn, principal).await?;
        let shower = self.shower(principal, peer);
        self.send_to_phone(&mut conn, &shower, Occasion::step_up(&session))
            .await
    }

    async fn send_to_phone(
        &self,
        conn: &mut ControlConn,
        shower: &Shower<'_>,
        occasion: Occasion,
    ) -> ServiceResult<CodeSent> {
        let policy = self.sms()?;
        let phone = query::find(conn, shower.user).await?;
        let phone = phone.ok_or_else(no_phone)?;
        conn.transaction(async |conn| send(conn, shower, occasion, &phone, policy).await)
            .await
    }

    /// Spends a code of the authenticator, a backup code, or the one that was sent
    /// on this occasion; says which it was. As with [`check::spend`], it counts
    /// before it looks, and does so outside of transactions.
    pub(in crate::platform::factors) async fn spend_any(
        &self,
        conn: &mut ControlConn,
        shower: &Shower<'_>,
        occasion: Occasion,
        code: &str,
    ) -> ServiceResult<Method> {
        let Some(phone) = query::find(conn, shower.user).await? else {
            check::spend(conn, &self.vault, shower, code).await?;
            return Ok(Method::Otp);
        };
        let sealed = factors::find(conn, shower.user).await?;
        let sealed = sealed.and_then(|row| row.secret_sealed);
        check::count(conn, shower).await?;
        if let Some(sealed) = &sealed
            && check::is_right(conn, &self.vault, shower, (sealed, code)).await?
        {
            return Ok(Method::Otp);
        }
        self.spend_sent(conn, shower, (occasion, &phone), code)
            .await?;
        Ok(Method::Sms)
    }

    /// Spends the code that was sent to this telephone. A right one does not take
    /// back what was counted: who has a user's telephone and his password is not to
    /// guess on at his authenticator.
    pub(super) async fn spend_sent(
        &self,
        conn: &mut ControlConn,
        shower: &Shower<'_>,
        (occasion, phone): (Occasion, &str),
        code: &str,
    ) -> ServiceResult<()> {
        let sent = new_sms(shower, occasion, phone);
        if spend(conn, &self.vault, sent, code).await? {
            return Ok(());
        }
        shower.record(conn, EventKind::SecondFactorRefused).await?;
        Err(check::wrong())
    }
}

/// Orders a code, and records it; in a transaction of the caller's.
pub(super) async fn send(
    conn: &mut ControlConn,
    shower: &Shower<'_>,
    occasion: Occasion,
    phone: &str,
    policy: SmsPolicy,
) -> ServiceResult<CodeSent> {
    let expires_at = order(conn, new_sms(shower, occasion, phone), policy).await?;
    let to = masked(phone);
    let event = NewEvent::of(EventKind::SmsCodeSent, shower.peer).at(shower.dealer, shower.user);
    record(conn, event.saying(&to), shower.now).await?;
    Ok(CodeSent { to, expires_at })
}

fn new_sms<'n>(shower: &Shower<'_>, occasion: Occasion, phone: &'n str) -> NewSms<'n> {
    NewSms {
        kind: occasion.kind,
        subject: occasion.subject,
        phone,
        user: shower.user,
        dealer: shower.dealer,
        at: shower.now,
    }
}

fn no_phone() -> Refusal {
    UserError::general(ErrorCode::NotAllowed, "no telephone is set up").into()
}
