//! Sums of sales are those of the lines of what is posted.

use super::{Rule, rule};

/// All lines of posted papers, credit notes below zero.
macro_rules! lines {
    () => {
        "SELECT i.issued_on AS day, i.customer_id, coalesce(i.job_id, n.nil) AS job_id,
                coalesce(o.salesperson, n.nil) AS salesperson, coalesce(l.product_id, n.nil) AS product_id,
                s.sign * l.net AS net, s.sign * l.quantity AS quantity, s.sign * coalesce(l.cost, 0) AS cost,
                CASE WHEN l.cost IS NOT NULL OR (s.sign < 0 AND l.product_id IS NULL) THEN s.sign * l.net ELSE 0 END AS costed_net,
                CASE WHEN s.sign > 0 THEN 1 ELSE 0 END AS lines
         FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
         LEFT JOIN order_lines ol ON ol.id = l.order_line_id LEFT JOIN orders o ON o.id = ol.order_id
         CROSS JOIN (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS nil) n
         CROSS JOIN LATERAL (SELECT CASE i.kind WHEN 'INVOICE' THEN 1 ELSE -1 END AS sign) s
         WHERE i.state = 'POSTED'"
    };
}

/// The sums of one kind that are not those of the lines.
macro_rules! wrong {
    ($table:literal, $key:literal, $more:literal) => {
        concat!(
            "SELECT ",
            $key,
            ", k.net, m.net AS net_of_lines, k.cost, m.cost AS cost_of_lines
             FROM ",
            $table,
            " k FULL JOIN (
                 SELECT ",
            $key,
            ", sum(net) AS net, sum(costed_net) AS costed_net, sum(cost) AS cost,
                        sum(quantity) AS quantity, sum(lines) AS lines
                 FROM (",
            lines!(),
            ") v GROUP BY ",
            $key,
            ") m USING (",
            $key,
            ")
             WHERE k.net IS DISTINCT FROM m.net OR k.costed_net IS DISTINCT FROM m.costed_net
                OR k.cost IS DISTINCT FROM m.cost OR k.lines IS DISTINCT FROM m.lines",
            $more
        )
    };
}

pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "sales of a day are those of its papers",
            wrong!("sales_by_day", "day", ""),
            &[
                "UPDATE sales_by_day SET net = net + 0.01",
                "UPDATE sales_by_day SET cost = cost + 0.01",
                "UPDATE sales_by_day SET lines = lines + 1",
            ],
        ),
        rule(
            "sales of a product are those of its lines",
            wrong!(
                "sales_by_product",
                "day, product_id",
                " OR k.quantity IS DISTINCT FROM m.quantity"
            ),
            &[
                "UPDATE sales_by_product SET quantity = quantity + 1",
                "UPDATE sales_by_product SET costed_net = costed_net + 0.01",
                "DELETE FROM sales_by_product",
            ],
        ),
        rule(
            "sales to a buyer are those of his papers",
            wrong!(
                "sales_by_buyer",
                "day, customer_id, job_id, salesperson",
                ""
            ),
            &[
                "UPDATE sales_by_buyer SET net = net + 0.01",
                "UPDATE sales_by_buyer SET job_id = gen_random_uuid()",
            ],
        ),
    ]
}
