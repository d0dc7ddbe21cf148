//! Dealers that ask everybody for a second factor.

use super::account::Factors;
use super::query;
use crate::auth::principal::Principal;
use crate::auth::token::IssuedToken;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};

impl Factors {
    /// Says whether the caller's dealer asks for a second factor. Whoever has not
    /// shown one there works on only when he has; the caller goes on with the token
    /// that this gives.
    pub async fn set_required(
        &self,
        principal: &Principal,
        required: bool,
        peer: &Peer,
    ) -> ServiceResult<IssuedToken> {
        let mut conn = self.control().checkout().await?;
        let session = self.fresh(&mut conn, principal).await?;
        if required && !query::is_on(&mut conn, principal.user()).await? {
            return Err(own_first());
        }
        let (dealer, now) = (principal.dealer(), self.now());
        let event = NewEvent::of(EventKind::SecondFactorPolicySet, peer)
            .at(dealer, principal.user())
            .saying(if required { "required" } else { "not required" });
        conn.transaction(async |conn| -> AppResult<()> {
            query::set_required(conn, dealer, required).await?;
            Ok(record(conn, event, now).await?)
        })
        .await?;
        self.sessions.reissue(&mut conn, &session).await
    }
}

fn own_first() -> Refusal {
    UserError::general(
        ErrorCode::NotAllowed,
        "set up your own second factor first, or you would shut yourself out",
    )
    .into()
}
