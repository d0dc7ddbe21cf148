//! What lies where follows from what moved.

use super::{Rule, rule};

#[expect(clippy::too_many_lines, reason = "a list, a rule after the other")]
pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "level is the sum of its movements",
            "SELECT l.product_id, l.warehouse_id, l.on_hand, m.moved, l.value, m.worth, l.movements, m.count, m.last
             FROM stock_levels l CROSS JOIN LATERAL (
                 SELECT coalesce(sum(quantity), 0) AS moved, coalesce(sum(value), 0) AS worth,
                        count(*) AS count, coalesce(max(number), 0) AS last
                 FROM stock_movements s
                 WHERE s.product_id = l.product_id AND s.warehouse_id = l.warehouse_id) m
             WHERE l.on_hand <> m.moved OR l.value <> m.worth OR l.movements <> m.count OR l.movements <> m.last",
            &[
                "UPDATE stock_levels SET on_hand = on_hand + 1",
                "UPDATE stock_levels SET value = value + 0.0001",
                "UPDATE stock_levels SET movements = movements + 1",
                "UPDATE stock_movements SET quantity = quantity - 1",
            ],
        ),
        rule(
            "each movement says what was there afterwards",
            "SELECT * FROM (
                 SELECT id, number, on_hand, sum(quantity) OVER o AS moved, on_hand_value, sum(value) OVER o AS worth,
                        at, lag(at) OVER o AS before
                 FROM stock_movements WINDOW o AS (PARTITION BY product_id, warehouse_id ORDER BY number)) c
             WHERE on_hand <> moved OR on_hand_value <> worth OR at < before",
            &[
                "UPDATE stock_movements SET on_hand = on_hand + 1",
                "UPDATE stock_movements SET on_hand_value = on_hand_value + 0.0001",
                "UPDATE stock_movements SET at = '2000-01-01' WHERE number > 1",
            ],
        ),
        rule(
            "reserved is the sum of what is open of reservations",
            "SELECT l.product_id, l.warehouse_id, l.reserved, r.open
             FROM stock_levels l CROSS JOIN LATERAL (
                 SELECT coalesce(sum(open), 0) AS open FROM stock_reservations s
                 WHERE s.product_id = l.product_id AND s.warehouse_id = l.warehouse_id) r
             WHERE l.reserved <> r.open",
            &[
                "UPDATE stock_levels SET reserved = reserved + 0.5 WHERE reserved < on_hand",
                "UPDATE stock_reservations SET open = 0 WHERE open > 0",
            ],
        ),
        rule(
            "nothing goes below zero that may not",
            "SELECT product_id, warehouse_id, on_hand, reserved FROM stock_levels
             WHERE reserved < 0 OR (NOT may_be_negative AND (on_hand < 0 OR reserved > on_hand))",
            &["ALTER TABLE stock_levels DROP CONSTRAINT stock_levels_on_hand_check,
                   DROP CONSTRAINT stock_levels_reserved_check;
               UPDATE stock_levels SET on_hand = -1"],
        ),
        rule(
            "nothing is worth nothing",
            "SELECT product_id, warehouse_id, value FROM stock_levels WHERE on_hand = 0 AND value <> 0",
            &["UPDATE stock_levels SET on_hand = 0, reserved = 0"],
        ),
        rule(
            "lots add up to their level",
            "SELECT l.product_id, l.warehouse_id, l.on_hand, v.in_lots
             FROM lot_products p JOIN stock_levels l ON l.product_id = p.product_id
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(v.on_hand), 0) AS in_lots FROM lot_levels v JOIN lots t ON t.id = v.lot_id
                 WHERE t.product_id = l.product_id AND v.warehouse_id = l.warehouse_id) v
             WHERE l.on_hand <> v.in_lots",
            &["UPDATE lot_levels SET on_hand = on_hand + 1"],
        ),
        rule(
            "a lot is the sum of its movements",
            "SELECT v.lot_id, v.warehouse_id, v.on_hand, k.moved
             FROM lot_levels v CROSS JOIN LATERAL (
                 SELECT coalesce(sum(k.quantity), 0) AS moved
                 FROM lot_movements k JOIN stock_movements s ON s.id = k.movement_id
                 WHERE k.lot_id = v.lot_id AND s.warehouse_id = v.warehouse_id) k
             WHERE v.on_hand <> k.moved",
            &["UPDATE lot_movements SET quantity = quantity * 2"],
        ),
        rule(
            "lots of a movement add up to it, and are of its product",
            "SELECT s.id, s.quantity, sum(k.quantity) AS in_lots
             FROM lot_movements k JOIN stock_movements s ON s.id = k.movement_id JOIN lots t ON t.id = k.lot_id
             GROUP BY s.id HAVING s.quantity <> sum(k.quantity) OR bool_or(t.product_id <> s.product_id)",
            &[
                "UPDATE lot_movements SET quantity = quantity * 2",
                "UPDATE lots SET product_id = (SELECT id FROM products WHERE id <> product_id LIMIT 1)",
            ],
        ),
    ]
}

/// Of papers that move goods within the shop.
pub fn of_papers() -> Vec<Rule> {
    vec![
        rule(
            "a transfer loses and makes nothing on its way",
            "SELECT t.id, t.state, l.product_id, m.gone, m.come, m.under_way
             FROM stock_transfers t JOIN stock_transfer_lines l ON l.transfer_id = t.id
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(quantity) FILTER (WHERE warehouse_id = t.from_id), 0) AS gone,
                        coalesce(sum(quantity) FILTER (WHERE warehouse_id = t.to_id), 0) AS come,
                        coalesce(sum(quantity) FILTER (WHERE warehouse_id = t.transit_id), 0) AS under_way
                 FROM stock_movements s WHERE s.source_id = t.id AND s.product_id = l.product_id) m
             WHERE m.gone <> CASE WHEN t.state IN ('DISPATCHED', 'RECEIVED') THEN -l.quantity ELSE 0 END
                OR m.come <> CASE t.state WHEN 'RECEIVED' THEN l.received ELSE 0 END
                OR m.under_way <> CASE t.state WHEN 'DISPATCHED' THEN l.quantity ELSE 0 END
                OR (t.state = 'RECEIVED') <> (l.received IS NOT NULL)",
            &[
                "UPDATE stock_transfers SET state = 'DISPATCHED' WHERE state = 'APPROVED'",
                "UPDATE stock_transfers SET state = 'APPROVED' WHERE state = 'DISPATCHED'",
                "UPDATE stock_transfer_lines SET received = received + 1",
            ],
        ),
        rule(
            "a count moves what it found beside the books",
            "SELECT c.id, c.state, l.product_id, l.expected, l.counted, m.moved, l.is_open
             FROM stock_counts c JOIN stock_count_lines l ON l.count_id = c.id
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(quantity), 0) AS moved FROM stock_movements s
                 WHERE s.source_id = c.id AND s.product_id = l.product_id) m
             WHERE m.moved <> CASE c.state WHEN 'POSTED' THEN coalesce(l.counted - l.expected, 0) ELSE 0 END
                OR l.is_open <> (c.state = 'OPEN')",
            &[
                "UPDATE stock_count_lines SET counted = counted + 1",
                "UPDATE stock_counts SET state = 'CANCELLED'",
            ],
        ),
    ]
}
