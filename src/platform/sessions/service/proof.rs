//! Proofs within a session: its user shows again that it is him.

use super::{Sessions, place};
use crate::auth::principal::{Method, Principal, Proof};
use crate::auth::token::IssuedToken;
use crate::db::control::ControlConn;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::platform::sessions::model::SessionRow;
use crate::platform::sessions::query;

impl Sessions {
    /// The session of a caller who has signed in himself, as the table has it now:
    /// not one of an application, an API key or an operator.
    pub async fn current(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
    ) -> ServiceResult<SessionRow> {
        if principal.impersonator().is_some() || principal.application().is_some() {
            return Err(not_himself());
        }
        let row = query::find(conn, principal.session()).await?;
        let is_own =
            |row: &SessionRow| row.user_id == principal.user() && row.is_alive(self.clock.now());
        row.filter(is_own).ok_or_else(not_himself)
    }

    /// Takes down how the user has proven who he is, and when.
    pub async fn prove(
        &self,
        conn: &mut ControlConn,
        row: &SessionRow,
        proof: Proof,
    ) -> ServiceResult<SessionRow> {
        let proven = SessionRow {
            methods: Method::join(&proof.methods),
            authenticated_at: proof.at,
            ..row.clone()
        };
        query::set_proof(conn, &proven).await?;
        Ok(proven)
    }

    /// A new access token for a session, as the tables are now.
    pub async fn reissue(
        &self,
        conn: &mut ControlConn,
        row: &SessionRow,
    ) -> ServiceResult<IssuedToken> {
        let place = place(conn, row).await?;
        Ok(self.tokens.issue(&place.grant)?)
    }
}

fn not_himself() -> Refusal {
    UserError::general(
        ErrorCode::NotAllowed,
        "only who has signed in himself may do this",
    )
    .into()
}
