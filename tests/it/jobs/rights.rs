//! What a dealer's role may do about jobs, and what the database refuses.

use diesel_async::SimpleAsyncConnection;
use secrecy::ExposeSecret;
use tubex::db::connect::Connector;

use super::{Act, LONG, Yard};

const ENQUEUE: &str =
    "SELECT spine.enqueue(gen_random_uuid(), 'test.deed', '\"Nothing\"', 5::smallint, 0, 3, NULL)";

async fn refusal(conn: &mut impl SimpleAsyncConnection, sql: &str) -> String {
    match conn.batch_execute(sql).await {
        Ok(()) => panic!("Postgres lets through: {sql}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_job_is_that_of_the_dealer_whose_role_is_set() {
    let yard = Yard::new("jobs_rights_own").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    for dealer in [&mine, &other] {
        let mut tx = yard.tx(dealer).await;
        tx.batch_execute(ENQUEUE).await.unwrap();
        // The path decides nothing.
        let path = format!("SET LOCAL search_path TO \"{}\", public", other.schema);
        tx.batch_execute(&path).await.unwrap();
        tx.batch_execute(ENQUEUE).await.unwrap();
        tx.commit().await.unwrap();
    }
    for dealer in [&mine, &other] {
        let his = format!("dealer_id = '{}'", dealer.id.uuid());
        assert_eq!(yard.count(&his).await, 2);
    }
    let worker = yard.worker(2, LONG);
    crate::support::until("all are done", async || {
        yard.count("state = 'DONE'").await == 4
    })
    .await;
    for ran in yard.log.all() {
        let dealer = ran.dealer.unwrap().0;
        assert_eq!(
            yard.job(ran.id, "dealer_id").await,
            dealer.uuid().to_string()
        );
        assert_eq!(ran.act, Act::Nothing);
    }
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_dealers_role_can_enqueue_and_nothing_else() {
    let yard = Yard::new("jobs_rights_refused").await;
    let (mine, other) = (yard.server.dealer().await, yard.server.dealer().await);
    yard.deed(&other, Act::Nothing).await;
    for sql in [
        "SELECT * FROM platform.jobs".to_owned(),
        "SELECT count(*) FROM platform.cron_slots".to_owned(),
        "DELETE FROM platform.jobs".to_owned(),
        "UPDATE platform.jobs SET state = 'QUEUED'".to_owned(),
        format!(
            "INSERT INTO platform.jobs (id, dealer_id) VALUES (gen_random_uuid(), '{}')",
            other.id.uuid()
        ),
        format!(
            "SELECT platform.put_job(gen_random_uuid(), '{}', 'test.deed', '{{}}', 5::smallint, 0, 3, NULL)",
            other.id.uuid()
        ),
        // The ways to another role, before the function is called and within its call.
        format!(
            "SELECT spine.enqueue(gen_random_uuid(), set_config('role', '{}', true), '{{}}', 5::smallint, 0, 3, NULL)",
            other.schema
        ),
        format!(
            "UPDATE pg_settings SET setting = '{}' WHERE name = 'role'",
            other.schema
        ),
        "CREATE FUNCTION spine.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'".to_owned(),
        "CREATE TABLE spine.mine (id int)".to_owned(),
        "DROP FUNCTION spine.enqueue".to_owned(),
        "ALTER FUNCTION spine.enqueue SECURITY INVOKER".to_owned(),
    ] {
        let message = refusal(&mut yard.tx(&mine).await, &sql).await;
        let refused = message.contains("permission denied") || message.contains("must be owner");
        assert!(refused, "{sql}: {message}");
    }
    // What he could say, and the table will not have.
    for (what, constraint) in [
        (
            "'platform.jobs.prune', '{}', 5::smallint, 0, 3, NULL",
            "jobs_dealer_check",
        ),
        (
            "'nonsense', '{}', 5::smallint, 0, 3, NULL",
            "jobs_kind_check",
        ),
        (
            "'test.deed', to_jsonb(repeat('x', 70000)), 5::smallint, 0, 3, NULL",
            "jobs_payload_check",
        ),
        (
            "'test.deed', '{}', 10::smallint, 0, 3, NULL",
            "jobs_priority_check",
        ),
        (
            "'test.deed', '{}', 5::smallint, 0, 1000, NULL",
            "jobs_max_attempts_check",
        ),
    ] {
        let sql = format!("SELECT spine.enqueue(gen_random_uuid(), {what})");
        let message = refusal(&mut yard.tx(&mine).await, &sql).await;
        assert!(message.contains(constraint), "{sql}: {message}");
    }
    let his = format!("dealer_id = '{}'", other.id.uuid());
    assert_eq!(yard.count(&his).await, yard.count("true").await);
    assert_eq!(yard.count("true").await, 1);
}

#[tokio::test]
async fn without_a_dealers_role_there_is_nothing_to_enqueue_for() {
    let yard = Yard::new("jobs_rights_bare").await;
    yard.server.dealer().await;
    let connector = Connector::new(None, 1).unwrap();
    for url in [
        &yard.server.database.database_url,
        &yard.server.database.database_owner_url,
    ] {
        let mut conn = connector
            .connect(url.expose_secret(), "SELECT 1")
            .await
            .unwrap();
        let message = refusal(&mut conn, ENQUEUE).await;
        assert!(message.contains("permission denied"), "{message}");
    }
}
