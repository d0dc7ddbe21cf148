//! Opening a dealer with the rows of another.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::create::as_it_is_now;
use super::graphql::OperatorDealer;
use super::intake::{Intake, OwnerWanted};
use super::scope::OperatorScope;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::refused::sorted;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::note::{Note, Origin};
use crate::platform::dealers::service::Dealers;
use crate::tenancy::provision::NewDealer;
use crate::tenancy::transfer::{Transfer, TransferError};

/// A dealer to clone.
#[derive(InputObject)]
pub struct DealerCloneInput {
    /// Whose rows.
    pub dealer_id: DealerId,
    /// Name of the new company.
    pub name: String,
    /// Address of an owner, who may be a user already; without one nobody can
    /// sign in there.
    pub owner_email: Option<String>,
    /// Name of the owner, if he is not a user yet; `Owner` if left out.
    pub owner_name: Option<String>,
    /// Why; at most 500 characters. Kept with the action, of both dealers.
    pub reason: Option<String>,
}

/// Result of dealerClone.
#[derive(SimpleObject, Default)]
pub struct DealerClonePayload {
    /// The new dealer; null if he was refused.
    pub dealer: Option<OperatorDealer>,
    /// The owner's password, if it was made up for a new user. It is shown here
    /// and nowhere again.
    pub owner_password: Option<String>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// Clones dealers.
#[derive(Default)]
pub struct CloneMutation;

#[Object]
impl CloneMutation {
    /// Opens a new dealer with the rows that another has at this moment. People
    /// and passwords are not cloned. All of it must be done within the time of
    /// one operation; a dealer too large for that is exported and imported, or
    /// cloned by the command line.
    async fn dealer_clone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose rows, and for whom.")] input: DealerCloneInput,
    ) -> AppResult<DealerClonePayload> {
        match sorted(clone(ctx, input).await)? {
            Ok(payload) => Ok(payload),
            Err(user_errors) => Ok(DealerClonePayload {
                user_errors,
                ..DealerClonePayload::default()
            }),
        }
    }
}

async fn clone(ctx: &Context<'_>, input: DealerCloneInput) -> ServiceResult<DealerClonePayload> {
    let scope = OperatorScope::of(ctx)?;
    let (dealers, transfer) = (ctx.service::<Dealers>()?, ctx.service::<Transfer>()?);
    let source = input.dealer_id;
    let note = Note::new(&scope.actor(), input.reason.as_deref())?;
    let from = transfer.dealer(source).await.map_err(refused)?;
    let dealer = NewDealer {
        name: input.name,
        currency: from.currency,
        timezone: from.timezone,
    };
    let owner = OwnerWanted {
        email: input.owner_email,
        name: input.owner_name,
    };
    let noted = (note, Origin::Dealer(source));
    let intake = Intake::prepare(dealers, dealer, owner, noted).await?;
    let staged = transfer.clone_of(source, &|_event| {}).await;
    let opened = intake.open(dealers, staged.map_err(refused)?).await?;
    tracing::info!(dealer = %opened.dealer, %source, operator = %scope.operator().name(), "dealer cloned");
    Ok(DealerClonePayload {
        dealer: Some(as_it_is_now(&scope, opened.dealer).await?),
        owner_password: opened.owner_password,
        user_errors: Vec::new(),
    })
}

/// What the operator can mend is about the dealer he named.
fn refused(error: TransferError) -> Refusal {
    let error = AppError::from(error);
    match error.code() {
        code @ (ErrorCode::NotFound
        | ErrorCode::DealerNotActive
        | ErrorCode::NotAllowed
        | ErrorCode::Conflict) => {
            UserError::at(code, &["input", "dealerId"], error.message()).into()
        }
        _ => error.into(),
    }
}
