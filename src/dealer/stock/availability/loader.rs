//! Batched lookups of where products stand.

use std::collections::HashMap;

use super::model::Standing;
use super::sources;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::stock::{query as levels, warehouses};
use crate::error::AppResult;
use crate::graphql::loader::LoaderKey;
use crate::tenancy::TenantTx;

/// A product in each place in which there is some, was or will be, by warehouse code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StandingOf(pub ProductId);

impl LoaderKey for StandingOf {
    type Value = Vec<Standing>;

    /// One statement for the places, one for what lies there, and one for each source of
    /// what is to come, for all products.
    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<Standing>>> {
        let products: Vec<_> = keys.iter().map(|key| key.0).collect();
        let places = warehouses::query::stocked(tx).await?;
        let mut found = HashMap::new();
        for level in levels::find_by_products(tx, &products).await? {
            let nothing = Standing::nothing(level.warehouse_id);
            let standing = found.entry(level.place()).or_insert(nothing);
            standing.on_hand = level.on_hand;
            standing.reserved = level.reserved;
        }
        for coming in sources::incoming(tx, &products).await? {
            let nothing = Standing::nothing(coming.warehouse);
            let place = (coming.product, coming.warehouse);
            found.entry(place).or_insert(nothing).expect(&coming);
        }
        let mut of = |product: ProductId| {
            let known = places
                .iter()
                .filter_map(|place| found.remove(&(product, *place)));
            known.collect()
        };
        Ok(keys.iter().map(|key| (*key, of(key.0))).collect())
    }
}
