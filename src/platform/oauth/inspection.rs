//! What applications may ask about tokens: who the user is, whether one is good; and
//! that they give one back.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Serialize;

use super::fault::{OAuthResult, Word};
use super::model::{ClientId, ClientRow, GrantRow};
use super::query::grants;
use super::scope::{Scope, ScopeWord};
use super::service::Applications;
use crate::auth::principal::Principal;
use crate::auth::token::AUDIENCE;
use crate::error::AppResult;
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::sessions::model::{EndCause, SessionRow};
use crate::platform::sessions::query::{self as sessions, Which};
use crate::tenancy::directory::dealer_find;

/// Who a user is, as far as an application may know.
#[derive(Serialize)]
pub struct UserInfo {
    sub: UserId,
    dealer_id: DealerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dealer_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
}

/// What is told of a token, by RFC 7662.
#[derive(Serialize, Default)]
pub struct Inspected {
    active: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    of: Option<Particulars>,
}

#[derive(Serialize)]
struct Particulars {
    client_id: ClientId,
    scope: String,
    sub: UserId,
    dealer_id: DealerId,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'static str>,
    token_type: &'static str,
    #[serde(with = "chrono::serde::ts_seconds")]
    exp: DateTime<Utc>,
}

impl Applications {
    /// Who has signed in, for the bearer of an access token.
    pub async fn user_info(&self, principal: &Principal) -> OAuthResult<UserInfo> {
        let application = principal.application();
        let scope = application.map(|one| Scope::known(&one.scope));
        let scope = scope.filter(|scope| scope.has(ScopeWord::OpenId));
        let scope = scope.ok_or_else(|| {
            Word::AccessDenied.because("the token has not been asked for with the scope openid")
        })?;
        let user = self.identity.accounts().user(principal.user()).await?;
        let mut conn = self.control.checkout().await?;
        let dealer = dealer_find(&mut conn, principal.dealer()).await?;
        let (profile, email) = (scope.has(ScopeWord::Profile), scope.has(ScopeWord::Email));
        Ok(UserInfo {
            sub: user.id,
            dealer_id: principal.dealer(),
            name: profile.then_some(user.name),
            dealer_name: dealer.filter(|_| profile).map(|dealer| dealer.name),
            email: email.then_some(user.email),
            email_verified: email.then_some(user.email_verified_at.is_some()),
        })
    }

    /// What is told of a refresh token, to the application that has it.
    pub async fn inspect_refresh(
        &self,
        client: &ClientRow,
        token: &SecretString,
    ) -> AppResult<Inspected> {
        let Some(session) = self.sessions.look(token).await? else {
            return Ok(Inspected::default());
        };
        if self.grant_of(&session, client).await?.is_none() {
            return Ok(Inspected::default());
        }
        let scope = session.scope.as_ref().map(Scope::to_string);
        Ok(Inspected {
            active: true,
            of: Some(Particulars {
                client_id: client.id,
                scope: scope.unwrap_or_default(),
                sub: session.user_id,
                dealer_id: session.dealer_id,
                iss: self.issuer().to_owned(),
                aud: None,
                token_type: "refresh_token",
                exp: session.ends_at(),
            }),
        })
    }

    /// What is told of an access token that is good, to the application that has it.
    /// Who asks is told what is so now, and not what this node has heard of.
    pub async fn inspect_access(
        &self,
        client: &ClientRow,
        principal: &Principal,
    ) -> AppResult<Inspected> {
        let own = client.id.to_string();
        let application = principal.application().filter(|one| one.client == own);
        let Some(application) = application else {
            return Ok(Inspected::default());
        };
        let mut conn = self.control.checkout().await?;
        let session = sessions::find(&mut conn, principal.session()).await?;
        if !session.is_some_and(|session| session.is_alive(self.now())) {
            return Ok(Inspected::default());
        }
        Ok(Inspected {
            active: true,
            of: Some(Particulars {
                client_id: client.id,
                scope: application.scope.clone(),
                sub: principal.user(),
                dealer_id: principal.dealer(),
                iss: self.issuer().to_owned(),
                aud: Some(AUDIENCE),
                token_type: "Bearer",
                exp: principal.expires_at(),
            }),
        })
    }

    /// Takes a refresh token back, and with it the access tokens it has given.
    pub async fn give_back(
        &self,
        client: &ClientRow,
        token: &SecretString,
        peer: &Peer,
    ) -> OAuthResult<()> {
        match self.sessions.family_of(token).await? {
            Some(session) => self.end_session(client, session, peer).await,
            // What is not known here is as good as revoked (RFC 7009, 2.2).
            None => Ok(()),
        }
    }

    /// As [`Applications::give_back`], by an access token that is good.
    pub async fn give_access_back(
        &self,
        client: &ClientRow,
        session: SessionId,
        peer: &Peer,
    ) -> OAuthResult<()> {
        let mut conn = self.control.checkout().await?;
        let session = sessions::find(&mut conn, session).await?;
        drop(conn);
        match session {
            Some(session) => self.end_session(client, session, peer).await,
            None => Ok(()),
        }
    }

    async fn end_session(
        &self,
        client: &ClientRow,
        session: SessionRow,
        peer: &Peer,
    ) -> OAuthResult<()> {
        if self.grant_of(&session, client).await?.is_none() {
            let message = "the token was not given to this application";
            return Err(Word::UnauthorizedClient.because(message));
        }
        let now = self.now();
        let mut conn = self.control.checkout().await?;
        let ended = conn
            .transaction(async |conn| -> AppResult<()> {
                let (which, cause) = (Which::One(session.id), EndCause::Revoked);
                if sessions::end(conn, session.user_id, which, cause, now).await? == 0 {
                    return Ok(());
                }
                let event = NewEvent::of(EventKind::OauthGrantRevoked, peer);
                let event = event.at(session.dealer_id, session.user_id);
                let told = format!("{} {} has given its tokens back", client.id, client.name);
                Ok(record(conn, event.saying(&told), now).await?)
            })
            .await;
        Ok(ended?)
    }

    /// The grant of a session, if it is one to this application.
    async fn grant_of(
        &self,
        session: &SessionRow,
        client: &ClientRow,
    ) -> AppResult<Option<GrantRow>> {
        let Some(grant) = session.grant_id else {
            return Ok(None);
        };
        let mut conn = self.control.checkout().await?;
        let grant = grants::find(&mut conn, grant).await?;
        Ok(grant.filter(|grant| grant.client_id == client.id))
    }
}
