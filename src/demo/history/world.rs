//! What a history is played with: goods, buyers, places and days.

use std::collections::HashMap;

use chrono::{DateTime, Months, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::dice::Dice;
use super::query;
use crate::dealer::calendar;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::{JobRow, JobStatus};
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// Something that is sold.
#[derive(Debug)]
pub(super) struct Goods {
    pub(super) row: ProductRow,
    /// Units that are so many whole base units.
    pub(super) packs: Vec<(UnitId, i64)>,
}

/// Somebody who buys.
#[derive(Debug)]
pub(super) struct Buyer {
    pub(super) row: CustomerRow,
    pub(super) jobs: Vec<JobRow>,
    /// Whether all that was delivered in a month is billed at its end.
    pub(super) is_monthly: bool,
    /// In percent.
    pub(super) discount: u64,
}

/// What a history is played with.
#[derive(Debug)]
pub(super) struct World {
    pub(super) goods: Vec<Goods>,
    /// How often each is bought.
    pub(super) goods_weights: Vec<u64>,
    pub(super) buyers: Vec<Buyer>,
    /// How often each buys.
    pub(super) buyer_weights: Vec<u64>,
    pub(super) warehouses: Vec<WarehouseId>,
    /// The days, today last, and when each began.
    pub(super) days: Vec<(NaiveDate, DateTime<Utc>)>,
    pub(super) now: DateTime<Utc>,
    pub(super) currency: String,
    pub(super) digits: u32,
    /// What a base unit costs, of goods in the middle.
    pub(super) middle: Decimal,
}

impl World {
    /// Looks around at the dealer of `tx`, so many months back.
    pub(super) async fn of(tx: &mut TenantTx, months: u32, dice: &mut Dice) -> AppResult<Self> {
        let goods = goods(tx).await?;
        let buyers = buyers(tx, dice).await?;
        let warehouses = query::warehouses(tx).await?;
        if goods.is_empty() || buyers.is_empty() || warehouses.is_empty() {
            return Err(AppError::internal("a shop without goods, buyers or places"));
        }
        let today = calendar::today(tx).await?;
        let first = today
            .checked_sub_months(Months::new(months))
            .unwrap_or(today);
        let currency = tx.context().dealer().currency.clone();
        let mut prices: Vec<_> = goods.iter().map(|goods| goods.row.list_price).collect();
        prices.sort_unstable();
        Ok(Self {
            goods_weights: goods_weights(goods.len(), dice),
            buyer_weights: buyer_weights(&buyers),
            goods,
            buyers,
            warehouses,
            days: query::days(tx, first, today).await?,
            now: tx.now(),
            digits: digits_of(&currency),
            currency,
            middle: prices
                .get(prices.len() / 2)
                .copied()
                .unwrap_or(Decimal::ONE),
        })
    }
}

/// What is kept and has a price, by SKU.
async fn goods(tx: &mut TenantTx) -> AppResult<Vec<Goods>> {
    let mut packs: HashMap<ProductId, Vec<(UnitId, i64)>> = HashMap::new();
    for unit in query::units(tx).await? {
        if unit.den == 1 {
            let packs = packs.entry(unit.product_id).or_default();
            packs.push((unit.unit_id, unit.num));
        }
    }
    let rows = query::products(tx).await?.into_iter();
    let goods = rows.map(|row| {
        let mut packs = packs.remove(&row.id).unwrap_or_default();
        packs.retain(|(unit, _)| *unit != row.base_unit_id);
        packs.sort_unstable_by_key(|(_, num)| *num);
        Goods { row, packs }
    });
    Ok(goods.collect())
}

/// Customers whom something is sold to, by code, with sites that are not closed.
async fn buyers(tx: &mut TenantTx, dice: &mut Dice) -> AppResult<Vec<Buyer>> {
    let mut jobs: HashMap<_, Vec<JobRow>> = HashMap::new();
    for job in query::jobs(tx).await? {
        if job.status == JobStatus::Active {
            jobs.entry(job.customer_id).or_default().push(job);
        }
    }
    let rows = query::customers(tx).await?.into_iter();
    let buyers = rows.map(|row| Buyer {
        jobs: jobs.remove(&row.id).unwrap_or_default(),
        is_monthly: row.terms_days > 0 && dice.chance(60),
        discount: if row.terms_days > 0 { dice.below(6) } else { 0 },
        row,
    });
    Ok(buyers.collect())
}

/// A few are bought every day, and some never.
fn goods_weights(count: usize, dice: &mut Dice) -> Vec<u64> {
    let mut weights: Vec<u64> = (1..=count)
        .map(|place| 100_000 / u64::try_from(place).unwrap_or(1))
        .collect();
    for last in weights.iter_mut().rev().take(count / 20) {
        *last = 0;
    }
    for index in (1..count).rev() {
        let other = dice.below(u64::try_from(index).unwrap_or(0) + 1);
        weights.swap(index, usize::try_from(other).unwrap_or(0));
    }
    weights
}

/// Those with the highest limits buy most by far.
fn buyer_weights(buyers: &[Buyer]) -> Vec<u64> {
    let mut places: Vec<usize> = (0..buyers.len()).collect();
    let limit = |index: &usize| buyers.get(*index).map(|buyer| buyer.row.credit_limit);
    places.sort_by_key(|index| std::cmp::Reverse(limit(index)));
    let mut weights = vec![0; buyers.len()];
    for (place, index) in places.into_iter().enumerate() {
        if let Some(weight) = weights.get_mut(index) {
            let place = u64::try_from(place).unwrap_or(0) + 1;
            *weight = 10_000 / (place * place) + 300;
        }
    }
    weights
}
