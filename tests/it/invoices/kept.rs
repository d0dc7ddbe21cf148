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
        owner.batch_execute(&sql).await.unwrap();
        for table in ["invoices", "invoice_lines"] {
            let count = format!("SELECT count(*) FROM {table}");
            let row = owner.query_one(&count, &[]).await.unwrap();
            assert_eq!(row.get::<_, i64>(0), found, "{table}");
        }
        owner.batch_execute("ROLLBACK").await.unwrap();
    }
}
