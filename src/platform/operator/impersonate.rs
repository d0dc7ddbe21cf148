//! Seeing a shop as one of its users does.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::loader::OwnersByDealer;
use super::scope::OperatorScope;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::context::{ContextExt, Source};
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::impersonation::graphql::{
    Impersonation, ImpersonationEndInput, ImpersonationEndPayload,
};
use crate::platform::impersonation::service::{Begun, Ender, Impersonations, NewImpersonation};
use crate::platform::outcome;

/// Whose shop to see, as whom and why.
#[derive(InputObject)]
pub struct DealerImpersonateInput {
    /// Which dealer.
    pub dealer_id: DealerId,
    /// As which of his users; as his first owner if left out.
    pub user_id: Option<UserId>,
    /// Why; 1 to 500 characters. The dealer reads it.
    pub reason: String,
    /// Whether to look and change nothing.
    #[graphql(default = true)]
    pub read_only: bool,
}

/// Result of dealerImpersonate.
#[derive(SimpleObject, Default)]
pub struct DealerImpersonatePayload {
    /// To be sent to the shops' endpoint as `Authorization: Bearer …`; good for a
    /// quarter of an hour, and there is nothing to renew it with.
    pub access_token: Option<String>,
    /// When it stops being good.
    pub expires_at: Option<DateTime<Utc>>,
    /// As the dealer sees it; null if it was refused.
    pub impersonation: Option<Impersonation>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Lets operators see shops.
#[derive(Default)]
pub struct ImpersonateMutation;

#[Object]
impl ImpersonateMutation {
    /// Lets you see a shop as one of its users does, for a quarter of an hour. The
    /// dealer sees who you are and why. Passwords, second factors, sessions, keys and
    /// the rights of others can not be touched that way.
    async fn dealer_impersonate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose shop, as whom and why.")] input: DealerImpersonateInput,
    ) -> AppResult<DealerImpersonatePayload> {
        let service = ctx.service::<Impersonations>()?;
        let now = service.clock().now();
        OperatorScope::of(ctx)?.forget();
        outcome(
            begin(ctx, service, input)
                .await
                .map(|begun| Shown(begun, now)),
        )
    }

    /// Ends an impersonation, whichever operator's it is.
    async fn impersonation_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which impersonation.")] input: ImpersonationEndInput,
    ) -> AppResult<ImpersonationEndPayload> {
        let scope = OperatorScope::of(ctx)?;
        let service = ctx.service::<Impersonations>()?;
        let by = Ender::Operator(scope.operator().name());
        let ended = service.end(input.id, by).await;
        outcome(ended.map(|row| Impersonation::new(row, service.clock().now())))
    }
}

struct Shown(Begun, DateTime<Utc>);

impl From<Result<Shown, Vec<UserError>>> for DealerImpersonatePayload {
    fn from(outcome: Result<Shown, Vec<UserError>>) -> Self {
        match outcome {
            Ok(Shown(begun, now)) => Self {
                access_token: Some(begun.access.token.expose_secret().to_owned()),
                expires_at: Some(begun.access.expires_at),
                impersonation: Some(Impersonation::new(begun.row, now)),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                user_errors,
                ..Self::default()
            },
        }
    }
}

async fn begin(
    ctx: &Context<'_>,
    service: &Impersonations,
    input: DealerImpersonateInput,
) -> ServiceResult<Begun> {
    let scope = OperatorScope::of(ctx)?;
    let user = match input.user_id {
        Some(user) => user,
        None => first_owner(&scope, input.dealer_id).await?,
    };
    let new = NewImpersonation {
        operator: scope.operator().name(),
        dealer: input.dealer_id,
        user,
        reason: &input.reason,
        read_only: input.read_only,
    };
    service.begin(new).await
}

async fn first_owner(scope: &OperatorScope, dealer: DealerId) -> ServiceResult<UserId> {
    let owners = scope.load_list(OwnersByDealer(dealer)).await?;
    let first = owners.first().map(|owner| owner.user);
    first.ok_or_else(|| {
        let message = "there is no such dealer, or he has no owner";
        UserError::at(ErrorCode::NotFound, &["input", "dealerId"], message).into()
    })
}
