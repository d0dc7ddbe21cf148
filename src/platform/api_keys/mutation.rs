//! What can be done with API keys.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::graphql::ApiKey;
use super::input::{ApiKeyCreateInput, ApiKeyRevokeInput, ApiKeyRotateInput};
use super::service::{ApiKeys, Keeper, Made};
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::platform::factors::guard::step_up;

/// Declares the payload of a mutation that makes a key.
macro_rules! made_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The new key; null if it was refused.
            pub api_key: Option<ApiKey>,
            /// The key itself, to be sent as `Authorization: Bearer …`. It is shown
            /// here and nowhere again.
            pub secret: Option<String>,
            /// What to mend before sending the mutation again; empty on success.
            pub user_errors: Vec<UserError>,
        }

        impl From<Result<Shown, Vec<UserError>>> for $name {
            fn from(outcome: Result<Shown, Vec<UserError>>) -> Self {
                let (made, user_errors) = match outcome {
                    Ok(made) => (Some(made), Vec::new()),
                    Err(user_errors) => (None, user_errors),
                };
                let (api_key, secret) = made.map(|made| (made.api_key, made.secret)).unzip();
                Self { api_key, secret, user_errors }
            }
        }
    };
}

made_payload! {
    /// Result of apiKeyCreate.
    ApiKeyCreatePayload
}
made_payload! {
    /// Result of apiKeyRotate.
    ApiKeyRotatePayload
}

/// A new key, all of it.
struct Shown {
    api_key: ApiKey,
    secret: String,
}

impl Shown {
    fn new(made: Made, now: DateTime<Utc>) -> Self {
        Self {
            secret: made.fresh.expose().to_owned(),
            api_key: ApiKey::new(made.row, now),
        }
    }
}

payload! {
    /// Result of apiKeyRevoke.
    ApiKeyRevokePayload { /// The key; null if it was refused.
        api_key: ApiKey }
}

/// Mutations on API keys.
#[derive(Default)]
pub struct ApiKeyMutation;

#[Object]
impl ApiKeyMutation {
    /// Makes an API key for a program. It acts for you: it can do what you can, as far
    /// as its scopes go. Wants a fresh proof that it is you, as stepUp gives it.
    #[graphql(guard = P::ApiKeysManage, directive = has_permission::apply(P::ApiKeysManage))]
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key to make.")] input: ApiKeyCreateInput,
    ) -> AppResult<ApiKeyCreatePayload> {
        let (unit, keys) = (ctx.unit()?, ctx.service::<ApiKeys>()?);
        let keeper = keeper(ctx)?;
        let made = match step_up(ctx).await {
            Ok(_session) => keys.create(keeper, &input).await,
            Err(refusal) => Err(refusal),
        };
        let shown = unit.outcome(made)?;
        Ok(shown
            .map(|made| Shown::new(made, keys.clock().now()))
            .into())
    }

    /// Makes a new API key of the same name, scopes and addresses. The old one stays
    /// good for some days, so that programs can be changed over one by one. Wants a
    /// fresh proof that it is you.
    #[graphql(guard = P::ApiKeysManage, directive = has_permission::apply(P::ApiKeysManage))]
    async fn api_key_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key to replace.")] input: ApiKeyRotateInput,
    ) -> AppResult<ApiKeyRotatePayload> {
        let (unit, keys) = (ctx.unit()?, ctx.service::<ApiKeys>()?);
        let keeper = keeper(ctx)?;
        let made = match step_up(ctx).await {
            Ok(_session) => keys.rotate(keeper, &input).await,
            Err(refusal) => Err(refusal),
        };
        let shown = unit.outcome(made)?;
        Ok(shown
            .map(|made| Shown::new(made, keys.clock().now()))
            .into())
    }

    /// Revokes an API key. It is refused everywhere within a second.
    #[graphql(guard = P::ApiKeysManage, directive = has_permission::apply(P::ApiKeysManage))]
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key to revoke.")] input: ApiKeyRevokeInput,
    ) -> AppResult<ApiKeyRevokePayload> {
        let (unit, keys) = (ctx.unit()?, ctx.service::<ApiKeys>()?);
        let revoked = keys.revoke(keeper(ctx)?, input.id).await;
        let now = keys.clock().now();
        Ok(unit
            .outcome(revoked)?
            .map(|row| ApiKey::new(row, now))
            .into())
    }
}

/// Who manages keys: a person, and no key.
fn keeper<'k>(ctx: &'k Context<'_>) -> AppResult<Keeper<'k>> {
    let principal = ctx.in_person()?;
    Ok(Keeper {
        user: principal.user(),
        dealer: principal.dealer(),
        permissions: ctx.scope()?.context()?.permissions(),
        peer: ctx.peer()?,
    })
}
