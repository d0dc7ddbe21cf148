//! Setting a telephone up, and doing without it.

use super::codes::{CodeSent, Occasion, send};
use super::query;
use crate::auth::principal::{Method, Principal};
use crate::auth::token::IssuedToken;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::peer::Peer;
use crate::platform::factors::account::{self, Factors};
use crate::platform::factors::check::{self, Shower};
use crate::platform::factors::model::ENROLMENT;
use crate::platform::factors::query as factors;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::mail::MailKind;
use crate::platform::sessions::model::SessionRow;
use crate::platform::sms::phone::{PhoneNumber, PhoneNumberError, masked};

/// What happened to a telephone.
#[derive(Clone, Copy)]
enum Change {
    Added,
    Removed,
}

impl Factors {
    /// Begins to set a telephone up, by sending it a code; the one in use stays until
    /// it is confirmed. Who has an authenticator proves by that first, since he lets
    /// himself in by something weaker from now on.
    pub async fn phone_enrol(
        &self,
        principal: &Principal,
        phone: &str,
        peer: &Peer,
    ) -> ServiceResult<CodeSent> {
        let policy = self.sms()?;
        let phone: PhoneNumber = phone.parse().map_err(|error| malformed(&error))?;
        let mut conn = self.control().checkout().await?;
        let session = self.fresh_by_authenticator(&mut conn, principal).await?;
        let (shower, occasion) = (self.shower(principal, peer), Occasion::setting_up(&session));
        let (phone, until) = (phone.as_str(), shower.now + ENROLMENT);
        conn.transaction(async |conn| -> ServiceResult<CodeSent> {
            query::set_pending(conn, shower.user, phone, until).await?;
            send(conn, &shower, occasion, phone, policy).await
        })
        .await
    }

    /// Takes the telephone into use, by the code that was sent to it. All other
    /// sessions end.
    pub async fn phone_confirm(
        &self,
        principal: &Principal,
        code: &str,
        peer: &Peer,
    ) -> ServiceResult<IssuedToken> {
        let mut conn = self.control().checkout().await?;
        let session = self.sessions.current(&mut conn, principal).await?;
        let shower = self.shower(principal, peer);
        let phone = query::pending(&mut conn, shower.user, shower.now).await?;
        let phone = phone.ok_or_else(nothing_pending)?;
        check::count(&mut conn, &shower).await?;
        let sent = (Occasion::setting_up(&session), phone.as_str());
        self.spend_sent(&mut conn, &shower, sent, code).await?;
        let session = conn
            .transaction(async |conn| -> ServiceResult<SessionRow> {
                if !query::confirm(conn, shower.user, &phone, shower.now).await? {
                    return Err(nothing_pending());
                }
                tell(conn, &shower, &phone, Change::Added).await?;
                account::end_others(conn, &session, shower.now).await?;
                if factors::has_authenticator(conn, shower.user).await? {
                    return Ok(session);
                }
                let proof = account::with(&session, Method::Sms, shower.now);
                self.sessions.prove(conn, &session, proof).await
            })
            .await?;
        self.sessions.reissue(&mut conn, &session).await
    }

    /// Does without the telephone from now on. All other sessions end.
    pub async fn phone_remove(
        &self,
        principal: &Principal,
        code: Option<&str>,
        peer: &Peer,
    ) -> ServiceResult<IssuedToken> {
        let mut conn = self.control().checkout().await?;
        let (user, shower) = (principal.user(), self.shower(principal, peer));
        let has_authenticator = factors::has_authenticator(&mut conn, user).await?;
        if !has_authenticator && factors::is_needed(&mut conn, user).await? {
            return Err(account::needed());
        }
        let session = match code {
            None => self.fresh(&mut conn, principal).await?,
            Some(code) => {
                let session = self.sessions.current(&mut conn, principal).await?;
                let occasion = Occasion::step_up(&session);
                self.spend_any(&mut conn, &shower, occasion, code).await?;
                session
            }
        };
        let session = conn
            .transaction(async |conn| -> ServiceResult<SessionRow> {
                let phone = query::remove(conn, user).await?;
                let phone = phone.ok_or_else(check::is_off)?;
                tell(conn, &shower, &phone, Change::Removed).await?;
                account::end_others(conn, &session, shower.now).await?;
                if has_authenticator {
                    return Ok(session);
                }
                let proof = account::without(&session);
                self.sessions.prove(conn, &session, proof).await
            })
            .await?;
        self.sessions.reissue(&mut conn, &session).await
    }
}

/// Records what happened, and has the user told by mail.
async fn tell(
    conn: &mut ControlConn,
    shower: &Shower<'_>,
    phone: &str,
    change: Change,
) -> AppResult<()> {
    let (event, mail) = match change {
        Change::Added => (EventKind::PhoneAdded, MailKind::PhoneAdded),
        Change::Removed => (EventKind::PhoneRemoved, MailKind::PhoneRemoved),
    };
    let event = NewEvent::of(event, shower.peer).at(shower.dealer, shower.user);
    record(conn, event.saying(&masked(phone)), shower.now).await?;
    shower.tell(conn, mail).await
}

fn malformed(error: &PhoneNumberError) -> Refusal {
    let (code, path) = (ErrorCode::BadUserInput, &["input", "phone"]);
    UserError::at(code, path, error.to_string()).into()
}

fn nothing_pending() -> Refusal {
    UserError::general(
        ErrorCode::NotAllowed,
        "no telephone is being set up; begin with phoneEnrol",
    )
    .into()
}
