//! Opening a session: the end of every sign-in.

use chrono::{DateTime, Utc};

use super::{Opened, Sessions, opened, place, second_factor_missing};
use crate::auth::principal::Method;
use crate::auth::text;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::factors::query as factors;
use crate::platform::identity::events::{EventKind, NewEvent, has_signed_in, record};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::mail::MailKind;
use crate::platform::sessions::model::{ABSOLUTE, AT_MOST, EndCause, IDLE, SessionRow};
use crate::platform::sessions::query::{self, Which};
use crate::platform::sessions::refresh_token::hash;

/// A session to open.
pub struct NewSession<'n> {
    /// Who signs in.
    pub user: UserId,
    /// His epoch when he proved who he is: with another password since, or another
    /// second factor, that proof is worth nothing.
    pub user_epoch: i64,
    /// Where.
    pub dealer: DealerId,
    /// How he has proven who he is.
    pub methods: &'n [Method],
    /// From where he comes.
    pub peer: &'n Peer,
    /// Whether he has signed in on this device before, so that he need not be told.
    pub is_known_device: bool,
}

impl Sessions {
    /// Opens a session for a user who has proven who he is: by a second factor, too,
    /// if he has one. Of a device that is not known he is told by mail, unless it is
    /// his first.
    pub async fn open(&self, new: NewSession<'_>) -> ServiceResult<Opened> {
        let now = self.clock.now();
        let seed = text::random::<32>()?;
        let id = SessionId::generate();
        let refresh = self.family(id, &seed).token(0)?;
        let row = SessionRow {
            id,
            user_id: new.user,
            dealer_id: new.dealer,
            token_hash: hash(&refresh).to_vec(),
            seed: seed.to_vec(),
            generation: 0,
            rotated_at: now,
            methods: Method::join(new.methods),
            authenticated_at: now,
            client_name: new.peer.user_agent.clone(),
            address: Some(new.peer.address.to_string()),
            created_at: now,
            idle_until: now + IDLE,
            expires_at: now + ABSOLUTE,
            ended_at: None,
            end_cause: None,
            grant_id: None,
            scope: None,
        };
        let mut conn = self.control.checkout().await?;
        let place = place(&mut conn, &row).await?;
        let access = self.tokens.issue(&place.grant)?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            let epoch = factors::epoch_meanwhile(conn, new.user).await?;
            if epoch != Some(new.user_epoch) {
                return Err(changed_meanwhile());
            }
            let is_enough = row.proof().has_second_factor();
            if !is_enough && factors::is_on(conn, new.user).await? {
                return Err(second_factor_missing());
            }
            query::insert(conn, &row).await?;
            self.make_room(conn, new.user).await?;
            Ok(tell(conn, &new, &place.user, now).await?)
        })
        .await?;
        Ok(opened(access, refresh, &row, place))
    }

    async fn make_room(&self, conn: &mut ControlConn, user: UserId) -> AppResult<()> {
        let now = self.clock.now();
        let sessions = query::alive(conn, user, now).await?;
        for old in sessions.iter().skip(AT_MOST) {
            query::end(conn, user, Which::One(old.id), EndCause::TooMany, now).await?;
        }
        Ok(())
    }
}

/// Records the sign-in, and tells the user of a device that he has not had before.
async fn tell(
    conn: &mut ControlConn,
    new: &NewSession<'_>,
    user: &UserRow,
    now: DateTime<Utc>,
) -> AppResult<()> {
    if !new.is_known_device && has_signed_in(conn, user.id).await? {
        notices::tell(conn, MailKind::NewDevice, user, Occasion::of(now, new.peer)).await?;
    }
    let event = NewEvent::of(EventKind::LoggedIn, new.peer).at(new.dealer, user.id);
    Ok(record(conn, event, now).await?)
}

fn changed_meanwhile() -> Refusal {
    UserError::general(
        ErrorCode::Unauthenticated,
        "this account has just been changed; sign in again",
    )
    .into()
}
