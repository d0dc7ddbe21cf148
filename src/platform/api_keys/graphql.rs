//! What can be read of API keys.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::model::ApiKeyRow;
use super::service::ApiKeys;
use crate::auth::api_key::{ApiKeyId, PREFIX};
use crate::auth::permission::Permission;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most keys of one page.
const MOST: i32 = 200;

/// By which a program calls in a user's name.
pub struct ApiKey {
    row: ApiKeyRow,
    now: DateTime<Utc>,
}

impl ApiKey {
    pub(super) const fn new(row: ApiKeyRow, now: DateTime<Utc>) -> Self {
        Self { row, now }
    }
}

/// By which a program calls in a user's name, without his password.
#[Object(directive = has_permission::apply(P::ApiKeysManage))]
impl ApiKey {
    /// Opaque id; pass the last one of a page as `before` for the next page.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// With what it begins, by which it is recognised; the rest is shown nowhere.
    async fn begins_with(&self) -> String {
        format!("{PREFIX}{}", self.row.lookup)
    }

    /// What it is for. It can do less if its maker can.
    async fn scopes(&self) -> Vec<&'static str> {
        self.row.scopes.iter().map(Permission::as_str).collect()
    }

    /// Networks from which it is good; from everywhere if there are none.
    async fn addresses(&self) -> &[String] {
        &self.row.addresses
    }

    /// Who made it. It acts for him, and is refused once he works for the dealer no
    /// more.
    async fn created_by_id(&self) -> ID {
        self.row.created_by.into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it stops being good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// When it was last used, give or take a minute; null if never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }

    /// The key that takes its place, if it was rotated.
    async fn replaced_by_id(&self) -> Option<ID> {
        self.row.replaced_by.map(ID::from)
    }

    /// Whether it is neither revoked nor expired.
    async fn is_good(&self) -> bool {
        self.row.is_good(self.now)
    }
}

/// Queries on API keys.
#[derive(Default)]
pub struct ApiKeyQuery;

#[Object]
impl ApiKeyQuery {
    /// The dealer's API keys, the latest first; those that are good no more, too.
    #[graphql(guard = P::ApiKeysManage, directive = has_permission::apply(P::ApiKeysManage))]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 200.", default = 100)] first: i32,
        #[graphql(desc = "Only those made before this one.")] before: Option<ApiKeyId>,
    ) -> AppResult<Vec<ApiKey>> {
        if !(1..=MOST).contains(&first) {
            return Err(AppError::bad_input("first", "must be from 1 to 200"));
        }
        let dealer = ctx.scope()?.context()?.dealer().id;
        let keys = ctx.service::<ApiKeys>()?;
        let rows = keys.list(dealer, before, first.into()).await?;
        let now = keys.clock().now();
        Ok(rows.into_iter().map(|row| ApiKey::new(row, now)).collect())
    }
}
