//! What is bought, and what has come of it.

use super::{Rule, rule};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "a purchase order knows what has come",
            "SELECT l.id, o.state, l.quantity, l.received, c.came, l.is_open
             FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.order_id
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(quantity), 0) AS came FROM goods_receipt_lines r WHERE r.order_line_id = l.id) c
             WHERE l.received <> c.came
                OR l.is_open <> (o.state NOT IN ('CANCELLED', 'CLOSED') AND l.received < l.quantity)",
            &[
                "UPDATE purchase_order_lines SET received = received + 0.5",
                "UPDATE purchase_order_lines SET is_open = false",
                "UPDATE purchase_orders SET state = 'CLOSED'",
            ],
        ),
        rule(
            "a purchase order is where its lines are",
            "SELECT o.id, o.state, l.begun, l.whole FROM purchase_orders o
             CROSS JOIN LATERAL (
                 SELECT coalesce(bool_or(received > 0), false) AS begun, coalesce(bool_and(received >= quantity), false) AS whole
                 FROM purchase_order_lines l WHERE l.order_id = o.id) l
             WHERE CASE o.state
                 WHEN 'PARTIALLY_RECEIVED' THEN NOT l.begun OR l.whole
                 WHEN 'RECEIVED' THEN NOT l.whole
                 WHEN 'CLOSED' THEN false
                 ELSE l.begun END",
            &[
                "UPDATE purchase_orders SET state = 'RECEIVED'",
                "UPDATE purchase_orders SET state = 'SENT'",
            ],
        ),
        rule(
            "what a receipt brought lies in stock",
            "SELECT l.id, l.quantity, m.moved FROM goods_receipt_lines l JOIN goods_receipts r ON r.id = l.receipt_id
             CROSS JOIN LATERAL (
                 SELECT sum(quantity) AS moved FROM stock_movements m
                 WHERE m.source_line = l.id AND m.product_id = l.product_id AND m.warehouse_id = r.warehouse_id) m
             WHERE m.moved IS DISTINCT FROM l.quantity
               AND (m.moved IS NOT NULL OR (SELECT kind FROM products p WHERE p.id = l.product_id) = 'STOCK')",
            &["UPDATE goods_receipt_lines SET quantity = quantity + 1"],
        ),
        rule(
            "what it has cost to bring goods in is shared among them",
            "SELECT r.id, l.landed, c.landed AS in_all FROM goods_receipts r
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(landed_cost), 0) AS landed FROM goods_receipt_lines l WHERE l.receipt_id = r.id) l
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(amount), 0) AS landed FROM goods_receipt_costs c WHERE c.receipt_id = r.id) c
             WHERE l.landed <> c.landed",
            &["UPDATE goods_receipt_costs SET amount = amount + 0.01"],
        ),
    ]
}
