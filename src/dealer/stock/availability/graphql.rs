//! The surface of availability.

use std::collections::BTreeMap;

use async_graphql::{Context, Object};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::loader::StandingOf;
use super::model::Standing;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::quantity::graphql::{Quantity, product_of};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::stock::warehouses::graphql::{Warehouse, warehouse_of};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most products, and most warehouses, of one question.
const MOST: usize = 200;

/// What is asked of each product.
#[derive(Clone, Debug)]
pub struct Wanted {
    warehouses: Option<Vec<WarehouseId>>,
    on: Option<NaiveDate>,
}

impl Wanted {
    /// Only in these warehouses if there are some, and by a day.
    pub fn new(warehouses: Option<Vec<WarehouseId>>, on: Option<NaiveDate>) -> AppResult<Self> {
        if warehouses.as_ref().is_some_and(|ids| ids.len() > MOST) {
            return Err(AppError::bad_input(
                "warehouseIds",
                "may list at most 200 ids",
            ));
        }
        Ok(Self { warehouses, on })
    }

    fn is_at(&self, warehouse: WarehouseId) -> bool {
        let wanted = self.warehouses.as_ref();
        wanted.is_none_or(|ids| ids.contains(&warehouse))
    }
}

/// What can be had of a product.
pub struct StockAvailability {
    product: ProductId,
    base_unit: UnitId,
    places: Vec<Standing>,
    on: Option<NaiveDate>,
}

/// What can be had of a product, in all of the dealer's warehouses in use or in some. What is
/// on its way between two of them counts where it shall be.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockAvailability {
    /// Of what.
    #[graphql(guard = P::ProductsRead, directive = has_permission::apply(P::ProductsRead))]
    async fn product(&self, ctx: &Context<'_>) -> AppResult<Product> {
        product_of(ctx, self.product).await
    }

    /// What is physically there, without what is on its way.
    async fn on_hand(&self) -> Quantity {
        self.sum(|place| place.on_hand)
    }

    /// What is promised.
    async fn reserved(&self) -> Quantity {
        self.sum(|place| place.reserved)
    }

    /// What can be promised now: on hand less reserved.
    async fn available(&self) -> Quantity {
        self.sum(Standing::available)
    }

    /// What is to come, by day; what nobody knows the day of comes first.
    async fn incoming(&self) -> Vec<StockIncoming> {
        let mut days = BTreeMap::new();
        for (day, quantity) in self.places.iter().flat_map(|place| &place.incoming) {
            *days.entry(*day).or_default() += *quantity;
        }
        by_day(&days, self.base_unit)
    }

    /// What can be promised for a day: what is available now, and what should have come by
    /// then. What nobody knows the day of is not counted on.
    async fn projected(
        &self,
        #[graphql(
            desc = "The day; that of the question if absent, and if it named none, after \
                          all days on which something comes."
        )]
        on: Option<NaiveDate>,
    ) -> Quantity {
        let on = on.or(self.on);
        self.sum(|place| place.projected(on))
    }

    /// The same for each warehouse in which there is some, was or will be, by its code.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn warehouses(&self) -> Vec<WarehouseAvailability> {
        let place = |place: &Standing| WarehouseAvailability {
            base_unit: self.base_unit,
            place: place.clone(),
            on: self.on,
        };
        self.places.iter().map(place).collect()
    }
}

impl StockAvailability {
    fn sum(&self, what: impl Fn(&Standing) -> Decimal) -> Quantity {
        let base = self.places.iter().map(what).sum();
        Quantity::in_unit(self.base_unit, base, base)
    }
}

/// What can be had of a product in a warehouse.
pub struct WarehouseAvailability {
    base_unit: UnitId,
    place: Standing,
    on: Option<NaiveDate>,
}

/// What can be had of a product in one warehouse.
#[Object(directive = has_permission::apply(P::StockRead))]
impl WarehouseAvailability {
    /// Where.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(&self, ctx: &Context<'_>) -> AppResult<Warehouse> {
        warehouse_of(ctx, self.place.warehouse).await
    }

    /// What is physically there.
    async fn on_hand(&self) -> Quantity {
        self.amount(self.place.on_hand)
    }

    /// What is promised.
    async fn reserved(&self) -> Quantity {
        self.amount(self.place.reserved)
    }

    /// What can be promised now: on hand less reserved.
    async fn available(&self) -> Quantity {
        self.amount(self.place.available())
    }

    /// What is to come there, by day; what nobody knows the day of comes first.
    async fn incoming(&self) -> Vec<StockIncoming> {
        by_day(&self.place.incoming, self.base_unit)
    }

    /// What can be promised there for a day, as of the whole.
    async fn projected(
        &self,
        #[graphql(
            desc = "The day; that of the question if absent, and if it named none, after \
                          all days on which something comes."
        )]
        on: Option<NaiveDate>,
    ) -> Quantity {
        self.amount(self.place.projected(on.or(self.on)))
    }
}

impl WarehouseAvailability {
    fn amount(&self, base: Decimal) -> Quantity {
        Quantity::in_unit(self.base_unit, base, base)
    }
}

/// What is to come on a day.
pub struct StockIncoming {
    day: Option<NaiveDate>,
    quantity: Decimal,
    base_unit: UnitId,
}

/// How much of a product is to come on a day.
#[Object(directive = has_permission::apply(P::StockRead))]
impl StockIncoming {
    /// The day at the dealer; null if nobody knows. It may be past: then it is late.
    async fn day(&self) -> Option<NaiveDate> {
        self.day
    }

    /// How much.
    async fn quantity(&self) -> Quantity {
        Quantity::in_unit(self.base_unit, self.quantity, self.quantity)
    }
}

fn by_day(days: &BTreeMap<Option<NaiveDate>, Decimal>, base_unit: UnitId) -> Vec<StockIncoming> {
    let incoming = |(day, quantity): (&Option<NaiveDate>, &Decimal)| StockIncoming {
        day: *day,
        quantity: *quantity,
        base_unit,
    };
    days.iter().map(incoming).collect()
}

/// What can be had of a product that there is.
pub(crate) async fn availability_of(
    ctx: &Context<'_>,
    (product, base_unit): (ProductId, UnitId),
    wanted: &Wanted,
) -> AppResult<StockAvailability> {
    let mut places = ctx.unit()?.load_list(StandingOf(product)).await?;
    places.retain(|place| wanted.is_at(place.warehouse));
    Ok(StockAvailability {
        product,
        base_unit,
        places,
        on: wanted.on,
    })
}

/// Queries on availability.
#[derive(Default)]
pub struct AvailabilityQuery;

#[Object]
impl AvailabilityQuery {
    /// What can be had of some products now, and by a day to come; in the order of the ids,
    /// null where there is no such product.
    #[graphql(
        guard = P::StockRead,
        directive = has_permission::apply(P::StockRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn availability(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which products; at most 200.")] product_ids: Vec<ProductId>,
        #[graphql(desc = "Only in these warehouses, at most 200; in all if absent.")]
        warehouse_ids: Option<Vec<WarehouseId>>,
        #[graphql(desc = "The day of `projected`.")] on: Option<NaiveDate>,
    ) -> AppResult<Vec<Option<StockAvailability>>> {
        if product_ids.len() > MOST {
            return Err(AppError::bad_input(
                "productIds",
                "may list at most 200 ids",
            ));
        }
        let wanted = Wanted::new(warehouse_ids, on)?;
        let lookups = product_ids.into_iter().map(|id| find(ctx, id, &wanted));
        futures_util::future::try_join_all(lookups).await
    }
}

async fn find(
    ctx: &Context<'_>,
    id: ProductId,
    wanted: &Wanted,
) -> AppResult<Option<StockAvailability>> {
    match ctx.unit()?.load(ProductById(id)).await? {
        Some(row) => Ok(Some(
            availability_of(ctx, (id, row.base_unit_id), wanted).await?,
        )),
        None => Ok(None),
    }
}
