//! Sessions of applications: the same families of tokens, by a grant.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{Place, Sessions, place, unknown};
use crate::auth::principal::{Application, Method, Proof};
use crate::auth::text;
use crate::auth::token::{IssuedToken, LIFETIME};
use crate::db::control::ControlConn;
use crate::error::{AppResult, ServiceResult};
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::model::UserRow;
use crate::platform::oauth::model::{ClientId, GrantId};
use crate::platform::oauth::query::{clients, grants};
use crate::platform::oauth::scope::{Scope, ScopeWord};
use crate::platform::sessions::model::{
    APPLICATION_ABSOLUTE, APPLICATION_IDLE, AT_MOST_BY_GRANT, EndCause, SessionRow,
};
use crate::platform::sessions::query::{self, Which};
use crate::platform::sessions::refresh_token::{Shown, hash};
use crate::tenancy::directory::Dealer;

/// A session of an application to open.
pub struct NewApplicationSession<'n> {
    /// By which grant.
    pub grant: GrantId,
    /// Whose.
    pub user: UserId,
    /// Where.
    pub dealer: DealerId,
    /// What the application has asked for.
    pub scope: &'n Scope,
    /// How and when the user has proven who he is.
    pub proof: Proof,
    /// From where the application comes.
    pub peer: &'n Peer,
}

/// What an application gets to work with.
pub struct ApplicationTokens {
    /// Good for a quarter of an hour at one dealer, within the scope.
    pub access: IssuedToken,
    /// Good for the next access token; none unless the user lets the application go
    /// on when he is away.
    pub refresh: Option<SecretString>,
    /// Its session.
    pub session: SessionRow,
    /// What the access token is good for.
    pub scope: Scope,
}

impl Sessions {
    /// Opens the session of an application, in the caller's transaction.
    pub async fn open_for_application(
        &self,
        conn: &mut ControlConn,
        new: NewApplicationSession<'_>,
    ) -> ServiceResult<ApplicationTokens> {
        let seed = text::random::<32>()?;
        let id = SessionId::generate();
        let refresh = self.family(id, &seed).token(0)?;
        let row = self.application_row(id, &new, seed.to_vec(), &refresh);
        query::insert(conn, &row).await?;
        let place = place(conn, &row).await?;
        let sessions = query::of_grant(conn, new.grant).await?;
        for old in sessions.into_iter().skip(AT_MOST_BY_GRANT) {
            let cause = EndCause::TooMany;
            query::end(conn, new.user, Which::One(old), cause, self.clock.now()).await?;
        }
        self.tokens_of(row, &place, refresh)
    }

    fn application_row(
        &self,
        id: SessionId,
        new: &NewApplicationSession<'_>,
        seed: Vec<u8>,
        refresh: &SecretString,
    ) -> SessionRow {
        let now = self.clock.now();
        let (idle, absolute) = if new.scope.has(ScopeWord::OfflineAccess) {
            (APPLICATION_IDLE, APPLICATION_ABSOLUTE)
        } else {
            (LIFETIME, LIFETIME)
        };
        SessionRow {
            id,
            user_id: new.user,
            dealer_id: new.dealer,
            token_hash: hash(refresh).to_vec(),
            seed,
            generation: 0,
            rotated_at: now,
            methods: Method::join(&new.proof.methods),
            authenticated_at: new.proof.at,
            client_name: new.peer.user_agent.clone(),
            address: Some(new.peer.address.to_string()),
            created_at: now,
            idle_until: now + idle,
            expires_at: now + absolute,
            ended_at: None,
            end_cause: None,
            grant_id: Some(new.grant),
            scope: Some(new.scope.clone()),
        }
    }

    /// The next tokens of an application's session, by the rules of users' own. The
    /// access token is for less if `narrower` says so.
    pub async fn refresh_for_application(
        &self,
        token: &SecretString,
        client: ClientId,
        narrower: Option<&Scope>,
        peer: &Peer,
    ) -> ServiceResult<ApplicationTokens> {
        let (row, mut place) = self.renew(token, Some(client), peer).await?;
        let refresh = self.family(row.id, &row.seed).token(row.generation)?;
        if let (Some(narrower), Some(application)) = (narrower, &mut place.grant.application) {
            let scope = Scope::known(&application.scope).intersection(narrower);
            application.scope = scope.to_string();
        }
        self.tokens_of(row, &place, refresh)
    }

    fn tokens_of(
        &self,
        session: SessionRow,
        place: &Place,
        refresh: SecretString,
    ) -> ServiceResult<ApplicationTokens> {
        let application = place.grant.application.as_ref();
        let is_renewable = session.scope.as_ref();
        let is_renewable = is_renewable.is_some_and(|scope| scope.has(ScopeWord::OfflineAccess));
        Ok(ApplicationTokens {
            access: self.tokens.issue(&place.grant)?,
            refresh: is_renewable.then_some(refresh),
            scope: application.map_or_else(Scope::default, |one| Scope::known(&one.scope)),
            session,
        })
    }

    /// The session of a refresh token, if it is good now and the token is the present
    /// one. Does not use it.
    pub async fn look(&self, token: &SecretString) -> AppResult<Option<SessionRow>> {
        let Some(shown) = Shown::parse(token) else {
            return Ok(None);
        };
        let mut conn = self.control.checkout().await?;
        let Some(row) = query::find(&mut conn, shown.session).await? else {
            return Ok(None);
        };
        let is_one = self.family(row.id, &row.seed).is_one(&shown)?;
        let is_good = is_one && shown.generation == row.generation && row.is_alive(self.now());
        Ok(Some(row).filter(|_| is_good))
    }

    /// The session of a refresh token, whatever has become of either.
    pub async fn family_of(&self, token: &SecretString) -> AppResult<Option<SessionRow>> {
        let Some(shown) = Shown::parse(token) else {
            return Ok(None);
        };
        let mut conn = self.control.checkout().await?;
        let row = query::find(&mut conn, shown.session).await?;
        match row {
            Some(row) if self.family(row.id, &row.seed).is_one(&shown)? => Ok(Some(row)),
            _ => Ok(None),
        }
    }

    /// The user and a dealer of his, if this sign-in is enough to work there now.
    pub async fn visit(
        &self,
        conn: &mut ControlConn,
        row: &SessionRow,
        dealer: DealerId,
    ) -> ServiceResult<(UserRow, Dealer)> {
        let row = SessionRow {
            dealer_id: dealer,
            ..row.clone()
        };
        let place = place(conn, &row).await?;
        Ok((place.user, place.dealer))
    }

    /// A user's own session that is good now.
    pub async fn own_session(&self, id: SessionId) -> AppResult<Option<SessionRow>> {
        let mut conn = self.control.checkout().await?;
        self.own_session_in(&mut conn, id).await
    }

    /// As [`Sessions::own_session`], in the caller's transaction.
    pub async fn own_session_in(
        &self,
        conn: &mut ControlConn,
        id: SessionId,
    ) -> AppResult<Option<SessionRow>> {
        let row = query::find(conn, id).await?;
        let now = self.now();
        Ok(row.filter(|row| row.grant_id.is_none() && row.is_alive(now)))
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The application that has the session, and what it may do there: what it has asked
/// for, as far as it is granted still and the application may still ask for it.
pub(super) async fn of(
    conn: &mut ControlConn,
    row: &SessionRow,
) -> ServiceResult<Option<(ClientId, Application)>> {
    let (Some(grant), Some(scope)) = (row.grant_id, &row.scope) else {
        return Ok(None);
    };
    let grant = grants::find(conn, grant).await?.ok_or_else(unknown)?;
    let client = clients::find(conn, grant.client_id).await?;
    let client = client.ok_or_else(unknown)?;
    let scope = scope.intersection(&grant.scope).intersection(&client.scope);
    let application = Application {
        client: client.id.to_string(),
        scope: scope.to_string(),
    };
    Ok(Some((client.id, application)))
}
