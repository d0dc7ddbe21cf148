//! SQL of prices that are asked for.

use chrono::NaiveDate;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Buyer, BuyerFacts, Candidate};
use crate::db::error::DbResult;
use crate::db::tenant_tables::{
    customers, jobs, price_lists, price_rules, product_units, products,
};
use crate::dealer::calendar::{date, timezone};
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::lists::model::{PriceListId, PriceListRow};
use crate::dealer::prices::rules::model::PriceRuleRow;
use crate::tenancy::TenantTx;

diesel::define_sql_function! {
    /// The first of two ids that is there.
    #[sql_name = "coalesce"]
    fn first_id(one: Nullable<SqlUuid>, other: Nullable<SqlUuid>) -> Nullable<SqlUuid>;
}

/// The ids of a product's category and of those above it, the nearest first. diesel knows no
/// WITH RECURSIVE.
#[derive(Clone, Copy, Debug, QueryId)]
struct Path;

const PATH: &str = "ARRAY(WITH RECURSIVE above (id, parent_id, far) AS (\
    SELECT near.id, near.parent_id, 1 FROM categories near WHERE near.id = products.category_id \
    UNION ALL \
    SELECT next.id, next.parent_id, above.far + 1 FROM categories next \
    JOIN above ON next.id = above.parent_id WHERE above.far < 100\
) SELECT above.id FROM above ORDER BY above.far)";

impl Expression for Path {
    type SqlType = Array<SqlUuid>;
}

impl QueryFragment<Pg> for Path {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(PATH);
        Ok(())
    }
}

impl<QS> AppearsOnTable<QS> for Path {}
impl<QS> SelectableExpression<QS> for Path {}
impl<G> ValidGrouping<G> for Path {
    type IsAggregate = is_aggregate::No;
}

type ProductColumns = (ProductId, UnitId, Decimal, Option<Decimal>, Vec<Uuid>);
type UnitColumns = Option<(UnitId, i64, i64)>;
type CustomerColumns = Option<(CustomerId, Option<PriceListId>)>;
type JobColumns = Option<(JobId, CustomerId, Option<PriceListId>)>;

/// A product with one of its units, and the buyer.
pub(super) type FactsRow = (
    ProductColumns,
    UnitColumns,
    CustomerColumns,
    JobColumns,
    NaiveDate,
);

/// What is known of these products and the buyer, once for each unit of a product.
pub(super) async fn facts(
    tx: &mut TenantTx,
    ids: &[ProductId],
    buyer: &Buyer,
) -> DbResult<Vec<FactsRow>> {
    let zone = tx.context().dealer().timezone.clone();
    let whose = first_id(jobs::customer_id.nullable(), buyer.customer);
    let query = products::table
        .left_join(product_units::table)
        .left_join(jobs::table.on(jobs::id.nullable().eq(buyer.job)))
        .left_join(customers::table.on(customers::id.nullable().eq(whose)))
        .filter(products::id.eq_any(ids.to_vec()))
        .select((
            (
                products::id,
                products::base_unit_id,
                products::list_price,
                products::standard_cost,
                Path,
            ),
            (
                product_units::unit_id,
                product_units::num,
                product_units::den,
            )
                .nullable(),
            (customers::id, customers::price_list_id).nullable(),
            (jobs::id, jobs::customer_id, jobs::price_list_id).nullable(),
            date(timezone(zone, tx.now())),
        ));
    Ok(query.load(tx).await?)
}

/// All rules that may make the price of one of these products for the buyer on his day.
pub(super) async fn rules(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
    categories: Vec<CategoryId>,
    buyer: &BuyerFacts,
) -> DbResult<Vec<Candidate>> {
    let lists = [buyer.job_list, buyer.customer_list];
    let lists: Vec<PriceListId> = lists.into_iter().flatten().collect();
    let his_job = price_rules::job_id
        .is_null()
        .or(price_rules::job_id.is_not_distinct_from(buyer.job));
    let his = price_rules::customer_id
        .is_not_distinct_from(buyer.customer)
        .and(price_rules::customer_id.is_not_null())
        .and(his_job);
    let listed = price_rules::price_list_id
        .is_null()
        .or(price_lists::is_default
            .nullable()
            .is_not_distinct_from(true))
        .or(price_rules::price_list_id.assume_not_null().eq_any(lists));
    let for_all = price_rules::customer_id.is_null().and(listed);
    let about = price_rules::product_id
        .assume_not_null()
        .eq_any(products)
        .or(price_rules::category_id
            .assume_not_null()
            .eq_any(categories));
    let not_over = price_rules::valid_to
        .is_null()
        .or(price_rules::valid_to.assume_not_null().ge(buyer.at));
    let query = price_rules::table
        .left_join(price_lists::table)
        .filter(price_rules::valid_from.le(buyer.at))
        .filter(not_over)
        .filter(his.or(for_all))
        .filter(about)
        .select((
            PriceRuleRow::as_select(),
            Option::<PriceListRow>::as_select(),
        ));
    let rows: Vec<(PriceRuleRow, Option<PriceListRow>)> = query.load(tx).await?;
    let candidate = |(rule, list)| Candidate { rule, list };
    Ok(rows.into_iter().map(candidate).collect())
}
