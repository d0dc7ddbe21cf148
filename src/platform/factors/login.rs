//! Signing in with a second factor: the password opens a challenge, a code or a
//! new authenticator the session.

use secrecy::SecretString;

use super::account::{Enrolment, Factors, take_into_use};
use super::check::{self, Shower};
use super::model::{CHALLENGE, ChallengeId, ChallengeRow, ENROLMENT};
use super::{backup, challenge, query};
use crate::auth::principal::Method;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::peer::Peer;
use crate::platform::identity::model::UserRow;
use crate::platform::sessions::model::EndCause;
use crate::platform::sessions::query::{self as sessions, Which};
use crate::platform::sessions::service::{NewSession, Opened, Sessions};
use crate::tenancy::directory::Dealer;

/// What stands between a user who has proven by `methods` who he is and a session
/// at this dealer, if anything does.
pub async fn challenge_for(
    sessions: &Sessions,
    user: &UserRow,
    dealer: &Dealer,
    methods: &[Method],
) -> AppResult<Option<ChallengeRow>> {
    if methods.iter().any(|method| method.is_second()) {
        return Ok(None);
    }
    let mut conn = sessions.control().checkout().await?;
    let is_on = query::is_on(&mut conn, user.id).await?;
    if !is_on && !dealer.second_factor_required {
        return Ok(None);
    }
    let now = sessions.clock().now();
    let row = ChallengeRow {
        id: ChallengeId::generate(),
        user_id: user.id,
        dealer_id: dealer.id,
        user_epoch: user.epoch,
        methods: Method::join(methods),
        is_enrolment: !is_on,
        tries: 0,
        expires_at: now + if is_on { CHALLENGE } else { ENROLMENT },
        used_at: None,
    };
    challenge::insert(&mut conn, &row, now).await?;
    Ok(Some(row))
}

impl Factors {
    /// Opens the session of a challenge, by a code.
    pub async fn answer(&self, id: ChallengeId, code: &str, peer: &Peer) -> ServiceResult<Opened> {
        let now = self.now();
        let mut conn = self.control().checkout().await?;
        let row = challenge::count_try(&mut conn, id, now).await?;
        let row = row.filter(|row| !row.is_enrolment).ok_or_else(over)?;
        still_holds(&mut conn, &row).await?;
        let shower = self.challenged(&row, peer);
        check::spend(&mut conn, &self.vault, &shower, code).await?;
        if !challenge::spend(&mut conn, id, now).await? {
            return Err(over());
        }
        drop(conn);
        self.open(&row, row.user_epoch, peer).await
    }

    /// As [`Factors::enrol`], for somebody who needs a second factor to sign in.
    pub async fn enrol_to_sign_in(&self, id: ChallengeId) -> ServiceResult<Enrolment> {
        let mut conn = self.control().checkout().await?;
        let row = challenge::find(&mut conn, id, self.now()).await?;
        let row = row.filter(|row| row.is_enrolment).ok_or_else(over)?;
        still_holds(&mut conn, &row).await?;
        self.begin(&mut conn, row.user_id).await
    }

    /// As [`Factors::confirm`]; the session begins.
    pub async fn confirm_to_sign_in(
        &self,
        id: ChallengeId,
        code: &str,
        peer: &Peer,
    ) -> ServiceResult<(Vec<SecretString>, Opened)> {
        let now = self.now();
        let mut conn = self.control().checkout().await?;
        let row = challenge::count_try(&mut conn, id, now).await?;
        let row = row.filter(|row| row.is_enrolment).ok_or_else(over)?;
        still_holds(&mut conn, &row).await?;
        let shower = self.challenged(&row, peer);
        let pending = check::pending(&mut conn, &self.vault, &shower, code).await?;
        let codes = backup::generate()?;
        let epoch = conn
            .transaction(async |conn| -> ServiceResult<Option<i64>> {
                if !challenge::spend(conn, id, now).await? {
                    return Err(over());
                }
                take_into_use(conn, &shower, &pending, &codes).await?;
                let cause = EndCause::SecondFactorChanged;
                sessions::end(conn, row.user_id, Which::All, cause, now).await?;
                Ok(query::epoch(conn, row.user_id).await?)
            })
            .await?;
        drop(conn);
        let epoch = epoch.ok_or_else(over)?;
        Ok((codes, self.open(&row, epoch, peer).await?))
    }

    async fn open(
        &self,
        row: &ChallengeRow,
        user_epoch: i64,
        peer: &Peer,
    ) -> ServiceResult<Opened> {
        let known = self.accounts.known(row.user_id, peer).await?;
        let new = NewSession {
            user: row.user_id,
            user_epoch,
            dealer: row.dealer_id,
            methods: &row.all_methods(),
            peer,
            is_known_device: known.is_some(),
        };
        self.sessions.open(new).await
    }

    fn challenged<'s>(&self, row: &ChallengeRow, peer: &'s Peer) -> Shower<'s> {
        Shower {
            user: row.user_id,
            dealer: row.dealer_id,
            peer,
            now: self.now(),
        }
    }
}

/// Refuses a challenge of somebody whose account has changed since: his password
/// may be another one, or his second factor.
async fn still_holds(conn: &mut ControlConn, row: &ChallengeRow) -> ServiceResult<()> {
    let epoch = query::epoch(conn, row.user_id).await?;
    if epoch == Some(row.user_epoch) {
        Ok(())
    } else {
        Err(over())
    }
}

fn over() -> Refusal {
    UserError::at(
        ErrorCode::Unauthenticated,
        &["input", "challengeId"],
        "this sign-in is over; begin again with login",
    )
    .into()
}
