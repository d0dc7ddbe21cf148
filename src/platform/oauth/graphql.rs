//! What can be read of applications and grants.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::clients::Granted;
use super::model::ClientRow;
use super::scope::{Scope, ScopeWord};
use super::service::Applications;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{
    AnyCaller, Permission as P, for_any_caller, has_permission, open_to_all,
};
use crate::platform::identity::graphql::Dealer;

/// An application of a third party.
pub struct OauthClient(pub ClientRow);

impl From<ClientRow> for OauthClient {
    fn from(row: ClientRow) -> Self {
        Self(row)
    }
}

/// An application of a third party, which users may let in.
#[Object(directive = has_permission::apply(P::AppsManage))]
impl OauthClient {
    /// Opaque id; its `client_id`.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where users can read about it.
    async fn homepage(&self) -> Option<&str> {
        self.0.homepage.as_deref()
    }

    /// Where users may be sent back to.
    async fn redirect_uris(&self) -> &[String] {
        &self.0.redirect_uris
    }

    /// The most it may ask for.
    async fn scopes(&self) -> Vec<&'static str> {
        words(&self.0.scope)
    }

    /// Whether it can keep no secret, and has none.
    async fn is_public(&self) -> bool {
        self.0.is_public()
    }

    /// Until when the secret before the present one is good; null if there was none.
    async fn former_secret_until(&self) -> Option<DateTime<Utc>> {
        self.0.former_until
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was registered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// What the caller lets an application do at a dealer.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct OauthGrant {
    /// Opaque id.
    id: ID,
    /// The application's `client_id`.
    client_id: ID,
    /// What the application is called.
    client_name: String,
    /// Where one can read about it.
    client_homepage: Option<String>,
    /// At which dealer it works.
    dealer: Dealer,
    /// What it may do, as far as the caller may himself.
    scopes: Vec<&'static str>,
    /// Since when.
    created_at: DateTime<Utc>,
    /// When the caller last signed in to it.
    last_used_at: DateTime<Utc>,
}

impl From<Granted> for OauthGrant {
    fn from(granted: Granted) -> Self {
        let Granted {
            grant,
            client,
            dealer,
        } = granted;
        Self {
            id: grant.id.into(),
            client_id: client.id.into(),
            client_name: client.name,
            client_homepage: client.homepage,
            dealer: Dealer(dealer),
            scopes: words(&grant.scope),
            created_at: grant.created_at,
            last_used_at: grant.used_at,
        }
    }
}

fn words(scope: &Scope) -> Vec<&'static str> {
    scope.words().map(ScopeWord::as_str).collect()
}

/// Queries on applications and grants.
#[derive(Default)]
pub struct OauthQuery;

#[Object]
impl OauthQuery {
    /// The dealer's applications, the latest first; at most 50.
    #[graphql(guard = P::AppsManage, directive = has_permission::apply(P::AppsManage))]
    async fn oauth_clients(&self, ctx: &Context<'_>) -> AppResult<Vec<OauthClient>> {
        let dealer = ctx.scope()?.context()?.dealer().id;
        let rows = ctx.service::<Applications>()?.clients(Some(dealer)).await?;
        Ok(rows.into_iter().map(OauthClient).collect())
    }

    /// What the caller lets applications do in his name, at whichever dealer; the last
    /// used first, at most 100.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn oauth_grants(&self, ctx: &Context<'_>) -> AppResult<Vec<OauthGrant>> {
        let principal = ctx.in_person()?;
        let grants = ctx.service::<Applications>()?.grants(principal.user());
        Ok(grants.await?.into_iter().map(OauthGrant::from).collect())
    }
}
