//! SQL of amounts: how products are measured.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::error::DbResult;
use crate::db::tenant_tables::{product_units, products, units};
use crate::dealer::catalog::products::model::{ProductId, ProductKind};
use crate::dealer::catalog::units::model::UnitId;
use crate::tenancy::TenantTx;

/// A unit of a product, beside what has to be known of the product.
#[derive(Queryable, Clone, Debug)]
pub(super) struct MeasuredRow {
    pub product_id: ProductId,
    pub unit_id: UnitId,
    pub num: i64,
    pub den: i64,
    pub scale: i16,
    pub base_unit_id: UnitId,
    pub kind: ProductKind,
}

/// All units of these products.
pub(super) async fn measured(
    tx: &mut TenantTx,
    products: &[ProductId],
) -> DbResult<Vec<MeasuredRow>> {
    let query = product_units::table
        .inner_join(units::table)
        .inner_join(products::table)
        .filter(product_units::product_id.eq_any(products.to_vec()))
        .select((
            product_units::product_id,
            product_units::unit_id,
            product_units::num,
            product_units::den,
            units::scale,
            products::base_unit_id,
            products::kind,
        ));
    Ok(query.load(tx).await?)
}

/// A unit of mass of a product: its code, and base units per one of it.
pub(super) type Mass = (ProductId, Option<String>, i64, i64);

/// Units of these products with one of these codes of Recommendation 20.
pub(super) async fn masses(
    tx: &mut TenantTx,
    products: &[ProductId],
    codes: &[&'static str],
) -> DbResult<Vec<Mass>> {
    let query = product_units::table
        .inner_join(units::table)
        .filter(product_units::product_id.eq_any(products.to_vec()))
        .filter(units::rec20_code.eq_any(codes.to_vec()))
        .order((product_units::product_id, units::rec20_code))
        .select((
            product_units::product_id,
            units::rec20_code,
            product_units::num,
            product_units::den,
        ));
    Ok(query.load(tx).await?)
}
