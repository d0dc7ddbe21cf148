//! Looking at sessions, and ending them.

use secrecy::SecretString;

use super::Sessions;
use crate::error::AppResult;
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::sessions::model::{EndCause, SessionRow};
use crate::platform::sessions::query::{self, Which};
use crate::platform::sessions::refresh_token::Shown;

impl Sessions {
    /// The sessions of a user that are good now, the last used first.
    pub async fn list(&self, user: UserId) -> AppResult<Vec<SessionRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::alive(&mut conn, user, self.clock.now()).await?)
    }

    /// Ends sessions of a user; says how many.
    pub async fn end(
        &self,
        user: UserId,
        which: Which,
        cause: EndCause,
        peer: &Peer,
    ) -> AppResult<usize> {
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> AppResult<usize> {
            let ended = query::end(conn, user, which, cause, now).await?;
            if ended > 0 {
                let event = NewEvent::of(EventKind::SessionEnded, peer).by(user);
                record(conn, event.saying(cause.as_str()), now).await?;
            }
            Ok(ended)
        })
        .await
    }

    /// Ends the session of a refresh token, if it is one.
    pub async fn end_by_token(&self, token: &SecretString, peer: &Peer) -> AppResult<()> {
        let Some(shown) = Shown::parse(token) else {
            return Ok(());
        };
        let mut conn = self.control.checkout().await?;
        let Some(row) = query::find(&mut conn, shown.session).await? else {
            return Ok(());
        };
        drop(conn);
        if self.family(row.id, &row.seed).is_one(&shown)? {
            let which = Which::One(row.id);
            self.end(row.user_id, which, EndCause::LoggedOut, peer)
                .await?;
        }
        Ok(())
    }
}
