//! SQL of price changes.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Numeric, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::compute::Priced;
use crate::db::error::DbResult;
use crate::db::keyset::Predicate;
use crate::db::tenant_tables::products;
use crate::dealer::catalog::products::model::{ProductId, ProductRow};
use crate::tenancy::TenantTx;

/// A condition on products.
type Condition = Option<Predicate<products::table>>;

/// Ids and prices of the products in use that match, at most so many, by id.
pub(super) async fn prices(
    tx: &mut TenantTx,
    filter: Condition,
    most: i64,
) -> DbResult<Vec<Priced>> {
    let mut query = products::table
        .filter(products::archived_at.is_null())
        .order(products::id)
        .limit(most)
        .select((products::id, products::list_price))
        .into_boxed();
    if let Some(condition) = filter {
        query = query.filter(condition);
    }
    Ok(query.load(tx).await?)
}

/// The same, locked in the order of their ids against other changes.
pub(super) async fn prices_locked(tx: &mut TenantTx, ids: Vec<ProductId>) -> DbResult<Vec<Priced>> {
    let query = products::table
        .filter(products::id.eq_any(ids))
        .filter(products::archived_at.is_null())
        .order(products::id)
        .select((products::id, products::list_price))
        .for_no_key_update();
    Ok(query.load(tx).await?)
}

/// New prices of many products. diesel knows no UPDATE … FROM unnest.
#[derive(QueryId)]
struct Reprice {
    ids: Vec<Uuid>,
    prices: Vec<Decimal>,
    at: DateTime<Utc>,
}

impl QueryFragment<Pg> for Reprice {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "UPDATE products SET list_price = new.price, version = version + 1, updated_at = ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.at)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Numeric>, _>(&self.prices)?;
        out.push_sql(") AS new (id, price) WHERE products.id = new.id");
        Ok(())
    }
}

/// Gives products new prices, in one statement however many they are.
pub(super) async fn reprice(tx: &mut TenantTx, new: &[Priced]) -> DbResult<usize> {
    let query = Reprice {
        ids: new.iter().map(|(id, _)| id.uuid()).collect(),
        prices: new.iter().map(|(_, price)| *price).collect(),
        at: tx.now(),
    };
    Ok(query.execute(tx).await?)
}

/// The products with these ids.
pub(super) async fn find_many(tx: &mut TenantTx, ids: Vec<ProductId>) -> DbResult<Vec<ProductRow>> {
    let query = products::table
        .filter(products::id.eq_any(ids))
        .order(products::id)
        .select(ProductRow::as_select());
    Ok(query.load(tx).await?)
}
