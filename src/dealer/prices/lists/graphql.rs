//! The surface of price lists: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::input::PriceListWhere;
use super::loader::{PriceListByCode, PriceListById};
use super::model::{PriceListId, PriceListRow};
use super::query::{self, PriceListOrder, PriceListSort};
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::found::by_one_key;
use crate::graphql::permit::{Permission as P, has_permission};

/// Prices for some customers and jobs, or for all of them.
#[derive(Clone)]
pub struct PriceList(pub PriceListRow);

impl From<PriceListRow> for PriceList {
    fn from(row: PriceListRow) -> Self {
        Self(row)
    }
}

/// Prices for some customers and jobs, or for all of them, for some time.
#[Object(directive = has_permission::apply(P::PricesRead))]
impl PriceList {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// ISO 4217 code of the currency of its prices: the dealer's.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// Whether it holds for every customer.
    async fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// Of several default lists, the one with the highest is asked first.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// The first day at the dealer; null if it always held.
    async fn valid_from(&self) -> Option<NaiveDate> {
        self.0.valid_from
    }

    /// The last day, which is included; null if no end is known.
    async fn valid_to(&self) -> Option<NaiveDate> {
        self.0.valid_to
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Queries on price lists.
#[derive(Default)]
pub struct PriceListQuery;

#[Object]
impl PriceListQuery {
    /// One price list, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn price_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<PriceListId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<PriceList>> {
        let keys = (id.map(PriceListById), code.map(PriceListByCode));
        let message = "name the price list by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(PriceList))
    }
}

list_query! {
    /// The list of price lists.
    PriceListListQuery: query,
    /// The dealer's price lists.
    price_lists -> PriceList,
    needs: PricesRead,
    filter: PriceListWhere = "Which lists.",
    order: PriceListOrder as PriceListSort = "Sort keys, at most 3; by code if absent.",
}
