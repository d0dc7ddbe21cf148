//! How far orders have come follows from their lines, and lines from other papers.

use super::{Rule, rule};

/// Net of so many base units of a line, in a currency with cents.
macro_rules! part {
    ($base:literal) => {
        concat!("round(l.net * (", $base, ") / l.quantity, 2)")
    };
}

/// What of a line came back before it was billed.
macro_rules! unbilled {
    () => {
        "greatest(l.returned - (SELECT coalesce(sum(c.quantity), 0) FROM invoice_lines c
             WHERE c.order_line_id = l.id AND c.credits_id IS NOT NULL AND NOT c.is_rebilled), 0)"
    };
}

const COUNTED: &str = "
    SELECT l.id, l.planned, p.planned AS of_deliveries, l.delivered, p.delivered AS handed_over, l.returned, b.returned AS back
    FROM order_lines l
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.quantity) FILTER (WHERE d.state IN ('PLANNED', 'LOADED', 'DISPATCHED')), 0) AS planned,
               coalesce(sum(p.delivered) FILTER (WHERE d.state = 'DELIVERED'), 0) AS delivered
        FROM delivery_lines p JOIN deliveries d ON d.id = p.delivery_id WHERE p.order_line_id = l.id) p
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(r.resaleable + r.spoilt), 0) AS returned
        FROM return_lines r WHERE r.order_line_id = l.id) b
    WHERE l.planned <> p.planned OR l.delivered <> p.delivered OR l.returned <> b.returned";

const BOUNDS: &str = "
    SELECT l.id, o.state, l.quantity, l.cancelled, l.planned, l.delivered, l.invoiced, l.returned
    FROM order_lines l JOIN orders o ON o.id = l.order_id
    WHERE l.planned + l.delivered > 1.1 * (l.quantity - l.cancelled)
       OR l.invoiced > greatest(l.quantity - l.cancelled, l.delivered)
       OR l.returned > l.delivered
       OR (o.state IN ('DRAFT', 'CANCELLED') AND l.planned + l.delivered + l.invoiced + l.returned <> 0)";

const PROGRESS: &str = concat!(
    "SELECT o.id, o.state, o.fulfilment, p.fulfilment AS fulfilment_of_lines, o.billing, p.billing AS billing_of_lines
     FROM orders o
     CROSS JOIN LATERAL (
         SELECT CASE WHEN coalesce(bool_and(l.delivered >= l.quantity - l.cancelled) FILTER (WHERE l.sourcing <> 'NONE'), true)
                     THEN 'FULL'
                     WHEN bool_or(l.delivered > 0) FILTER (WHERE l.sourcing <> 'NONE') THEN 'PARTIAL' ELSE 'NONE' END AS fulfilment,
                CASE WHEN coalesce(bool_and(l.invoiced >= greatest(l.quantity - l.cancelled, l.delivered) - ",
    unbilled!(),
    "), true) THEN 'FULL' WHEN bool_or(l.invoiced > 0) THEN 'PARTIAL' ELSE 'NONE' END AS billing,
                coalesce(bool_or(l.planned > 0), false) AS is_planned
         FROM order_lines l WHERE l.order_id = o.id) p
     WHERE CASE WHEN o.state IN ('CONFIRMED', 'CLOSED')
           THEN (o.fulfilment, o.billing) <> (p.fulfilment, p.billing)
                OR (o.state = 'CLOSED') <> (p.fulfilment = 'FULL' AND p.billing = 'FULL' AND NOT p.is_planned)
           ELSE o.state = 'DRAFT' AND (o.fulfilment, o.billing) <> ('NONE', 'NONE') END"
);

const SUMS: &str = concat!(
    "SELECT o.id, o.net, t.net AS net_of_lines, o.tax, t.tax AS tax_of_lines
     FROM orders o
     CROSS JOIN LATERAL (
         SELECT coalesce(sum(g.net), 0) AS net, coalesce(sum(round(g.net * g.tax_rate / 100, 2)), 0) AS tax
         FROM (SELECT l.tax_rate, sum(",
    part!("l.quantity - l.cancelled"),
    ") AS net FROM order_lines l WHERE l.order_id = o.id GROUP BY l.tax_rate) g) t
     WHERE o.net <> t.net OR o.tax <> t.tax"
);

/// Each bucket: what of a line is in it, as the base units behind the first so many, up to.
const COMMITTED: &str = concat!(
    "WITH parts AS (
         SELECT o.id, o.customer_id, o.job_id, o.state, l.tax_rate,
                CASE WHEN l.quantity - l.cancelled > greatest(l.delivered, l.invoiced) THEN ",
    part!("l.quantity - l.cancelled"),
    " - ",
    part!("greatest(l.delivered, l.invoiced)"),
    " ELSE 0 END AS ordered,
                CASE WHEN l.delivered - u.unbilled > l.invoiced THEN ",
    part!("l.delivered - u.unbilled"),
    " - ",
    part!("l.invoiced"),
    " ELSE 0 END AS delivered
         FROM orders o JOIN order_lines l ON l.order_id = o.id
         CROSS JOIN LATERAL (SELECT ",
    unbilled!(),
    " AS unbilled) u
         WHERE o.state IN ('CONFIRMED', 'CLOSED')),
     rates AS (SELECT id, customer_id, job_id, tax_rate, sum(ordered) AS ordered, sum(delivered) AS delivered
               FROM parts GROUP BY id, customer_id, job_id, tax_rate),
     gross AS (SELECT id, customer_id, job_id, sum(ordered + round(ordered * tax_rate / 100, 2)) AS ordered,
                      sum(delivered + round(delivered * tax_rate / 100, 2)) AS delivered
               FROM rates GROUP BY id, customer_id, job_id),
     due AS (SELECT 'ORDER' AS source_type, id AS source_id, customer_id, job_id, 'ORDERED' AS bucket, ordered AS amount
             FROM gross WHERE ordered > 0
             UNION ALL SELECT 'DELIVERY', id, customer_id, job_id, 'DELIVERED', delivered FROM gross WHERE delivered > 0)
     SELECT source_type, source_id, d.amount AS due, c.amount, c.bucket
     FROM due d FULL JOIN credit_commitments c USING (source_type, source_id)
     WHERE d.amount IS DISTINCT FROM c.amount OR d.bucket IS DISTINCT FROM c.bucket
        OR d.customer_id IS DISTINCT FROM c.customer_id OR d.job_id IS DISTINCT FROM c.job_id"
);

const DELIVERIES: &str = "
    SELECT d.id, d.state, l.order_line_id, l.quantity, l.delivered, m.gone, l.cost
    FROM deliveries d JOIN delivery_lines l ON l.delivery_id = d.id JOIN order_lines o ON o.id = l.order_line_id
    CROSS JOIN LATERAL (
        SELECT coalesce(-sum(m.quantity), 0) AS gone FROM stock_movements m
        WHERE m.source_id = d.id AND m.product_id = l.product_id) m
    CROSS JOIN LATERAL (
        SELECT sum(CASE d.state WHEN 'DISPATCHED' THEN s.quantity WHEN 'DELIVERED' THEN s.delivered ELSE 0 END) AS due
        FROM delivery_lines s JOIN order_lines w ON w.id = s.order_line_id
        WHERE s.delivery_id = d.id AND s.product_id = l.product_id AND w.sourcing IN ('STOCK', 'SPECIAL')) s
    WHERE (o.sourcing IN ('STOCK', 'SPECIAL') AND m.gone IS DISTINCT FROM s.due)
       OR (d.state = 'DELIVERED') <> (coalesce(l.delivered, 0) > 0 OR (d.state = 'DELIVERED' AND l.delivered IS NOT NULL))
       OR (d.state IN ('PLANNED', 'LOADED', 'DISPATCHED', 'CANCELLED')) <> (l.delivered IS NULL)";

const COSTS: &str = "
    SELECT d.id, l.cost, m.worth FROM deliveries d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.cost), 0) AS cost FROM delivery_lines l WHERE l.delivery_id = d.id) l
    CROSS JOIN LATERAL (
        SELECT coalesce(-sum(m.value), 0) AS worth FROM stock_movements m WHERE m.source_id = d.id) m
    WHERE l.cost <> m.worth";

const RETURNS: &str = "
    SELECT r.id, r.state, l.product_id, l.resaleable, m.back
    FROM returns r JOIN return_lines l ON l.return_id = r.id JOIN order_lines o ON o.id = l.order_line_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.quantity), 0) AS back FROM stock_movements m WHERE m.source_line = l.id) m
    WHERE (o.sourcing IN ('STOCK', 'SPECIAL') AND m.back <> l.resaleable)
       OR (r.state NOT IN ('RECEIVED', 'CREDITED') AND l.resaleable + l.spoilt <> 0)
       OR r.order_id <> o.order_id OR r.customer_id <> l.customer_id";

const QUOTES: &str = "
    SELECT q.id, q.state, q.net, t.net AS net_of_lines, q.tax, t.tax AS tax_of_lines
    FROM quotes q
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(g.net), 0) AS net, coalesce(sum(round(g.net * g.tax_rate / 100, 2)), 0) AS tax
        FROM (SELECT tax_rate, sum(net) AS net FROM quote_lines l WHERE l.quote_id = q.id GROUP BY tax_rate) g) t
    WHERE q.net <> t.net OR q.tax <> t.tax
       OR (q.state = 'CONVERTED') <> EXISTS (SELECT FROM orders o WHERE o.quote_id = q.id AND o.customer_id = q.customer_id)
       OR q.revision > (SELECT count(*) FROM quotes s WHERE s.number = q.number)";

#[expect(clippy::too_many_lines, reason = "a list, a rule after the other")]
pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "a line counts what other papers say of it",
            COUNTED,
            &[
                "UPDATE order_lines SET planned = planned + 1",
                "UPDATE order_lines SET delivered = delivered + 1",
                "UPDATE return_lines SET resaleable = resaleable / 2",
                "UPDATE deliveries SET state = 'CANCELLED' WHERE state = 'PLANNED'",
            ],
        ),
        rule(
            "no more of a line is done than is wanted",
            BOUNDS,
            &[
                "UPDATE order_lines SET delivered = quantity * 2",
                "UPDATE order_lines SET invoiced = quantity * 2",
                "UPDATE orders SET state = 'DRAFT'",
            ],
        ),
        rule(
            "an order is where its lines are",
            PROGRESS,
            &[
                "UPDATE orders SET fulfilment = 'FULL' WHERE state = 'CONFIRMED'",
                "UPDATE orders SET billing = 'NONE' WHERE billing = 'PARTIAL'",
                "UPDATE orders SET state = 'CLOSED' WHERE state = 'CONFIRMED'",
                "UPDATE order_lines SET invoiced = 0",
            ],
        ),
        rule(
            "an order comes to what its lines come to",
            SUMS,
            &[
                "UPDATE orders SET net = net + 0.01",
                "UPDATE orders SET tax = tax - 0.01",
                "UPDATE order_lines SET net = net + 1",
            ],
        ),
        rule(
            "every amount of an order is in one bucket",
            COMMITTED,
            &[
                "UPDATE credit_commitments SET amount = amount + 0.01",
                "DELETE FROM credit_commitments WHERE bucket = 'DELIVERED'",
                "DELETE FROM credit_commitments WHERE bucket = 'ORDERED'",
                "UPDATE credit_commitments SET bucket = 'ORDERED'",
                "UPDATE order_lines SET invoiced = 0",
            ],
        ),
        rule(
            "a delivery has moved what it says",
            DELIVERIES,
            &[
                "UPDATE deliveries SET state = 'PLANNED' WHERE state = 'DISPATCHED'",
                "UPDATE deliveries SET state = 'LOADED' WHERE state = 'DELIVERED'",
                "UPDATE delivery_lines SET delivered = delivered + 1",
            ],
        ),
        rule(
            "goods of a delivery cost what they were worth in stock",
            COSTS,
            &["UPDATE delivery_lines SET cost = cost + 0.0001"],
        ),
        rule(
            "a return brings back what it says",
            RETURNS,
            &[
                "UPDATE return_lines SET resaleable = resaleable / 2",
                "UPDATE returns SET state = 'APPROVED', credit_note_id = NULL",
            ],
        ),
        rule(
            "a quote comes to its lines, and to one order",
            QUOTES,
            &[
                "UPDATE quotes SET net = net + 0.01",
                "UPDATE quotes SET state = 'ACCEPTED' WHERE state = 'CONVERTED'",
                "UPDATE quotes SET revision = 3 WHERE state = 'DRAFT'",
            ],
        ),
    ]
}
