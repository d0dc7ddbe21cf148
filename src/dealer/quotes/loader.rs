//! Batched lookups of quotes, their lines, and what came of them.

use std::collections::HashMap;

use super::model::{QuoteId, QuoteLineRow, QuoteRow};
use super::query;
use crate::dealer::orders::model::OrderRow;
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// A quote by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuoteById(pub QuoteId);

impl LoaderKey for QuoteById {
    type Value = QuoteRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, QuoteRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// All revisions of a number, the first one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuotesByNumber(pub i64);

impl LoaderKey for QuotesByNumber {
    type Value = Vec<QuoteRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<QuoteRow>>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::revisions(tx, &numbers).await?;
        Ok(group_by_key(rows, |row| Self(row.number)))
    }
}

/// The lines of a quote, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByQuote(pub QuoteId);

impl LoaderKey for LinesByQuote {
    type Value = Vec<QuoteLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<QuoteLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.quote_id)))
    }
}

/// The order that was made of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderByQuote(pub QuoteId);

impl LoaderKey for OrderByQuote {
    type Value = OrderRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, OrderRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::orders_of(tx, &ids).await?;
        let of = |row: OrderRow| row.quote_id.map(|quote| (Self(quote), row));
        Ok(rows.into_iter().filter_map(of).collect())
    }
}
