//! Numbers, events and the audit log.

use tokio_postgres::Client;

use super::{Rule, rule};

/// Kinds of numbers: the counter's, and where they stand.
const NUMBERED: [(&str, &str); 12] = [
    ("ord", "orders"),
    ("quo", "(SELECT DISTINCT number FROM quotes) q"),
    ("dlv", "deliveries"),
    ("run", "delivery_runs"),
    ("ret", "returns"),
    ("por", "purchase_orders"),
    ("grc", "goods_receipts"),
    ("trf", "stock_transfers"),
    ("cnt", "stock_counts"),
    ("pay", "payments"),
    (
        "ivc",
        "(SELECT number FROM invoices WHERE kind = 'INVOICE' AND number IS NOT NULL) i",
    ),
    (
        "ivc.credit_note",
        "(SELECT number FROM invoices WHERE kind = 'CREDIT_NOTE' AND number IS NOT NULL) i",
    ),
];

/// What is told once of each of these rows.
const TOLD: [(&str, &str); 22] = [
    ("customer.created", "customers"),
    ("delivery.delivered", "deliveries WHERE state = 'DELIVERED'"),
    ("delivery.failed", "deliveries WHERE state = 'FAILED'"),
    ("goods_receipt.posted", "goods_receipts"),
    (
        "invoice.credit_note_posted",
        "invoices WHERE kind = 'CREDIT_NOTE'",
    ),
    (
        "invoice.posted",
        "invoices WHERE kind = 'INVOICE' AND state = 'POSTED'",
    ),
    ("job.created", "jobs"),
    ("movement.posted", "stock_movements"),
    ("order.confirmed", "orders WHERE confirmed_at IS NOT NULL"),
    ("order.created", "orders"),
    ("payment.recorded", "payments WHERE direction = 'IN'"),
    ("payment.refunded", "payments WHERE direction = 'OUT'"),
    ("payment.reversed", "payments WHERE state = 'REVERSED'"),
    ("purchase_order.created", "purchase_orders"),
    ("return.credited", "returns WHERE state = 'CREDITED'"),
    ("return.received", "returns WHERE received_at IS NOT NULL"),
    ("return.requested", "returns"),
    ("stock_count.opened", "stock_counts"),
    ("stock_count.posted", "stock_counts WHERE state = 'POSTED'"),
    ("supplier.created", "suppliers"),
    ("transfer.created", "stock_transfers"),
    (
        "transfer.received",
        "stock_transfers WHERE state = 'RECEIVED'",
    ),
];

fn numbers() -> String {
    let series = NUMBERED.map(|(kind, table)| {
        format!(
            "SELECT '{kind}' AS kind, count(*) AS count, count(DISTINCT number) AS different,
                    coalesce(min(number), 1) AS first, coalesce(max(number), 0) AS last FROM {table}"
        )
    });
    format!(
        "SELECT n.*, c.last AS counter FROM ({}) n LEFT JOIN document_counters c ON c.kind = n.kind
         WHERE n.count <> n.different OR n.count <> n.last OR n.first <> 1 OR coalesce(c.last, 0) <> n.last",
        series.join(" UNION ALL ")
    )
}

fn told() -> String {
    let rows =
        TOLD.map(|(name, rows)| format!("SELECT '{name}' AS name, id, true AS here FROM {rows}"));
    let names = TOLD.map(|(name, _)| format!("'{name}'")).join(", ");
    format!(
        "SELECT name, id, r.here, t.count FROM ({}) r
         FULL JOIN (SELECT name, entity_id AS id, count(*) AS count FROM events
                    WHERE name IN ({names}) GROUP BY name, entity_id) t USING (name, id)
         WHERE t.count IS DISTINCT FROM 1 OR r.here IS NULL",
        rows.join(" UNION ALL ")
    )
}

pub fn rules() -> Vec<Rule> {
    vec![
        Rule {
            name: "numbers have no gaps",
            sql: numbers(),
            breaks: &[
                "UPDATE document_counters SET last = last + 1",
                "UPDATE orders SET number = number + 100",
                "UPDATE invoices SET number = 7 WHERE kind = 'CREDIT_NOTE' AND number = 1",
            ],
        },
        rule(
            "dates run with numbers",
            "SELECT * FROM (
                 SELECT id, kind, number, issued_on, lag(issued_on) OVER (PARTITION BY kind ORDER BY number) AS before
                 FROM invoices WHERE number IS NOT NULL) d
             WHERE issued_on < before",
            &["UPDATE invoices SET issued_on = '2000-01-01' WHERE kind = 'INVOICE' AND number = 2"],
        ),
        rule(
            "events have no gaps",
            "SELECT * FROM (SELECT count(*) AS count, coalesce(min(id), 1) AS first, coalesce(max(id), 0) AS last FROM events) e
             CROSS JOIN (SELECT coalesce(max(last), 0) AS counter FROM event_counter) c
             WHERE count <> last OR first <> 1 OR last <> counter",
            &[
                "DELETE FROM events WHERE id = 3",
                "UPDATE event_counter SET last = last + 1",
            ],
        ),
        Rule {
            name: "each change is told once",
            sql: told(),
            breaks: &[
                "UPDATE events SET name = 'order.amended' WHERE name = 'order.confirmed'",
                "UPDATE events SET entity_id = gen_random_uuid() WHERE name = 'movement.posted'",
                "INSERT INTO events SELECT e.id + 100000, e.name, e.version, e.entity, e.entity_id, e.customer_id,
                     e.is_public, e.payload, e.actor, e.request_id, e.at FROM events e WHERE name = 'invoice.posted'",
            ],
        },
        rule(
            "each entry of an account is told",
            "SELECT * FROM (SELECT customer_id AS id, count(*) AS entries FROM account_entries GROUP BY customer_id) r
             FULL JOIN (SELECT entity_id AS id, count(*) AS told FROM events
                        WHERE name = 'account.entry_posted' GROUP BY entity_id) t USING (id)
             WHERE entries IS DISTINCT FROM told",
            &["UPDATE events SET name = 'account.allocated' WHERE name = 'account.entry_posted'"],
        ),
        rule(
            "versions that are told grow",
            "SELECT * FROM (
                 SELECT id, name, entity_id, (payload ->> 'recordVersion')::bigint AS version,
                        lag((payload ->> 'recordVersion')::bigint) OVER (PARTITION BY entity, entity_id ORDER BY id) AS before
                 FROM events WHERE payload ? 'recordVersion') v
             WHERE version < before",
            &["UPDATE events SET payload = jsonb_set(payload, '{recordVersion}', '99') WHERE name LIKE '%.created'"],
        ),
        // Settings, and names of taxes, are read when they are needed: nobody follows them.
        rule(
            "whoever changes rows tells of it",
            "SELECT a.request_id, array_agg(DISTINCT a.entity || ' ' || a.action) AS rows FROM audit_log a
             WHERE a.request_id IS NOT NULL AND a.action IN ('INSERT', 'UPDATE', 'DELETE')
               AND a.entity NOT IN ('tax_classes', 'credit_settings', 'invoice_settings', 'payment_reminder_settings')
               AND NOT EXISTS (SELECT FROM events e WHERE e.request_id = a.request_id)
             GROUP BY a.request_id",
            &["UPDATE events SET request_id = gen_random_uuid() WHERE name = 'order.confirmed'"],
        ),
    ]
}

/// What holds of the audit log for each table that it knows of; the tables as the catalog has them.
pub async fn of_tables(client: &Client) -> [Rule; 2] {
    // The words of the trigger: the table, then its key.
    let audited = "SELECT c.relname::text, split_part(split_part(encode(t.tgargs, 'escape'), '\\000', 2), ',', 1),
            EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'version' AND NOT a.attisdropped)
                AND (SELECT count(*) = 1 FROM pg_index i, unnest(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgfoid = 'spine.audit'::regproc AND c.relnamespace = current_schema()::text::regnamespace
        ORDER BY 1";
    let tables = client.query(audited, &[]).await.unwrap();
    assert!(tables.len() > 40, "{} tables are audited", tables.len());
    let (mut rows, mut versions) = (Vec::new(), Vec::new());
    for table in &tables {
        let (name, key, has_version): (&str, &str, bool) =
            (table.get(0), table.get(1), table.get(2));
        rows.push(format!(
            "SELECT '{name}' AS entity, {key}::text AS entity_id, count(*) AS count FROM {name} GROUP BY 2"
        ));
        if has_version {
            versions.push(format!(
                "SELECT '{name}' AS entity, {key}::text AS entity_id, version::text AS version FROM {name}"
            ));
        }
    }
    [
        Rule {
            name: "every row that came or went is in the audit log",
            sql: format!(
                "SELECT entity, entity_id, r.count, a.count AS audited FROM ({}) r
                 FULL JOIN (SELECT entity, entity_id, sum(CASE action WHEN 'INSERT' THEN 1 ELSE -1 END) AS count
                            FROM audit_log WHERE action IN ('INSERT', 'DELETE') GROUP BY entity, entity_id) a
                     USING (entity, entity_id)
                 WHERE coalesce(r.count, 0) <> coalesce(a.count, 0)",
                rows.join(" UNION ALL ")
            ),
            breaks: &[
                "ALTER TABLE stock_reservations DISABLE TRIGGER audit; DELETE FROM stock_reservations",
                "ALTER TABLE credit_settings DISABLE TRIGGER audit;
                 INSERT INTO credit_settings VALUES (1, 30, 1, now())",
            ],
        },
        Rule {
            name: "the audit log knows the version of each record",
            sql: format!(
                "SELECT entity, entity_id, r.version, a.version AS audited FROM ({}) r
                 LEFT JOIN (SELECT DISTINCT ON (entity, entity_id) entity, entity_id, new ->> 'version' AS version
                            FROM audit_log WHERE new ? 'version' AND action IN ('INSERT', 'UPDATE')
                            ORDER BY entity, entity_id, id DESC) a USING (entity, entity_id)
                 WHERE r.version IS DISTINCT FROM a.version",
                versions.join(" UNION ALL ")
            ),
            breaks: &["ALTER TABLE orders DISABLE TRIGGER audit; UPDATE orders SET version = version + 1"],
        },
    ]
}
