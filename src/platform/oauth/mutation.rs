//! What can be done with applications and grants.

use async_graphql::{Context, ID, Object, SimpleObject};
use secrecy::{ExposeSecret, SecretString};

use super::clients::{Registered, Registrar};
use super::graphql::OauthClient;
use super::input::{
    OauthClientRegisterInput, OauthClientRemoveInput, OauthClientSecretRotateInput,
    OauthClientUpdateInput, OauthGrantRevokeInput,
};
use super::model::ClientRow;
use super::service::Applications;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{AnyCaller, Permission as P, for_any_caller, has_permission};
use crate::platform::factors::guard::step_up;

/// Declares the payload of a mutation that gives an application a secret.
macro_rules! secret_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The application; null if it was refused.
            pub client: Option<OauthClient>,
            /// Its secret. It is shown here and nowhere again; null for a public
            /// application, and if it was refused.
            pub secret: Option<String>,
            /// What to mend before sending the mutation again; empty on success.
            pub user_errors: Vec<UserError>,
        }

        impl From<Result<Registered, Vec<UserError>>> for $name {
            fn from(outcome: Result<Registered, Vec<UserError>>) -> Self {
                let shown = |secret: SecretString| secret.expose_secret().to_owned();
                match outcome {
                    Ok(registered) => Self {
                        client: Some(OauthClient(registered.row)),
                        secret: registered.secret.map(shown),
                        user_errors: Vec::new(),
                    },
                    Err(user_errors) => Self { client: None, secret: None, user_errors },
                }
            }
        }
    };
}

secret_payload! {
    /// Result of oauthClientRegister.
    OauthClientRegisterPayload
}
secret_payload! {
    /// Result of oauthClientSecretRotate.
    OauthClientSecretRotatePayload
}
payload! {
    /// Result of oauthClientUpdate.
    OauthClientUpdatePayload { /// The application as it is now; null if it was refused.
        client: OauthClient }
}

/// Result of oauthClientRemove.
#[derive(SimpleObject)]
pub struct OauthClientRemovePayload {
    /// Id of the application that is gone; null if it was refused.
    pub removed_id: Option<ID>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl From<Result<ClientRow, Vec<UserError>>> for OauthClientRemovePayload {
    fn from(outcome: Result<ClientRow, Vec<UserError>>) -> Self {
        match outcome {
            Ok(row) => Self {
                removed_id: Some(row.id.into()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                removed_id: None,
                user_errors,
            },
        }
    }
}

/// Result of oauthGrantRevoke.
#[derive(SimpleObject)]
pub struct OauthGrantRevokePayload {
    /// Id of the grant that is gone; null if it was refused.
    pub revoked_id: Option<ID>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Mutations on applications and grants.
#[derive(Default)]
pub struct OauthMutation;

#[Object]
impl OauthMutation {
    /// Registers an application of a third party, which the dealer's people may let in.
    /// Wants a fresh proof that it is you, as stepUp gives it.
    #[graphql(guard = P::AppsManage, directive = has_permission::apply(P::AppsManage))]
    async fn oauth_client_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application.")] input: OauthClientRegisterInput,
    ) -> AppResult<OauthClientRegisterPayload> {
        let (unit, applications) = (ctx.unit()?, ctx.service::<Applications>()?);
        let by = registrar(ctx)?;
        let registered = match step_up(ctx).await {
            Ok(_session) => applications.register(by, &input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(registered)?.into())
    }

    /// Changes an application of the dealer's. Wants a fresh proof that it is you.
    #[graphql(guard = P::AppsManage, directive = has_permission::apply(P::AppsManage))]
    async fn oauth_client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: OauthClientUpdateInput,
    ) -> AppResult<OauthClientUpdatePayload> {
        let (unit, applications) = (ctx.unit()?, ctx.service::<Applications>()?);
        let by = registrar(ctx)?;
        let updated = match step_up(ctx).await {
            Ok(_session) => applications.update(by, input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(updated)?.into())
    }

    /// Gives an application another secret. The old one stays good for some days, so
    /// that its maker can change over. Wants a fresh proof that it is you.
    #[graphql(guard = P::AppsManage, directive = has_permission::apply(P::AppsManage))]
    async fn oauth_client_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: OauthClientSecretRotateInput,
    ) -> AppResult<OauthClientSecretRotatePayload> {
        let (unit, applications) = (ctx.unit()?, ctx.service::<Applications>()?);
        let by = registrar(ctx)?;
        let rotated = match step_up(ctx).await {
            Ok(_session) => applications.rotate_secret(by, &input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(rotated)?.into())
    }

    /// Removes an application, with all that users have granted it. Its tokens are
    /// refused everywhere within a second.
    #[graphql(guard = P::AppsManage, directive = has_permission::apply(P::AppsManage))]
    async fn oauth_client_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application.")] input: OauthClientRemoveInput,
    ) -> AppResult<OauthClientRemovePayload> {
        let (unit, applications) = (ctx.unit()?, ctx.service::<Applications>()?);
        let removed = applications.remove(registrar(ctx)?, input.id).await;
        Ok(unit.outcome(removed)?.into())
    }

    /// Lets an application in no more. Its tokens are refused everywhere within a
    /// second.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn oauth_grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which grant.")] input: OauthGrantRevokeInput,
    ) -> AppResult<OauthGrantRevokePayload> {
        let (unit, applications) = (ctx.unit()?, ctx.service::<Applications>()?);
        let user = ctx.in_person()?.user();
        let revoked = applications.revoke_grant(user, input.id, ctx.peer()?).await;
        Ok(match unit.outcome(revoked)? {
            Ok(()) => OauthGrantRevokePayload {
                revoked_id: Some(input.id.into()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => OauthGrantRevokePayload {
                revoked_id: None,
                user_errors,
            },
        })
    }
}

/// Who manages the dealer's applications: a person.
fn registrar<'r>(ctx: &'r Context<'_>) -> AppResult<Registrar<'r>> {
    let principal = ctx.in_person()?;
    Ok(Registrar::Dealer {
        dealer: principal.dealer(),
        user: principal.user(),
        peer: ctx.peer()?,
    })
}
