//! The surface of products: objects.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};

use super::loader::UnitsByProduct;
use super::model::{ProductId, ProductKind, ProductRow, ProductUnitRow};
use crate::dealer::attachments::graphql::{Attachment, attachments_of};
use crate::dealer::audit::graphql::{AuditEntry, history};
use crate::dealer::audit::model::Record;
use crate::dealer::catalog::attributes::graphql::Attribute;
use crate::dealer::catalog::attributes::values::graphql::{
    ProductAttribute, attributes_of, missing_of,
};
use crate::dealer::catalog::barcodes::loader::BarcodesByProduct;
use crate::dealer::catalog::categories::graphql::Category;
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::quantity::graphql::Quantity;
use crate::dealer::catalog::quantity::input::QuantityInput;
use crate::dealer::catalog::quantity::loader::MeasuresOf;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::catalog::units::loader::UnitById;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::assign::loader::PricingOf;
use crate::dealer::prices::history::graphql::{PriceChange, price_history};
use crate::dealer::prices::history::model::Kept;
use crate::dealer::prices::quote::graphql::{Price, price_of};
use crate::dealer::prices::quote::model::Buyer;
use crate::dealer::prices::taxes::graphql::TaxClass;
use crate::dealer::prices::taxes::loader::TaxClassById;
use crate::dealer::purchasing::items::graphql::{SupplierItem, items_of};
use crate::dealer::stock::availability::graphql::{StockAvailability, Wanted, availability_of};
use crate::dealer::stock::graphql::StockLevel;
use crate::dealer::stock::loader::StockLevelsByProduct;
use crate::dealer::stock::lots::graphql::{Lot, lots_of_product};
use crate::dealer::stock::lots::loader::KeptByLots;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult, Refusal};
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};

/// Something a dealer sells.
#[derive(Clone)]
pub struct Product(pub ProductRow);

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        Self(row)
    }
}

/// Something a dealer sells: a bag of cement, a bar of steel, a delivery trip.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl Product {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique stock-keeping code. Codes are compared exactly, upper and lower case apart.
    async fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// More about it.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// How it reaches the customer.
    async fn kind(&self) -> ProductKind {
        self.0.kind
    }

    /// Where it stands in the category tree.
    #[graphql(guard = P::CategoriesRead, directive = has_permission::apply(P::CategoriesRead))]
    async fn category(&self, ctx: &Context<'_>) -> AppResult<Option<Category>> {
        match self.0.category_id {
            Some(id) => Ok(ctx.unit()?.load(CategoryById(id)).await?.map(Category)),
            None => Ok(None),
        }
    }

    /// The unit it is kept and priced in.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn base_unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.0.base_unit_id).await
    }

    /// The units it is bought and sold in, smallest first, the base unit among them.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn units(&self, ctx: &Context<'_>) -> AppResult<Vec<ProductUnit>> {
        units_of(ctx, &self.0).await
    }

    /// What it is, by the attributes of its category and of those above it; by code. Values
    /// of attributes of a category that it was in before, or that was above its own before a
    /// `categoryMove`, are among them: they count again when it comes back, and can be cleared.
    /// What its category asks for now stands at `Category.attributes`.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn attributes(&self, ctx: &Context<'_>) -> AppResult<Vec<ProductAttribute>> {
        attributes_of(ctx, self.0.id).await
    }

    /// Attributes that its category requires and that it has no value of, by code.
    #[graphql(
        guard = P::CategoriesRead,
        directive = has_permission::apply(P::CategoriesRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn missing_attributes(&self, ctx: &Context<'_>) -> AppResult<Vec<Attribute>> {
        missing_of(ctx, &self.0).await
    }

    /// An amount of it in another of its units, taken as an order would take it: 20 m² of
    /// tiles are 14 boxes if rounding is UP, and an error if not.
    async fn convert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The amount.")] quantity: QuantityInput,
        #[graphql(desc = "The unit of the answer; the base unit if absent.")] to: Option<UnitId>,
    ) -> AppResult<Quantity> {
        let product = self.0.id;
        let measures = ctx.unit()?.load(MeasuresOf(product)).await?;
        let measures = measures.unwrap_or_default();
        let asked = measures.asked((product, &["quantity"]), (&quantity, &["quantity"]));
        let base = asked.map_err(|error| Refusal::from(error).into_error())?;
        let base = base.amount.base;
        let unit = to.unwrap_or(self.0.base_unit_id);
        if measures.measure(product, unit).is_none() {
            return Err(AppError::bad_input("to", "the product has no such unit"));
        }
        let value = measures.shown(product, unit, base)?;
        Ok(Quantity::in_unit(unit, value, base))
    }

    /// List price per base unit.
    async fn list_price(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.list_price)
    }

    /// What it costs somebody, and why; as `priceFor`.
    #[expect(clippy::too_many_arguments, reason = "all that a price hangs on")]
    async fn price(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much; one of its base unit if absent.")] quantity: Option<
            QuantityInput,
        >,
        #[graphql(desc = "For whom; absent for somebody at the counter.")] customer_id: Option<
            CustomerId,
        >,
        #[graphql(desc = "For which job; its customer need not be named.")] job_id: Option<JobId>,
        #[graphql(desc = "On which day at the dealer; today if absent.")] at: Option<NaiveDate>,
    ) -> AppResult<Option<Price>> {
        let buyer = Buyer {
            customer: customer_id,
            job: job_id,
            at,
        };
        price_of(ctx, (self.0.id, quantity), buyer).await
    }

    /// What its list price was, the latest change first.
    #[graphql(
        guard = P::PricesRead,
        directive = has_permission::apply(P::PricesRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn price_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<PriceChange>> {
        price_history(ctx, Kept::ListPrice, self.0.id.uuid(), first).await
    }

    /// What one of the base unit costs the dealer; null if it is not known.
    #[graphql(guard = P::CostRead, directive = has_permission::apply(P::CostRead))]
    async fn standard_cost(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let unit = ctx.unit()?;
        let row = unit.load(PricingOf(self.0.id)).await?;
        let cost = row.and_then(|row| row.standard_cost);
        cost.map(|cost| Money::of_dealer(ctx, cost)).transpose()
    }

    /// What it is for the tax office; null if that was not said.
    #[graphql(guard = P::PricesRead, directive = has_permission::apply(P::PricesRead))]
    async fn tax_class(&self, ctx: &Context<'_>) -> AppResult<Option<TaxClass>> {
        let unit = ctx.unit()?;
        let row = unit.load(PricingOf(self.0.id)).await?;
        match row.and_then(|row| row.tax_class_id) {
            Some(id) => Ok(unit.load(TaxClassById(id)).await?.map(TaxClass)),
            None => Ok(None),
        }
    }

    /// What lies in each warehouse that has or had some, by warehouse code.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn stock_levels(&self, ctx: &Context<'_>) -> AppResult<Vec<StockLevel>> {
        let unit = ctx.unit()?;
        let rows = unit.load_list(StockLevelsByProduct(self.0.id)).await?;
        let base = self.0.base_unit_id;
        Ok(rows
            .into_iter()
            .map(|row| StockLevel::of(row, base))
            .collect())
    }

    /// Whether it is kept by lots: what comes names its lot, what goes takes those that expire
    /// first.
    #[graphql(guard = P::StockRead, directive = has_permission::apply(P::StockRead))]
    async fn is_kept_by_lots(&self, ctx: &Context<'_>) -> AppResult<bool> {
        Ok(ctx.unit()?.load(KeptByLots(self.0.id)).await?.is_some())
    }

    /// Its lots of which some lies somewhere, those that expire first before others; at most
    /// 200. `lots` lists all there were.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn lots(&self, ctx: &Context<'_>) -> AppResult<Vec<Lot>> {
        lots_of_product(ctx, self.0.id).await
    }

    /// What of it can be had now, and by a day to come.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in these warehouses, at most 200; in all if absent.")]
        warehouse_ids: Option<Vec<WarehouseId>>,
        #[graphql(desc = "The day of `projected`.")] on: Option<NaiveDate>,
    ) -> AppResult<StockAvailability> {
        let wanted = Wanted::new(warehouse_ids, on)?;
        availability_of(ctx, (self.0.id, self.0.base_unit_id), &wanted).await
    }

    /// Who delivers it, the preferred supplier first.
    #[graphql(
        guard = P::SuppliersRead,
        directive = has_permission::apply(P::SuppliersRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn supplier_items(&self, ctx: &Context<'_>) -> AppResult<Vec<SupplierItem>> {
        items_of(ctx, self.0.id).await
    }

    /// What became of it and its units, the latest first.
    #[graphql(
        guard = P::AuditRead,
        directive = has_permission::apply(P::AuditRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<AuditEntry>> {
        history(ctx, (Record::PRODUCT, self.0.id.uuid()), first).await
    }

    /// Files at it, such as pictures and data sheets, oldest first; at the portal those
    /// that are public.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn attachments(&self, ctx: &Context<'_>) -> AppResult<Vec<Attachment>> {
        attachments_of(ctx, ProductId::PREFIX, self.0.id.uuid()).await
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

/// A unit as used by one product.
pub struct ProductUnit {
    row: ProductUnitRow,
    is_base: bool,
}

/// A unit a product is bought or sold in, with its exact factor.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl ProductUnit {
    /// The unit.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(&self, ctx: &Context<'_>) -> AppResult<Unit> {
        unit_of(ctx, self.row.unit_id).await
    }

    /// Whether it is the unit the product is kept and priced in.
    async fn is_base(&self) -> bool {
        self.is_base
    }

    /// Numerator of the factor num / den, which says how many base units one of
    /// this unit is, in lowest terms. A whole number in text.
    async fn num(&self) -> Decimal {
        Decimal(self.row.num.into())
    }

    /// Denominator of the factor num / den. A whole number in text.
    async fn den(&self) -> Decimal {
        Decimal(self.row.den.into())
    }

    /// The first barcode on one of this unit; null if there is none.
    async fn barcode(&self, ctx: &Context<'_>) -> AppResult<Option<String>> {
        Ok(self.barcodes_of(ctx).await?.into_iter().next())
    }

    /// All barcodes on one of this unit, oldest first.
    async fn barcodes(&self, ctx: &Context<'_>) -> AppResult<Vec<String>> {
        self.barcodes_of(ctx).await
    }
}

impl ProductUnit {
    /// Which unit it is.
    pub const fn unit_id(&self) -> UnitId {
        self.row.unit_id
    }

    async fn barcodes_of(&self, ctx: &Context<'_>) -> AppResult<Vec<String>> {
        let product = self.row.product_id;
        let rows = ctx.unit()?.load_list(BarcodesByProduct(product)).await?;
        let mine = rows
            .into_iter()
            .filter(|row| row.unit_id == self.row.unit_id);
        Ok(mine.map(|row| row.barcode).collect())
    }
}

/// The units a product is bought and sold in, smallest first.
pub(crate) async fn units_of(
    ctx: &Context<'_>,
    product: &ProductRow,
) -> AppResult<Vec<ProductUnit>> {
    let rows = ctx.unit()?.load_list(UnitsByProduct(product.id)).await?;
    let unit = |row: ProductUnitRow| ProductUnit {
        is_base: row.unit_id == product.base_unit_id,
        row,
    };
    Ok(rows.into_iter().map(unit).collect())
}

/// A unit that a foreign key says is there.
pub(crate) async fn unit_of(ctx: &Context<'_>, id: UnitId) -> AppResult<Unit> {
    Ok(Unit(there(ctx, UnitById(id)).await?))
}
