//! The surface of price histories.

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::loader::PriceChangesOf;
use super::model::{Change, Kept};
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// Most rows of a history.
const MOST: i32 = 100;

/// One change of a price.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::PricesRead))]
pub struct PriceChange {
    /// When.
    at: DateTime<Utc>,
    /// What it was; null if there was none.
    old: Option<Decimal>,
    /// What it became; null if it went.
    new: Option<Decimal>,
    /// By whom: the id of a user, or a part of the system as in `system:provisioning`.
    actor: String,
}

impl From<Change> for PriceChange {
    fn from(change: Change) -> Self {
        Self {
            at: change.at,
            old: change.old.map(Decimal),
            new: change.new.map(Decimal),
            actor: change.actor,
        }
    }
}

/// What a price was, `first` changes, the latest first.
pub(crate) async fn price_history(
    ctx: &Context<'_>,
    kept: Kept,
    id: Uuid,
    first: i32,
) -> AppResult<Vec<PriceChange>> {
    if !(1..=MOST).contains(&first) {
        let message = format!("must be between 1 and {MOST}");
        return Err(AppError::bad_input("first", message));
    }
    let most = first.into();
    let changes = ctx
        .unit()?
        .load_list(PriceChangesOf { kept, id, most })
        .await?;
    Ok(changes.into_iter().map(PriceChange::from).collect())
}
