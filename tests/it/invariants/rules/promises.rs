//! What is promised follows from what is wanted and has not left.

use super::{Rule, rule};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "an order is promised what of it is to go, and no more",
            "SELECT l.id, o.state, l.sourcing, r.open, d.due
             FROM order_lines l JOIN orders o ON o.id = l.order_id
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(open), 0) AS open FROM stock_reservations r
                 WHERE r.source = 'ORDER' AND r.source_id = l.id) r
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(p.quantity) FILTER (WHERE d.state = 'DISPATCHED'), 0) AS away,
                        coalesce(bool_or(EXISTS (
                            SELECT FROM stock_movements m WHERE m.source_line = p.id AND m.kind = 'RETURN')), false) AS back
                 FROM delivery_lines p JOIN deliveries d ON d.id = p.delivery_id
                 WHERE p.order_line_id = l.id) a
             CROSS JOIN LATERAL (
                 SELECT CASE WHEN o.state = 'CONFIRMED' AND l.sourcing IN ('STOCK', 'SPECIAL')
                        THEN greatest(l.quantity - l.cancelled - l.delivered - a.away, 0) ELSE 0 END AS due) d
             WHERE r.open > d.due
                OR (r.open < d.due AND l.sourcing = 'STOCK' AND NOT a.back)",
            &[
                "UPDATE stock_reservations SET open = 0 WHERE source = 'ORDER'",
                "UPDATE orders SET state = 'CANCELLED' WHERE state = 'CONFIRMED'",
                "UPDATE order_lines SET delivered = quantity",
            ],
        ),
        rule(
            "a transfer is promised its goods until they leave",
            "SELECT t.id, t.state, r.open, l.quantity
             FROM stock_transfers t
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(open), 0) AS open FROM stock_reservations r
                 WHERE r.source = 'TRANSFER' AND r.source_id = t.id) r
             CROSS JOIN LATERAL (
                 SELECT sum(quantity) AS quantity FROM stock_transfer_lines l WHERE l.transfer_id = t.id) l
             WHERE r.open <> CASE t.state WHEN 'APPROVED' THEN l.quantity ELSE 0 END",
            &[
                "UPDATE stock_transfers SET state = 'CANCELLED' WHERE state = 'APPROVED'",
                "UPDATE stock_reservations SET open = 0 WHERE source = 'TRANSFER'",
            ],
        ),
        rule(
            "a promise is to something that there is",
            "SELECT r.id, r.source, r.source_id FROM stock_reservations r
             WHERE CASE r.source
                 WHEN 'ORDER' THEN NOT EXISTS (
                     SELECT FROM order_lines l WHERE l.id = r.source_id AND l.product_id = r.product_id)
                 WHEN 'TRANSFER' THEN NOT EXISTS (
                     SELECT FROM stock_transfers t WHERE t.id = r.source_id AND t.from_id = r.warehouse_id)
                 ELSE r.source_id <> r.id END",
            &["UPDATE stock_reservations SET source_id = gen_random_uuid()"],
        ),
    ]
}
