//! Use cases of price changes.

use super::compute::{Change, Priced};
use super::input::{PriceChangeApplyInput, PriceChangeInput};
use super::query;
use crate::dealer::catalog::products::events::ProductUpdated;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::filter::Where;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Most products of one change.
pub const MOST: usize = 10_000;

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What it is known by.
    pub token: String,
    /// All products with their new prices, by id.
    pub new: Vec<(Priced, rust_decimal::Decimal)>,
}

/// What a change would do, of which nothing is done.
pub async fn preview(tx: &mut TenantTx, input: &PriceChangeInput) -> ServiceResult<Shown> {
    let mut checks = Checks::default();
    let change = Change::read(&mut checks, &["change"], input);
    checks.finish()?;
    let prices = prices(tx, input, &["change", "where"]).await?;
    let new = computed(change, &prices, &["change"])?;
    Ok(Shown {
        token: change.token(&prices),
        new,
    })
}

/// Makes the change that was shown; how many prices changed.
pub async fn apply(tx: &mut TenantTx, input: &PriceChangeApplyInput) -> ServiceResult<usize> {
    let mut checks = Checks::default();
    let change = Change::read(&mut checks, &["input", "change"], &input.change);
    checks.finish()?;
    let prices = prices(tx, &input.change, &["input", "change", "where"]).await?;
    let ids = prices.iter().map(|(id, _)| *id).collect();
    // What is compared is what is locked, so that nobody comes in between.
    let prices = query::prices_locked(tx, ids).await?;
    if change.token(&prices) != input.token {
        let message = "prices or products have changed since the preview; look at it again";
        let path = ["input", "token"];
        return Err(UserError::at(ErrorCode::Conflict, &path, message).into());
    }
    let new = computed(change, &prices, &["input", "change"])?;
    let changed: Vec<Priced> = new
        .into_iter()
        .filter(|((_, old), new)| old != new)
        .map(|((id, _), new)| (id, new))
        .collect();
    let count = query::reprice(tx, &changed).await?;
    let ids = changed.into_iter().map(|(id, _)| id).collect();
    for row in query::find_many(tx, ids).await? {
        tx.emit(&ProductUpdated((&row).into()));
    }
    Ok(count)
}

async fn prices(
    tx: &mut TenantTx,
    input: &PriceChangeInput,
    path: &[&str],
) -> ServiceResult<Vec<Priced>> {
    let condition: AppResult<_> = input.filter.as_ref().map_or(Ok(None), Where::predicate);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX).saturating_add(1);
    let prices = query::prices(tx, condition?, most).await?;
    if prices.len() > MOST {
        let message = "matches more than 10000 products; change them in parts";
        return Err(UserError::at(ErrorCode::LimitExceeded, path, message).into());
    }
    Ok(prices)
}

fn computed(
    change: Change,
    prices: &[Priced],
    path: &[&str],
) -> ServiceResult<Vec<(Priced, rust_decimal::Decimal)>> {
    let new = |priced: &Priced| change.of(priced.1).map(|new| (*priced, new));
    let new: Option<Vec<_>> = prices.iter().map(new).collect();
    new.ok_or_else(|| {
        let message = "takes at least one price below zero or above what is kept";
        UserError::at(ErrorCode::BadUserInput, path, message).into()
    })
}
