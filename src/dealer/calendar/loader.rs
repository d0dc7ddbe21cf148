//! The day it is at the dealer, for the fields of an answer.

use std::collections::HashMap;

use async_graphql::Context;
use chrono::NaiveDate;

use super::today;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

/// The day it is at the dealer, asked once for all records of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Today;

impl LoaderKey for Today {
    type Value = NaiveDate;

    async fn load_batch(tx: &mut TenantTx, _keys: &[Self]) -> AppResult<HashMap<Self, NaiveDate>> {
        Ok(HashMap::from([(Self, today(tx).await?)]))
    }
}

/// The day it is at the dealer, for what follows from the day.
pub async fn today_of(ctx: &Context<'_>) -> AppResult<NaiveDate> {
    let day = ctx.unit()?.load(Today).await?;
    day.ok_or_else(|| AppError::internal("no day"))
}
