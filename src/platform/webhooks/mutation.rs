//! What can be done with webhooks.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::endpoints::Made;
use super::graphql::{WebhookDelivery, WebhookEndpoint};
use super::input::{
    WebhookEndpointCreateInput, WebhookEndpointDeleteInput, WebhookEndpointSecretRotateInput,
    WebhookEndpointTestInput, WebhookEndpointUpdateInput, WebhookReplayInput,
};
use super::replay::{Replayed, Wanted};
use super::service::{Keeper, Webhooks};
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::platform::factors::guard::step_up;

/// Declares the payload of a mutation that makes a secret.
macro_rules! made_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The endpoint; null if it was refused.
            pub webhook_endpoint: Option<WebhookEndpoint>,
            /// The secret that its receiver checks by, `whsec_…`; null with Ed25519, where
            /// it checks by the public key. It is shown here and nowhere again.
            pub secret: Option<String>,
            /// What to mend before sending the mutation again; empty on success.
            pub user_errors: Vec<UserError>,
        }

        impl From<Result<Made, Vec<UserError>>> for $name {
            fn from(outcome: Result<Made, Vec<UserError>>) -> Self {
                match outcome {
                    Ok(made) => Self {
                        webhook_endpoint: Some(made.endpoint.into()),
                        secret: made.secret.map(|secret| secret.expose_secret().to_owned()),
                        user_errors: Vec::new(),
                    },
                    Err(user_errors) => Self { webhook_endpoint: None, secret: None, user_errors },
                }
            }
        }
    };
}

made_payload! {
    /// Result of webhookEndpointCreate.
    WebhookEndpointCreatePayload
}
made_payload! {
    /// Result of webhookEndpointSecretRotate.
    WebhookEndpointSecretRotatePayload
}

payload! {
    /// Result of webhookEndpointUpdate.
    WebhookEndpointUpdatePayload { /// The endpoint; null if it was refused.
        webhook_endpoint: WebhookEndpoint }
}
payload! {
    /// Result of webhookEndpointDelete.
    WebhookEndpointDeletePayload { /// The endpoint as it was; null if it was refused.
        webhook_endpoint: WebhookEndpoint }
}
payload! {
    /// Result of webhookEndpointTest.
    WebhookEndpointTestPayload { /// The test; ask webhookDeliveries what became of it.
        webhook_delivery: WebhookDelivery }
}

/// Result of webhookReplay.
#[derive(SimpleObject)]
pub struct WebhookReplayPayload {
    /// How many deliveries are sent; null if it was refused.
    pub count: Option<usize>,
    /// If that was not all: send the mutation again with this as `from`.
    pub continue_from: Option<DateTime<Utc>>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl From<Result<Replayed, Vec<UserError>>> for WebhookReplayPayload {
    fn from(outcome: Result<Replayed, Vec<UserError>>) -> Self {
        match outcome {
            Ok(replayed) => Self {
                count: Some(replayed.count),
                continue_from: replayed.continue_from,
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                count: None,
                continue_from: None,
                user_errors,
            },
        }
    }
}

/// Mutations on webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Has the dealer's events sent to an address, from now on. Wants a fresh proof that
    /// it is you, as stepUp gives it. Takes no Idempotency-Key: the secret is kept nowhere,
    /// so it could not be shown again.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint to make.")] input: WebhookEndpointCreateInput,
    ) -> AppResult<WebhookEndpointCreatePayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let keeper = keeper(ctx)?;
        let last = unit.tx().await?.last_event().await?;
        let made = match step_up(ctx).await {
            Ok(_session) => webhooks.create(keeper, &input, last).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(made)?.into())
    }

    /// Changes an endpoint, disables it, or enables it again. Another address wants a fresh
    /// proof that it is you.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: WebhookEndpointUpdateInput,
    ) -> AppResult<WebhookEndpointUpdatePayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let keeper = keeper(ctx)?;
        let last = unit.tx().await?.last_event().await?;
        let proven = match input.url {
            Some(_) => step_up(ctx).await.map(|_session| ()),
            None => Ok(()),
        };
        let updated = match proven {
            Ok(()) => webhooks.update(keeper, &input, last).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(updated)?.into())
    }

    /// Deletes an endpoint. What waits for it is not sent any more.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_endpoint_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint to delete.")] input: WebhookEndpointDeleteInput,
    ) -> AppResult<WebhookEndpointDeletePayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let deleted = webhooks.delete(keeper(ctx)?, input.id).await;
        Ok(unit.outcome(deleted)?.into())
    }

    /// Gives an endpoint another secret. For some days messages are signed by the old one
    /// as well, so that the receiver can be changed meanwhile. Five are in use at most: what
    /// would be the sixth is refused with `LIMIT_EXCEEDED` until the first of them ends, unless
    /// the present one is to end at once. Wants a fresh proof that it is you. Takes no
    /// Idempotency-Key: the secret is kept nowhere, so it could not be shown again.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_endpoint_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose secret to replace.")] input: WebhookEndpointSecretRotateInput,
    ) -> AppResult<WebhookEndpointSecretRotatePayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let keeper = keeper(ctx)?;
        let made = match step_up(ctx).await {
            Ok(_session) => webhooks.rotate(keeper, &input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(made)?.into())
    }

    /// Sends an endpoint a message named `webhook.ping`, whatever it is told of.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_endpoint_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint to try.")] input: WebhookEndpointTestInput,
    ) -> AppResult<WebhookEndpointTestPayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let tested = webhooks.test(keeper(ctx)?.dealer, input.id).await;
        Ok(unit.outcome(tested)?.into())
    }

    /// Sends one delivery again, or what happened in some time, 10,000 deliveries at most.
    /// They have the `webhook-id` they had, by which a receiver knows them. Takes no
    /// Idempotency-Key.
    #[graphql(guard = P::WebhooksManage, directive = has_permission::apply(P::WebhooksManage))]
    async fn webhook_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send again.")] input: WebhookReplayInput,
    ) -> AppResult<WebhookReplayPayload> {
        let (unit, webhooks) = (ctx.unit()?, ctx.service::<Webhooks>()?);
        let _keeper = keeper(ctx)?;
        let replayed = match Wanted::of(&input, webhooks.now()) {
            Ok(wanted) => webhooks.replay(&mut *unit.tx().await?, wanted).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(replayed)?.into())
    }
}

/// Who manages webhooks: a person, and no program.
fn keeper<'k>(ctx: &'k Context<'_>) -> AppResult<Keeper<'k>> {
    let principal = ctx.in_person()?;
    Ok(Keeper {
        user: principal.user(),
        dealer: principal.dealer(),
        peer: ctx.peer()?,
    })
}
