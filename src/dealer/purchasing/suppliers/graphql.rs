//! The surface of suppliers: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::actions::SupplierAction;
use super::input::SupplierWhere;
use super::loader::{SupplierByCode, SupplierById};
use super::model::{SupplierId, SupplierRow};
use super::query::{self, SupplierOrder, SupplierSort};
use crate::dealer::purchasing::items::graphql::SupplierItem;
use crate::dealer::purchasing::items::loader::ItemsBySupplier;
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Decimal;

/// Of whom the dealer buys.
#[derive(Clone)]
pub struct Supplier(pub SupplierRow);

impl From<SupplierRow> for Supplier {
    fn from(row: SupplierRow) -> Self {
        Self(row)
    }
}

/// Of whom the dealer buys: a mill, a quarry, a wholesaler.
#[Object(directive = has_permission::apply(P::SuppliersRead))]
impl Supplier {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name of the company or person.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Tax number.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// Days until its bills are due.
    async fn terms_days(&self) -> i16 {
        self.0.terms_days
    }

    /// Days from the sending of an order until its goods come, where an item does not say.
    async fn lead_days(&self) -> i16 {
        self.0.lead_days
    }

    /// By how many percent more may come than was ordered.
    async fn tolerance(&self) -> Decimal {
        Decimal(self.0.tolerance.normalize())
    }

    /// Street and number.
    async fn address_line(&self) -> Option<&str> {
        self.0.address_line.as_deref()
    }

    /// Town.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Postal code.
    async fn postcode(&self) -> Option<&str> {
        self.0.postcode.as_deref()
    }

    /// Country.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// Where mails go.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Where calls go.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// For the dealer's own people.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// What it delivers, in the order in which that was said.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn items(&self, ctx: &Context<'_>) -> AppResult<Vec<SupplierItem>> {
        let rows = ctx.unit()?.load_list(ItemsBySupplier(self.0.id)).await?;
        Ok(rows.into_iter().map(SupplierItem).collect())
    }

    /// What the caller can do with the supplier as it is.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<SupplierAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let can =
            |action: &SupplierAction| action.suits(&self.0) && permissions.contains(action.needs());
        Ok(SupplierAction::ALL.into_iter().filter(can).collect())
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

/// A supplier that a foreign key says is there.
pub(crate) async fn supplier_of(ctx: &Context<'_>, id: SupplierId) -> AppResult<Supplier> {
    Ok(Supplier(there(ctx, SupplierById(id)).await?))
}

/// Queries on suppliers.
#[derive(Default)]
pub struct SupplierQuery;

#[Object]
impl SupplierQuery {
    /// One supplier, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::SuppliersRead, directive = has_permission::apply(P::SuppliersRead))]
    async fn supplier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<SupplierId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<Supplier>> {
        let keys = (id.map(SupplierById), code.map(SupplierByCode));
        let message = "name the supplier by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(Supplier))
    }
}

list_query! {
    /// The list of suppliers.
    SupplierListQuery: query,
    /// Of whom the dealer buys.
    suppliers -> Supplier,
    needs: SuppliersRead,
    filter: SupplierWhere = "Which suppliers.",
    order: SupplierOrder as SupplierSort = "Sort keys, at most 3; by code if absent.",
}
