//! Applications of third parties that are open to the people of all dealers.

use async_graphql::{Context, Object};

use super::scope::OperatorScope;
use crate::error::AppResult;
use crate::graphql::context::{ContextExt, Source};
use crate::platform::oauth::clients::Registrar;
use crate::platform::oauth::graphql::OauthClient;
use crate::platform::oauth::input::{
    OauthClientRegisterInput, OauthClientRemoveInput, OauthClientSecretRotateInput,
    OauthClientUpdateInput,
};
use crate::platform::oauth::mutation::{
    OauthClientRegisterPayload, OauthClientRemovePayload, OauthClientSecretRotatePayload,
    OauthClientUpdatePayload,
};
use crate::platform::oauth::service::Applications;
use crate::platform::outcome;

/// Queries on the platform's applications.
#[derive(Default)]
pub struct ApplicationQuery;

#[Object]
impl ApplicationQuery {
    /// Applications that the people of all dealers may let in, the latest first; at
    /// most 50. Those of single dealers are the dealers' own affair.
    async fn oauth_clients(&self, ctx: &Context<'_>) -> AppResult<Vec<OauthClient>> {
        let rows = ctx.service::<Applications>()?.clients(None).await?;
        Ok(rows.into_iter().map(OauthClient::from).collect())
    }
}

/// Mutations on the platform's applications.
#[derive(Default)]
pub struct ApplicationMutation;

#[Object]
impl ApplicationMutation {
    /// Registers an application of a third party that the people of all dealers may
    /// let in, each for himself.
    async fn oauth_client_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application.")] input: OauthClientRegisterInput,
    ) -> AppResult<OauthClientRegisterPayload> {
        let scope = OperatorScope::of(ctx)?;
        let by = Registrar::Operator(scope.operator().name());
        outcome(ctx.service::<Applications>()?.register(by, &input).await)
    }

    /// Changes an application.
    async fn oauth_client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: OauthClientUpdateInput,
    ) -> AppResult<OauthClientUpdatePayload> {
        let scope = OperatorScope::of(ctx)?;
        let by = Registrar::Operator(scope.operator().name());
        outcome(ctx.service::<Applications>()?.update(by, input).await)
    }

    /// Gives an application another secret. The old one stays good for some days.
    async fn oauth_client_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: OauthClientSecretRotateInput,
    ) -> AppResult<OauthClientSecretRotatePayload> {
        let scope = OperatorScope::of(ctx)?;
        let by = Registrar::Operator(scope.operator().name());
        outcome(
            ctx.service::<Applications>()?
                .rotate_secret(by, &input)
                .await,
        )
    }

    /// Removes an application, with all that users have granted it. Its tokens are
    /// refused everywhere within a second.
    async fn oauth_client_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: OauthClientRemoveInput,
    ) -> AppResult<OauthClientRemovePayload> {
        let scope = OperatorScope::of(ctx)?;
        let by = Registrar::Operator(scope.operator().name());
        outcome(ctx.service::<Applications>()?.remove(by, input.id).await)
    }
}
