//! What the database itself keeps: entries and allocations are never changed, and sums hold.

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use tubex::tenancy::Access;

use super::Shop;
use crate::support::owner;

#[tokio::test]
async fn the_dealers_role_changes_no_entry_and_no_allocation() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    shop.owes(&customer, None, "50", "2026-01-01").await;
    let credit = shop.owes(&customer, None, "-20", "2026-01-01").await;
    let input = json!({ "creditEntryId": credit["id"] });
    shop.done("accountAllocate", "entry { id }", input).await;
    for sql in [
        "UPDATE account_entries SET amount = amount * 2",
        "DELETE FROM account_entries",
        "UPDATE entry_allocations SET amount = amount / 2",
        "DELETE FROM entry_allocations",
    ] {
        let mut tx = shop.begin(Access::Write).await;
        match diesel::sql_query(sql).execute(&mut tx).await {
            Ok(rows) => assert_eq!(rows, 0, "{sql}"),
            Err(error) => assert!(
                error.to_string().contains("permission denied"),
                "{sql}: {error}"
            ),
        }
    }
    for sql in [
        "TRUNCATE account_entries CASCADE",
        "TRUNCATE entry_allocations",
    ] {
        let mut tx = shop.begin(Access::Write).await;
        let error = tx.batch_execute(sql).await.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{sql}: {error}");
    }
}

/// Their policies differ from those of other tables, which `permissions::policies` looks at.
#[tokio::test]
async fn a_contractor_finds_and_adds_his_own_entries_alone() {
    let shop = Shop::open().await;
    let (one, other) = (shop.customer("A", "9").await, shop.customer("B", "9").await);
    for customer in [&one, &other] {
        shop.owes(customer, None, "20", "2026-01-01").await;
        let credit = shop.owes(customer, None, "-20", "2026-01-01").await;
        let input = json!({ "creditEntryId": credit["id"] });
        shop.done("accountAllocate", "entry { id }", input).await;
    }
    let read = "{ accountEntries { totalCount nodes { customer { id } allocations { id } } } }";
    let customer = one.parse().unwrap();
    let contractor = shop.server.contractor(&shop.dealer, customer).await.client;
    let data = contractor.get(read).await;
    assert_eq!(data["accountEntries"]["totalCount"], 2);
    assert_eq!(
        shop.get(read, json!({})).await["accountEntries"]["totalCount"],
        4
    );
    let uuid = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let (one, other) = (uuid(&one), uuid(&other));
    let sql = format!(
        "BEGIN; SET LOCAL tubex.customer TO '{one}'; SET LOCAL search_path TO {0}; SET LOCAL ROLE {0}",
        shop.dealer.schema
    );
    let owner = owner().await;
    owner.batch_execute(&sql).await.unwrap();
    for table in ["account_entries", "account_items", "entry_allocations"] {
        let count = format!(
            "SELECT count(DISTINCT customer_id), bool_and(customer_id = '{one}') FROM {table}"
        );
        let row = owner.query_one(&count, &[]).await.unwrap();
        assert_eq!(
            (row.get::<_, i64>(0), row.get::<_, bool>(1)),
            (1, true),
            "{table}"
        );
    }
    let add = format!(
        "INSERT INTO account_entries (id, customer_id, kind, amount, document_on, due_on, posted_at)
         VALUES (gen_random_uuid(), '{other}', 'OPENING', 1, '2026-01-01', '2026-01-01', now())"
    );
    let error = owner.batch_execute(&add).await.unwrap_err();
    let message = error.as_db_error().unwrap().message().to_owned();
    assert!(message.contains("row-level security"), "{message}");
}

#[tokio::test]
async fn what_can_not_be_is_refused_by_the_database() {
    let shop = Shop::open().await;
    let (one, other) = (
        shop.customer("A", "1000").await,
        shop.customer("B", "0").await,
    );
    let job = shop.job(&other, "LOT").await;
    shop.owes(&one, None, "50", "2026-01-01").await;
    let uuid = |id: &str| id.split_once('_').unwrap().1.to_owned();
    let (one, job) = (uuid(&one), uuid(&job));
    let entry = |kind: &str, amount: &str, job: &str| {
        format!(
        "INSERT INTO account_entries (id, customer_id, job_id, kind, amount, document_on, due_on, posted_at)
         VALUES (gen_random_uuid(), '{one}', {job}, '{kind}', {amount}, '2026-01-01', '2026-01-01', now())")
    };
    for (sql, constraint) in [
        (
            "UPDATE account_items SET allocated = amount + 1, settled_on = NULL".to_owned(),
            "allocated_check",
        ),
        (
            "UPDATE account_items SET allocated = -1".to_owned(),
            "allocated_check",
        ),
        (
            "UPDATE account_items SET allocated = amount".to_owned(),
            "settled_check",
        ),
        (entry("INVOICE", "-1", "NULL"), "sign_check"),
        (entry("PAYMENT", "1", "NULL"), "sign_check"),
        (entry("OPENING", "0", "NULL"), "amount_check"),
        // A job of somebody else.
        (entry("INVOICE", "1", &format!("'{job}'")), "job_exists"),
        (
            "UPDATE customers SET held_at = now()".to_owned(),
            "hold_check",
        ),
        (
            format!("UPDATE jobs SET hold_reason = 'x', held_at = now() WHERE id = '{job}'"),
            "hold_check",
        ),
    ] {
        let mut tx = shop.begin(Access::Write).await;
        let error = tx.batch_execute(&sql).await.unwrap_err().to_string();
        assert!(error.contains(constraint), "{sql}: {error}");
    }
}
