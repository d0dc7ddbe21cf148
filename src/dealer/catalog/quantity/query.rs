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
