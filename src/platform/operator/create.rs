//! Opening a dealer.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use secrecy::{ExposeSecret, SecretString};

use super::graphql::OperatorDealer;
use super::loader::DealerById;
use super::scope::OperatorScope;
use crate::auth::password;
use crate::error::{AppError, AppResult, Refusal, UserError};
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::refused::sorted;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::service::{Dealers, Registration, Word};
use crate::tenancy::provision::NewDealer;

/// A dealer to open.
#[derive(InputObject)]
pub struct DealerCreateInput {
    /// Name of the company.
    pub name: String,
    /// ISO 4217 code of the currency of its books.
    pub currency: String,
    /// IANA name of its time zone, such as `Asia/Ho_Chi_Minh`.
    pub timezone: String,
    /// Name of the owner, if he is not a user yet.
    pub owner_name: String,
    /// Address the owner signs in with; may belong to a user already.
    pub owner_email: String,
    /// 10 to 200 characters, none of those that are tried first, and not made of the
    /// owner's or the company's name. For a new user only; made up if left out.
    #[graphql(secret)]
    pub owner_password: Option<String>,
}

/// Result of dealerCreate.
#[derive(SimpleObject, Default)]
pub struct DealerCreatePayload {
    /// The new dealer; null if he was refused.
    pub dealer: Option<OperatorDealer>,
    /// The owner's password, if it was made up for a new user. It is shown here
    /// and nowhere again.
    pub owner_password: Option<String>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Opens dealers.
#[derive(Default)]
pub struct CreateMutation;

#[Object]
impl CreateMutation {
    /// Registers a dealer with his owner and opens his shop. If the owner is a
    /// user already, the operator's word is enough and he keeps his password.
    async fn dealer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dealer and his owner.")] input: DealerCreateInput,
    ) -> AppResult<DealerCreatePayload> {
        match sorted(create(ctx, input).await)? {
            Ok(payload) => Ok(payload),
            Err(user_errors) => Ok(DealerCreatePayload {
                user_errors,
                ..DealerCreatePayload::default()
            }),
        }
    }
}

async fn create(
    ctx: &Context<'_>,
    input: DealerCreateInput,
) -> Result<DealerCreatePayload, Refusal> {
    let given = input.owner_password.map(SecretString::from);
    let made_up = given.is_none();
    let password = given.map_or_else(password::made_up, Ok)?;
    let registration = Registration {
        dealer: NewDealer {
            name: input.name,
            currency: input.currency,
            timezone: input.timezone,
        },
        owner_name: input.owner_name,
        owner_email: input.owner_email,
        owner_password: password.clone(),
        word: Word::Operator,
    };
    let registered = ctx.service::<Dealers>()?.register(registration).await?;
    let (scope, id) = (OperatorScope::of(ctx)?, registered.dealer.id);
    tracing::info!(dealer = %id, operator = %scope.operator().name(), "dealer created");
    let shown = made_up && registered.is_new_owner;
    Ok(DealerCreatePayload {
        dealer: Some(as_it_is_now(&scope, id).await?),
        owner_password: shown.then(|| password.expose_secret().to_owned()),
        user_errors: Vec::new(),
    })
}

/// A dealer who has just been changed.
pub(super) async fn as_it_is_now(scope: &OperatorScope, id: DealerId) -> AppResult<OperatorDealer> {
    scope.forget();
    let entry = scope.load(DealerById(id)).await?;
    entry
        .map(OperatorDealer)
        .ok_or_else(|| AppError::internal(format!("{id} was changed and is not there")))
}
