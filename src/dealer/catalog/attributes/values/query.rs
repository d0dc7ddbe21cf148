//! SQL of values.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::model::ValueRow;
use crate::db::error::DbResult;
use crate::db::tenant_tables::{attributes, product_attributes};
use crate::dealer::catalog::attributes::model::{AttributeId, AttributeRow};
use crate::dealer::catalog::products::model::ProductId;
use crate::tenancy::TenantTx;

/// The values of these products with their attributes, by code.
pub(super) async fn find_by_products(
    tx: &mut TenantTx,
    ids: &[ProductId],
) -> DbResult<Vec<(ValueRow, AttributeRow)>> {
    let query = product_attributes::table
        .inner_join(attributes::table)
        .filter(product_attributes::product_id.eq_any(ids.to_vec()))
        .order((product_attributes::product_id, attributes::code))
        .select((ValueRow::as_select(), AttributeRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The attributes that these products have a value of.
pub(super) async fn known(
    tx: &mut TenantTx,
    products: &[ProductId],
) -> DbResult<Vec<(ProductId, AttributeId)>> {
    let query = product_attributes::table
        .filter(product_attributes::product_id.eq_any(products.to_vec()))
        .select((
            product_attributes::product_id,
            product_attributes::attribute_id,
        ));
    Ok(query.load(tx).await?)
}

/// Gives products values, in place of those they have.
pub(super) async fn put(tx: &mut TenantTx, rows: Vec<ValueRow>) -> DbResult<()> {
    let query = diesel::insert_into(product_attributes::table)
        .values(rows)
        .on_conflict((
            product_attributes::product_id,
            product_attributes::attribute_id,
        ))
        .do_update()
        .set((
            product_attributes::text_value.eq(excluded(product_attributes::text_value)),
            product_attributes::number_value.eq(excluded(product_attributes::number_value)),
            product_attributes::flag_value.eq(excluded(product_attributes::flag_value)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Takes the value of an attribute from products.
pub(super) async fn delete(
    tx: &mut TenantTx,
    attribute: AttributeId,
    products: Vec<ProductId>,
) -> DbResult<()> {
    let rows = product_attributes::table
        .filter(product_attributes::attribute_id.eq(attribute))
        .filter(product_attributes::product_id.eq_any(products));
    diesel::delete(rows).execute(tx).await?;
    Ok(())
}
