//! What a backend keeps of its statements, and what of its transactions.

use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tubex::db::error::DbError;
use tubex::db::tenant_tables::{categories, products, units, warehouses};
use tubex::tenancy::{Access, TenantTx};

use super::Pool;
use crate::support::owner;

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Prepared statements of the backend that stand for `query`.
async fn prepared(tx: &mut TenantTx, query: &str) -> i64 {
    let count = format!(
        "SELECT count(*) AS number FROM pg_prepared_statements
         WHERE statement LIKE '%{query}' AND statement NOT LIKE '%pg_prepared%'"
    );
    let number: Number = diesel::sql_query(count).get_result(tx).await.unwrap();
    number.number
}

async fn statements_of_two_dealers(keep_plans: bool) -> i64 {
    let pool = Pool::with(2, |settings| {
        settings.size = 1;
        settings.keep_plans = keep_plans;
    })
    .await;
    let mut found = 0;
    for dealer in [0, 1, 0, 1] {
        let mut tx = pool.begin(dealer).await.unwrap();
        let rows: i64 = units::table.count().get_result(&mut tx).await.unwrap();
        assert!(rows > 0);
        found = prepared(&mut tx, "FROM \"units\"").await;
        tx.rollback().await.unwrap();
    }
    found
}

#[tokio::test]
async fn each_dealer_has_statements_of_his_own() {
    assert_eq!(statements_of_two_dealers(true).await, 2);
}

#[tokio::test]
async fn without_kept_plans_dealers_share_their_statements() {
    assert_eq!(statements_of_two_dealers(false).await, 1);
}

async fn count(tx: &mut TenantTx, which: usize) {
    let rows: Result<i64, _> = match which {
        0 => units::table.count().get_result(tx).await,
        1 => products::table.count().get_result(tx).await,
        _ => warehouses::table.count().get_result(tx).await,
    };
    assert!(rows.is_ok());
}

#[tokio::test]
async fn the_least_recently_used_statement_goes() {
    let pool = Pool::with(1, |settings| {
        settings.size = 1;
        settings.statements_per_backend = 2;
    })
    .await;
    let mut tx = pool.begin(0).await.unwrap();
    for which in [0, 1, 0, 2] {
        count(&mut tx, which).await;
    }
    // Units were used after products, so those had to make room.
    assert_eq!(prepared(&mut tx, "FROM \"units\"").await, 1);
    assert_eq!(prepared(&mut tx, "FROM \"products\"").await, 0);
    assert_eq!(prepared(&mut tx, "FROM \"warehouses\"").await, 1);
    tx.rollback().await.unwrap();
    assert_eq!(pool.metric(|m| &m.prepared), 3);
    assert_eq!(pool.metric(|m| &m.evicted), 1);
    assert_eq!(pool.pool.plans(), 2);
}

#[tokio::test]
async fn a_backend_that_takes_too_much_memory_is_replaced() {
    let pool = Pool::with(1, |settings| {
        settings.size = 1;
        settings.memory_per_backend = 1;
    })
    .await;
    // Weighed after 1,024 leases, and then closed.
    for _ in 0..1_030 {
        let mut tx = pool.begin(0).await.unwrap();
        count(&mut tx, 0).await;
        tx.rollback().await.unwrap();
    }
    assert!(pool.metric(|m| &m.memory) > 100_000);
    assert_eq!(pool.metric(|m| &m.recycled), 1);
    assert_eq!(pool.metric(|m| &m.opened), 2);
}

#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_is_not_said_to_be_committed() {
    let pool = Pool::with(1, |settings| settings.size = 1).await;
    let mut tx = pool.begin_to(0, Access::Write).await.unwrap();
    let now = tx.now();
    let written = diesel::insert_into(categories::table).values((
        categories::id.eq(uuid::Uuid::new_v4()),
        categories::code.eq("LOST"),
        categories::name.eq("Lost"),
        categories::version.eq(1),
        categories::created_at.eq(now),
        categories::updated_at.eq(now),
    ));
    assert_eq!(written.execute(&mut tx).await.unwrap(), 1);
    tx.batch_execute("SELECT 1 / 0").await.unwrap_err();
    let refused = tx.commit().await;
    assert!(matches!(refused, Err(DbError::Other(_))), "{refused:?}");
    let mut tx = pool.begin(0).await.unwrap();
    let rows: i64 = categories::table.count().get_result(&mut tx).await.unwrap();
    assert_eq!(rows, 0);
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn a_transaction_without_a_statement_leaves_the_connection_alone() {
    let pool = Pool::with(1, |settings| settings.size = 1).await;
    pool.begin(0).await.unwrap().rollback().await.unwrap();
    let tx = pool.begin_to(0, Access::Write).await.unwrap();
    tx.commit().await.unwrap();
    pool.request(0).await;
    assert_eq!(pool.metric(|m| &m.opened), 1);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone_and_its_connection_kept() {
    let pool = Pool::with(1, |settings| settings.size = 1).await;
    drop(pool.begin(0).await.unwrap());
    let mut tx = pool.begin_to(0, Access::Write).await.unwrap();
    let cleared = diesel::delete(units::table).execute(&mut tx).await.unwrap();
    assert!(cleared > 0);
    drop(tx);
    let mut tx = pool.begin(0).await.unwrap();
    let rows: i64 = units::table.count().get_result(&mut tx).await.unwrap();
    assert_eq!(usize::try_from(rows).unwrap(), cleared);
    tx.rollback().await.unwrap();
    assert_eq!(pool.metric(|m| &m.abandoned), 2);
    assert_eq!(pool.metric(|m| &m.opened), 1);
}

#[tokio::test]
async fn a_statement_whose_table_has_changed_is_prepared_anew() {
    let pool = Pool::with(1, |settings| settings.size = 1).await;
    let codes = async || {
        let mut tx = pool.begin(0).await.unwrap();
        let found = warehouses::table
            .select(warehouses::code)
            .load::<String>(&mut tx)
            .await;
        tx.rollback().await.unwrap();
        found
    };
    codes().await.unwrap();
    let schema = pool.contexts[0].dealer().schema.as_str();
    let change = format!("ALTER TABLE {schema}.warehouses ALTER COLUMN code TYPE varchar(80)");
    owner().await.batch_execute(&change).await.unwrap();
    // The plan is of no more use, which Postgres says only now.
    let lost = codes().await.unwrap_err().to_string();
    assert!(lost.contains("must not change result type"), "{lost}");
    codes().await.unwrap();
}

#[tokio::test]
async fn words_that_are_refused_refuse_the_statement_behind_them() {
    let pool = Pool::with(1, |settings| settings.size = 1).await;
    pool.request(0).await;
    let schema = pool.contexts[0].dealer().schema.as_str();
    let away = format!("ALTER ROLE {schema} RENAME TO {schema}x");
    owner().await.batch_execute(&away).await.unwrap();
    let mut tx = pool.begin(0).await.unwrap();
    let refused = units::table.count().get_result::<i64>(&mut tx).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("does not exist"), "{refused}");
    tx.rollback().await.unwrap();
    let back = format!("ALTER ROLE {schema}x RENAME TO {schema}");
    owner().await.batch_execute(&back).await.unwrap();
    let mut tx = pool.begin(0).await.unwrap();
    count(&mut tx, 0).await;
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn a_pooler_that_does_not_carry_statements_along_is_refused() {
    let direct = Pool::with(0, |_settings| {}).await;
    direct.pool.check().await.unwrap();
    // To the program, the server itself looks like a pooler that knows of none.
    let pooled = Pool::with(0, |settings| {
        settings.transaction_setup = "SET LOCAL lock_timeout = 5000; ".to_owned();
    })
    .await;
    let refused = pooled.pool.check().await;
    assert!(
        matches!(refused, Err(DbError::ForgetfulPooler)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_a_transaction_sets_up_is_in_force_in_it() {
    let pool = Pool::with(1, |settings| {
        settings.transaction_setup = "SET LOCAL lock_timeout = 4321; ".to_owned();
    })
    .await;
    let mut tx = pool.begin(0).await.unwrap();
    let query = "SELECT setting::bigint AS number FROM pg_settings WHERE name = 'lock_timeout'";
    let set: Number = diesel::sql_query(query).get_result(&mut tx).await.unwrap();
    assert_eq!(set.number, 4321);
    tx.rollback().await.unwrap();
}
