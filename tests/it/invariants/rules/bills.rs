//! What is billed and credited.

use super::{Rule, rule};

const BILLED: &str = "
    SELECT l.id, l.invoiced, b.quantity, l.invoiced_net, b.net, l.invoiced_tax, b.tax
    FROM order_lines l
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(s.sign * b.quantity), 0) AS quantity, coalesce(sum(s.sign * b.net), 0) AS net,
               coalesce(sum(s.sign * b.tax), 0) AS tax
        FROM invoice_lines b
        CROSS JOIN LATERAL (SELECT CASE WHEN b.credits_id IS NULL THEN 1 WHEN b.is_rebilled THEN -1 ELSE 0 END AS sign) s
        WHERE b.order_line_id = l.id AND b.is_posted) b
    WHERE l.invoiced <> b.quantity OR l.invoiced_net <> b.net OR l.invoiced_tax <> b.tax";

/// Where something was billed anew or wanted anew, parts are no more steps of one whole.
const SHARES: &str = "
    SELECT o.id, l.tax_rate, sum(l.invoiced_net) AS net, sum(l.invoiced_tax) AS tax
    FROM orders o JOIN order_lines l ON l.order_id = o.id
    WHERE NOT EXISTS (
        SELECT FROM invoice_lines c JOIN order_lines s ON s.id = c.order_line_id
        WHERE s.order_id = o.id AND c.is_rebilled)
    GROUP BY o.id, l.tax_rate
    HAVING sum(l.invoiced_tax) <> round(sum(l.invoiced_net) * l.tax_rate / 100, 2)";

const ENTRIES: &str = "
    SELECT i.id, i.kind, i.number, i.net, i.tax, e.amount
    FROM invoices i LEFT JOIN account_entries e ON e.id = i.entry_id
    WHERE i.state = 'POSTED' AND (
        (i.net + i.tax = 0) <> (i.entry_id IS NULL)
        OR e.amount <> CASE i.kind WHEN 'INVOICE' THEN i.net + i.tax ELSE -(i.net + i.tax) END
        OR e.kind <> i.kind OR e.customer_id <> i.customer_id OR e.job_id IS DISTINCT FROM i.job_id
        OR e.document_on <> i.issued_on OR e.source_id IS DISTINCT FROM i.id)";

const CREDITS: &str = "
    SELECT b.id::text AS of, b.quantity, sum(c.quantity) AS credited, b.net, sum(c.net) AS net_credited
    FROM invoice_lines b JOIN invoice_lines c ON c.credits_line_id = b.id
    GROUP BY b.id HAVING sum(c.quantity) > b.quantity OR sum(c.net) > b.net
    UNION ALL
    SELECT b.invoice_id::text || ' at ' || b.tax_rate, b.net, c.net, b.tax, c.tax
    FROM (SELECT invoice_id, tax_rate, sum(net) AS net, sum(tax) AS tax FROM invoice_lines
          WHERE credits_id IS NULL GROUP BY invoice_id, tax_rate) b
    JOIN (SELECT credits_id, tax_rate, sum(net) AS net, sum(tax) AS tax FROM invoice_lines
          WHERE credits_id IS NOT NULL GROUP BY credits_id, tax_rate) c
        ON c.credits_id = b.invoice_id AND c.tax_rate = b.tax_rate
    WHERE c.net > b.net OR c.tax > b.tax";

/// Claims of drafts count as well.
const CLAIMS: &str = "
    SELECT l.id, l.delivered, b.billed FROM delivery_lines l
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE WHEN b.credits_id IS NULL THEN b.quantity WHEN b.is_rebilled THEN -b.quantity ELSE 0 END), 0)
               AS billed
        FROM invoice_lines b WHERE b.delivery_line_id = l.id) b
    WHERE b.billed > coalesce(l.delivered, 0)";

const PAYMENTS: &str = "
    SELECT p.id, p.state, p.amount, e.amount AS entered FROM payments p JOIN account_entries e ON e.id = p.entry_id
    WHERE e.amount <> CASE p.direction WHEN 'IN' THEN -p.amount ELSE p.amount END
       OR e.kind <> CASE p.direction WHEN 'IN' THEN 'PAYMENT' ELSE 'REFUND' END
       OR e.customer_id <> p.customer_id OR e.job_id IS DISTINCT FROM p.job_id
       OR (p.state = 'REVERSED') <> EXISTS (SELECT FROM account_entries r WHERE r.reverses_id = e.id)";

pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "an invoice comes to its lines",
            "SELECT i.id, i.state, i.net, l.net AS net_of_lines, i.tax, l.tax AS tax_of_lines FROM invoices i
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(net), 0) AS net, coalesce(sum(tax), 0) AS tax, bool_and(is_posted) AS all_posted,
                        bool_or(is_posted) AS some_posted, bool_and(customer_id = i.customer_id) AS is_his
                 FROM invoice_lines l WHERE l.invoice_id = i.id) l
             WHERE i.net <> l.net OR i.tax <> l.tax OR NOT coalesce(l.is_his, false)
                OR l.all_posted <> (i.state = 'POSTED') OR l.some_posted <> (i.state = 'POSTED')",
            &[
                "UPDATE invoices SET net = net + 0.01",
                "UPDATE invoice_lines SET tax = tax + 0.01",
                "UPDATE invoice_lines SET is_posted = NOT is_posted",
            ],
        ),
        rule(
            "a line of an order counts what is billed of it",
            BILLED,
            &[
                "UPDATE order_lines SET invoiced = invoiced + 1",
                "UPDATE order_lines SET invoiced_net = invoiced_net + 0.01",
                "UPDATE order_lines SET invoiced_tax = invoiced_tax + 0.01",
                "UPDATE invoice_lines SET is_rebilled = NOT is_rebilled WHERE credits_id IS NOT NULL",
            ],
        ),
        rule(
            "the tax on bills of an order is that on what they bill",
            SHARES,
            &["UPDATE order_lines SET invoiced_tax = invoiced_tax + 0.01"],
        ),
        rule(
            "what is posted is in the account",
            ENTRIES,
            &[
                "UPDATE account_entries SET amount = amount * 2 WHERE kind = 'INVOICE'",
                "UPDATE invoices SET entry_id = NULL WHERE kind = 'CREDIT_NOTE'",
                "UPDATE account_entries SET document_on = document_on - 1 WHERE kind = 'INVOICE'",
            ],
        ),
        rule(
            "no more is credited than was billed",
            CREDITS,
            &[
                "UPDATE invoice_lines SET quantity = quantity * 100 WHERE credits_id IS NOT NULL",
                "UPDATE invoice_lines SET net = net * 100 WHERE credits_id IS NOT NULL",
                "UPDATE invoice_lines SET tax = tax + 1000 WHERE credits_id IS NOT NULL",
            ],
        ),
        rule(
            "nothing that was delivered is billed twice",
            CLAIMS,
            &["UPDATE invoice_lines SET quantity = quantity * 2 WHERE delivery_line_id IS NOT NULL"],
        ),
        rule(
            "a payment is in the account, or was taken back",
            PAYMENTS,
            &[
                "UPDATE payments SET amount = amount + 0.01",
                "UPDATE payments SET state = 'RECORDED', reversed_at = NULL WHERE state = 'REVERSED'",
                "UPDATE account_entries SET customer_id = (
                     SELECT id FROM customers WHERE id <> customer_id LIMIT 1), job_id = NULL WHERE kind = 'PAYMENT'",
            ],
        ),
    ]
}
