//! SQL of the proof.

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Numeric, Text};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use crate::db::error::DbResult;
use crate::tenancy::TenantTx;

/// A kept sum beside what it should be.
#[derive(diesel::QueryableByName, Clone, Debug)]
pub struct DifferenceRow {
    /// Which sums: DAY, PRODUCT or BUYER.
    #[diesel(sql_type = Text)]
    pub kept: String,
    /// Of which day.
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    /// How many sums of that day and kind are not what they should be.
    #[diesel(sql_type = BigInt)]
    pub sums: i64,
    /// What they say was sold.
    #[diesel(sql_type = Numeric)]
    pub net: Decimal,
    /// What lines say was sold.
    #[diesel(sql_type = Numeric)]
    pub net_of_lines: Decimal,
    /// What they say it had cost.
    #[diesel(sql_type = Numeric)]
    pub cost: Decimal,
    /// What lines say it had cost.
    #[diesel(sql_type = Numeric)]
    pub cost_of_lines: Decimal,
}

/// Each kind of sum: its table, and its key.
const KINDS: [(&str, &str, &str); 3] = [
    ("DAY", "sales_by_day", "day"),
    ("PRODUCT", "sales_by_product", "day, product_id"),
    (
        "BUYER",
        "sales_by_buyer",
        "day, customer_id, job_id, salesperson",
    ),
];

/// All lines of posted documents, credit notes below zero.
const LINES: &str = "\
    SELECT i.issued_on AS day, i.customer_id, coalesce(i.job_id, n.none) AS job_id, \
           coalesce(o.salesperson, n.none) AS salesperson, coalesce(l.product_id, n.none) AS product_id, \
           s.sign * l.net AS net, s.sign * l.quantity AS quantity, \
           CASE WHEN l.cost IS NULL AND (s.sign > 0 OR l.product_id IS NOT NULL) THEN 0 \
                ELSE s.sign * l.net END AS costed_net, \
           s.sign * coalesce(l.cost, 0) AS cost, (s.sign > 0)::int AS lines \
    FROM invoices i \
    JOIN invoice_lines l ON l.invoice_id = i.id \
    LEFT JOIN order_lines ol ON ol.id = l.order_line_id \
    LEFT JOIN orders o ON o.id = ol.order_id \
    CROSS JOIN (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS none) n \
    CROSS JOIN LATERAL (SELECT CASE i.kind WHEN 'CREDIT_NOTE' THEN -1 ELSE 1 END AS sign) s \
    WHERE i.state = 'POSTED'";

/// Days on which kept sums are not those of the lines, by day; at most `most`.
pub async fn differences(tx: &mut TenantTx, most: i64) -> DbResult<Vec<DifferenceRow>> {
    let parts = KINDS.map(difference).join(" UNION ALL ");
    #[expect(clippy::disallowed_methods, reason = "diesel joins no grouped query")]
    let query = diesel::sql_query(format!(
        "WITH lines AS MATERIALIZED ({LINES}) \
         SELECT * FROM ({parts}) d ORDER BY day, kept LIMIT $1"
    ));
    Ok(query.bind::<BigInt, _>(most).load(tx).await?)
}

/// The days of one kind of sum on which something differs. Nothing of it comes from outside.
fn difference((kind, table, key): (&str, &str, &str)) -> String {
    let (quantity, same_quantity) = if kind == "PRODUCT" {
        ("quantity", "k.quantity IS DISTINCT FROM m.quantity")
    } else {
        ("0 AS quantity", "false")
    };
    format!(
        "SELECT '{kind}' AS kept, day, count(*) AS sums, \
                coalesce(sum(k.net), 0) AS net, coalesce(sum(m.net), 0) AS net_of_lines, \
                coalesce(sum(k.cost), 0) AS cost, coalesce(sum(m.cost), 0) AS cost_of_lines \
         FROM (SELECT {key}, net, costed_net, cost, {quantity}, lines FROM {table}) k \
         FULL JOIN (SELECT {key}, sum(net) AS net, sum(costed_net) AS costed_net, \
                           sum(cost) AS cost, sum(quantity) AS quantity, sum(lines) AS lines \
                    FROM lines GROUP BY {key}) m USING ({key}) \
         WHERE k.net IS DISTINCT FROM m.net OR k.costed_net IS DISTINCT FROM m.costed_net \
            OR k.cost IS DISTINCT FROM m.cost OR k.lines IS DISTINCT FROM m.lines OR {same_quantity} \
         GROUP BY day"
    )
}
