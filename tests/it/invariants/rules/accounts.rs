//! Who owes what, and what settles it.

use super::{Rule, rule};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(
            "each entry is one item",
            "SELECT e.id, i.entry_id, e.amount, i.amount AS of_item
             FROM account_entries e FULL JOIN account_items i ON i.entry_id = e.id
             WHERE e.amount IS DISTINCT FROM i.amount OR e.customer_id IS DISTINCT FROM i.customer_id
                OR e.job_id IS DISTINCT FROM i.job_id OR e.document_on IS DISTINCT FROM i.document_on
                OR e.due_on IS DISTINCT FROM i.due_on",
            &[
                "UPDATE account_items SET amount = amount * 2 WHERE settled_on IS NULL",
                "UPDATE account_items SET due_on = due_on + 1",
                "UPDATE account_entries SET document_on = document_on - 1",
            ],
        ),
        rule(
            "an item is settled by its allocations, and never by more than it is",
            "SELECT i.entry_id, i.amount, i.allocated, a.allocated AS of_allocations FROM account_items i
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(CASE WHEN a.debit_entry_id = i.entry_id THEN a.amount ELSE -a.amount END), 0) AS allocated
                 FROM entry_allocations a WHERE i.entry_id IN (a.debit_entry_id, a.credit_entry_id)) a
             WHERE i.allocated <> a.allocated OR abs(i.allocated) > abs(i.amount) OR i.allocated * i.amount < 0
                OR (i.settled_on IS NOT NULL) <> (i.allocated = i.amount)",
            &[
                "UPDATE entry_allocations SET amount = amount + 0.01 WHERE amount > 0",
                "UPDATE account_items SET allocated = amount / 2 WHERE settled_on IS NULL",
            ],
        ),
        rule(
            "an allocation is of a credit and a debt of one customer",
            "SELECT a.id, c.amount AS credit, d.amount AS debit FROM entry_allocations a
             JOIN account_entries c ON c.id = a.credit_entry_id JOIN account_entries d ON d.id = a.debit_entry_id
             LEFT JOIN entry_allocations u ON u.id = a.undoes_id
             WHERE c.amount >= 0 OR d.amount <= 0 OR a.customer_id <> c.customer_id OR a.customer_id <> d.customer_id
                OR (a.undoes_id IS NOT NULL AND (a.amount <> -u.amount OR a.debit_entry_id <> u.debit_entry_id
                    OR a.credit_entry_id <> u.credit_entry_id))",
            &[
                "UPDATE entry_allocations SET customer_id = (SELECT id FROM customers WHERE id <> customer_id LIMIT 1)",
                "UPDATE entry_allocations SET credit_entry_id = debit_entry_id, debit_entry_id = credit_entry_id",
            ],
        ),
        rule(
            "what takes an entry back is its opposite",
            "SELECT r.id, r.amount, o.amount AS of_other FROM account_entries r JOIN account_entries o ON o.id = r.reverses_id
             WHERE r.amount <> -o.amount OR r.kind <> o.kind OR r.customer_id <> o.customer_id
                OR r.job_id IS DISTINCT FROM o.job_id OR r.document_on < o.document_on",
            &["UPDATE account_entries SET amount = amount + 0.01 WHERE reverses_id IS NOT NULL"],
        ),
        rule(
            "a document's entry has its document",
            "SELECT e.id, e.kind, e.source_id FROM account_entries e
             WHERE e.reverses_id IS NULL AND CASE
                 WHEN e.kind IN ('INVOICE', 'CREDIT_NOTE')
                     THEN NOT EXISTS (SELECT FROM invoices i WHERE i.entry_id = e.id)
                 WHEN e.kind IN ('PAYMENT', 'REFUND')
                     THEN NOT EXISTS (SELECT FROM payments p WHERE p.entry_id = e.id)
                 ELSE false END",
            &["UPDATE account_entries SET kind = 'CREDIT_NOTE' WHERE kind = 'PAYMENT' AND amount < 0"],
        ),
    ]
}
