//! What the database itself keeps: what is posted is found by nobody who changes or deletes.

use std::sync::Arc;

use diesel_async::RunQueryDsl;
use serde_json::json;
use tubex::db::observe::StatementCount;
use tubex::tenancy::{Access, TenantTx};

use super::{Desk, line};
use crate::support::owner;

async fn begin(desk: &Desk) -> TenantTx {
    let app = &desk.yard.server.app;
    let context = app.directory.admit_system(desk.dealer().id, "tests").await;
    let (context, count) = (Arc::new(context.unwrap()), StatementCount::default());
    let begun = app.tenants.begin(context, Access::Write, &count).await;
    begun.unwrap()
}

/// A desk with an invoice that is posted and one that is not.
async fn desk() -> Desk {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    desk.billed(json!([line(&sand, "1", "3")])).await;
    let order = desk.ordered(json!([line(&sand, "1", "1")])).await;
    desk.draft_of(&order, "ORDERED").await;
    desk
}

#[tokio::test]
async fn the_dealers_role_changes_drafts_alone() {
    let desk = desk().await;
    for (sql, found) in [
        ("UPDATE invoices SET note = 'mine'", 1),
        ("UPDATE invoices SET net = 0 WHERE state = 'POSTED'", 0),
        ("UPDATE invoice_lines SET net = 0", 1),
        ("DELETE FROM invoice_lines", 1),
        ("DELETE FROM invoices WHERE state = 'POSTED'", 0),
    ] {
        let mut tx = begin(&desk).await;
        let rows = diesel::sql_query(sql).execute(&mut tx).await;
        assert_eq!(rows.unwrap(), found, "{sql}");
    }
}

/// With what an invoice was posted, and to whom it was mailed, stays as it was.
#[tokio::test]
async fn the_dealers_role_changes_nothing_of_what_was_set_and_sent() {
    let desk = desk().await;
    let mut tx = begin(&desk).await;
    for sql in [
        "INSERT INTO invoice_settings (id, version, is_mailed, created_at) \
         VALUES (gen_random_uuid(), 1, false, now())",
        "INSERT INTO invoice_mails (id, invoice_id, customer_id, sent_to, created_at) \
         SELECT gen_random_uuid(), id, customer_id, 'a@test.example', now() FROM invoices \
         WHERE state = 'POSTED'",
    ] {
        let rows = diesel::sql_query(sql).execute(&mut tx).await;
        assert_eq!(rows.unwrap(), 1, "{sql}");
    }
    for sql in [
        "UPDATE invoice_settings SET name = 'mine'",
        "DELETE FROM invoice_settings",
        "UPDATE invoice_mails SET sent_to = 'b@test.example'",
        "DELETE FROM invoice_mails",
    ] {
        let rows = diesel::sql_query(sql).execute(&mut tx).await;
        assert_eq!(rows.unwrap(), 0, "{sql}");
    }
}

/// Their policies differ from those of other tables, which `permissions::policies` looks at.
#[tokio::test]
async fn a_contractor_finds_what_is_posted_of_his_own() {
    let desk = desk().await;
    let other = super::customer(desk.client(), "OTH", "9").await;
    for (customer, found) in [(&desk.customer, 1_i64), (&other, 0)] {
        let uuid = customer.split_once('_').unwrap().1;
        let schema = &desk.dealer().schema;
        let sql = format!(
            "BEGIN; SET LOCAL tubex.customer TO '{uuid}'; SET LOCAL search_path TO {schema};
             SET LOCAL ROLE {schema}"
        );
        let owner = owner().await;
        let mail = format!(
            "INSERT INTO {schema}.invoice_mails (id, invoice_id, customer_id, sent_to, created_at)
             SELECT gen_random_uuid(), id, customer_id, 'a@test.example', now()
             FROM {schema}.invoices WHERE state = 'POSTED' AND NOT EXISTS (SELECT FROM {schema}.invoice_mails)"
        );
        owner.batch_execute(&mail).await.unwrap();
        owner.batch_execute(&sql).await.unwrap();
        for table in ["invoices", "invoice_lines", "invoice_mails"] {
            let count = format!("SELECT count(*) FROM {table}");
            let row = owner.query_one(&count, &[]).await.unwrap();
            assert_eq!(row.get::<_, i64>(0), found, "{table}");
        }
        owner.batch_execute("ROLLBACK").await.unwrap();
    }
}
