//! The policies behind the portal, tried with SQL of an attacker's making.

use std::sync::Arc;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;
use tubex::auth::role::RoleCode;
use tubex::db::observe::StatementCount;
use tubex::demo::data::DEALERS;
use tubex::tenancy::{Access, TenantTx};

use crate::support::{Server, TestDealer, owner};

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

async fn count(tx: &mut TenantTx, from: &str) -> i64 {
    let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {from}"));
    let row: Count = query.get_result(tx).await.unwrap();
    row.count
}

/// A transaction of a contractor who stands for the dealer's first customer.
async fn contractors(server: &Server, dealer: &TestDealer, access: Access) -> TenantTx {
    let data = dealer
        .client
        .get("{ customers(first: 1) { nodes { id } } }")
        .await;
    let id = data["customers"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let client = server.client_as(dealer, dealer.owner, &[RoleCode::CUSTOMER], Some(id));
    let principal = server.app.tokens.verify(client.token().unwrap());
    let principal = principal.unwrap_or_else(|_| panic!("a token of our own"));
    let context = server.app.directory.admit(principal).await.unwrap();
    let count = StatementCount::default();
    let begun = server.app.tenants.begin(Arc::new(context), access, &count);
    begun.await.unwrap()
}

#[tokio::test]
async fn a_contractors_transaction_stands_on_his_rows_only() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let mut tx = contractors(&server, &dealer, Access::Write).await;
    assert_eq!(count(&mut tx, "customers").await, 1);
    assert_eq!(
        count(&mut tx, "(SELECT DISTINCT customer_id FROM jobs) j").await,
        1
    );
    assert!(count(&mut tx, "products").await > 10);
    // He changes, takes away and adds nothing of another.
    for sql in [
        "WITH gone AS (DELETE FROM jobs RETURNING 1) SELECT 1 / (count(*) / 1000) FROM gone",
        "UPDATE jobs SET customer_id = gen_random_uuid()",
        "UPDATE customers SET id = gen_random_uuid()",
        "INSERT INTO jobs SELECT gen_random_uuid(), gen_random_uuid(), code, name, address_line, city, \
         po_number, status, version, created_at, updated_at FROM jobs LIMIT 1",
    ] {
        let mut tx = contractors(&server, &dealer, Access::Write).await;
        assert!(tx.batch_execute(sql).await.is_err(), "{sql}");
    }
}

/// What a single statement could do to the setting: nothing. Only a second command
/// could, and there is no room for one in a prepared statement.
#[tokio::test]
async fn no_select_lifts_the_setting() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    for sql in [
        "SELECT set_config('tubex.customer', '', true)",
        "SELECT pg_catalog.set_config('tubex.customer', NULL, false)",
        "SELECT count(*) FROM customers, (SELECT set_config('tubex.customer', '', true)) s",
        "UPDATE pg_settings SET setting = '' WHERE name = 'tubex.customer'",
        "SELECT set_config('row_security', 'off', true)",
        "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_customer ON customers",
        "CREATE POLICY mine ON customers USING (true)",
    ] {
        let mut tx = contractors(&server, &dealer, Access::Write).await;
        let error = tx.batch_execute(sql).await.unwrap_err().to_string();
        let refused = error.contains("permission denied") || error.contains("must be owner");
        assert!(refused, "{sql}: {error}");
    }
    let mut tx = contractors(&server, &dealer, Access::Read).await;
    let two = diesel::sql_query("SELECT 1 AS count; RESET tubex.customer");
    let refused: Result<Count, _> = two.get_result(&mut tx).await;
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("multiple commands"), "{error}");
}

/// Every table with rows of a customer hides those of the others. A table that is
/// added without its policy fails here.
#[tokio::test]
async fn every_table_of_a_customers_rows_has_the_policy() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let tables = "
        SELECT c.relname::text, c.relrowsecurity,
               coalesce((SELECT string_agg(concat_ws(' ', p.polname, p.polcmd, p.polpermissive,
                             p.polroles::text, pg_get_expr(p.polqual, p.polrelid),
                             pg_get_expr(p.polwithcheck, p.polrelid)), '; ')
                         FROM pg_policy p WHERE p.polrelid = c.oid), ''),
               (SELECT bool_and(a.attnotnull) FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname IN ('id', 'customer_id'))
        FROM pg_class c
        WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r'
          -- Those of events and attachments are others: tests/it/events/guarded.rs, files/portal.rs.
          -- So are those of tables that only grow: tests/it/credit/kept.rs.
          -- Drafts of quotes are nobody's but the dealer's: tests/it/quotes/portal.rs.
          -- So are those of what is posted: tests/it/invoices/kept.rs.
          AND c.relname NOT IN ('invoices', 'invoice_lines', 'invoice_mails')
          AND c.relname NOT IN ('account_entries', 'attachments', 'entry_allocations', 'events', 'price_rules')
          AND c.relname <> 'quotes'
          AND (c.relname = 'customers' OR EXISTS (
              SELECT FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped))
        ORDER BY 1";
    let rows = owner()
        .await
        .query(tables, &[&dealer.schema])
        .await
        .unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(names.contains(&"customers".to_owned()) && names.contains(&"jobs".to_owned()));
    for row in &rows {
        let (name, is_on, policy): (String, bool, String) = (row.get(0), row.get(1), row.get(2));
        let is_there: bool = row.get(3);
        let column = if name == "customers" {
            "id"
        } else {
            "customer_id"
        };
        // A row without a customer would be everybody's.
        let column = if is_there {
            column.to_owned()
        } else {
            format!("COALESCE({column}, '{}'::uuid)", uuid::Uuid::nil())
        };
        let wanted = format!(
            "own_customer * t {{0}} COALESCE(({column} = (NULLIF(current_setting(\
             'tubex.customer'::text, true), ''::text))::uuid), true)"
        );
        let squeezed = policy.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((is_on, squeezed), (true, wanted), "{name}");
    }
}

/// Tables of which the dealer's own people alone see anything.
const OWN_PEOPLES: &[&str] = &[
    "goods_receipt_costs",
    "goods_receipt_lines",
    "goods_receipts",
    "lot_levels",
    "lot_movements",
    "lots",
    "purchase_order_lines",
    "purchase_orders",
    "stock_count_lines",
    "stock_counts",
    "stock_transfer_lines",
    "stock_transfers",
    "supplier_items",
    "suppliers",
];

/// What is bought of whom, and how goods are moved and counted, is none of a contractor's
/// business, whatever SQL is run for him.
#[tokio::test]
async fn a_contractors_transaction_finds_nothing_of_buying_and_moving() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    crate::purchasing::buy_some(&dealer).await;
    crate::stock::start_transfer(&dealer).await;
    crate::stock::count_some(&dealer).await;
    crate::stock::lots::bring_some(&dealer).await;
    let context = server.app.directory.admit_system(dealer.id, "test").await;
    let statements = StatementCount::default();
    let tenants = &server.app.tenants;
    let own = tenants.begin(Arc::new(context.unwrap()), Access::Read, &statements);
    let mut own = own.await.unwrap();
    for table in OWN_PEOPLES {
        if *table != "goods_receipt_costs" {
            assert!(count(&mut own, table).await > 0, "{table}");
        }
        let mut tx = contractors(&server, &dealer, Access::Write).await;
        assert_eq!(count(&mut tx, table).await, 0, "{table}");
    }
    for sql in [
        "INSERT INTO suppliers (id, code, name, terms_days, lead_days, tolerance, version, created_at, updated_at)
         VALUES (gen_random_uuid(), 'MINE', 'Mine', 0, 0, 0, 1, now(), now())",
        "WITH gone AS (DELETE FROM supplier_items RETURNING 1) SELECT 1 / count(*) FROM gone",
    ] {
        let mut tx = contractors(&server, &dealer, Access::Write).await;
        assert!(tx.batch_execute(sql).await.is_err(), "{sql}");
    }
}

/// A contractor costs one setting more; the dealer's own people nothing.
#[tokio::test]
async fn staff_reads_by_the_same_plan_and_the_same_words() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let id = dealer
        .client
        .get("{ customers(first: 1) { nodes { id } } }")
        .await;
    let id = &id["customers"]["nodes"][0]["id"];
    let uuid = id.as_str().unwrap().replace("cus_", "");
    let sql = format!("EXPLAIN (FORMAT JSON) SELECT name FROM customers WHERE id = '{uuid}'");
    let owner = owner().await;
    let words = format!(
        "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL search_path TO {0}; SET LOCAL ROLE {0}",
        dealer.schema
    );
    owner.batch_execute(&words).await.unwrap();
    let plan: String = {
        let rows = owner.simple_query(&sql).await.unwrap();
        let row = rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        row.unwrap().get(0).unwrap().to_owned()
    };
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan[0]["Plan"]["Node Type"], "Index Scan", "{plan:#}");
}
