//! Provisioning can be cut short anywhere and is finished later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;
use tubex::app::Core;
use tubex::db::control_tables::dealers;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::directory::{DealerStatus, dealer_find};
use tubex::tenancy::migrate::{MigrateError, migrate_control};
use tubex::tenancy::provision::{NewDealer, dealer_insert_tx};
use tubex::tenancy::roles::prepare_request_role;

use crate::migrations::dump::dump;
use crate::support::{Server, Strike, empty_settings, named, owner_of};

/// A control plane in a database of its own, so that no other test's
/// half-made dealers are seen.
async fn core(database: &'static str) -> Core {
    let settings = empty_settings(database).await;
    let core = Core::new(&settings, 1, Clock::system()).unwrap();
    let role = core.request_role.clone();
    let prepare = move |conn: &mut _| {
        prepare_request_role(conn, &role, None)?;
        migrate_control(conn).map(drop)
    };
    core.owner.run(prepare).await.unwrap();
    core
}

fn new_dealer() -> NewDealer {
    NewDealer {
        name: "Half made".to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    }
}

/// Step 1 alone, as a process killed right after it leaves things.
async fn begun(core: &Core) -> (DealerId, String) {
    let mut conn = core.control.checkout().await.unwrap();
    let id = dealer_insert_tx(&mut conn, &new_dealer(), core.clock.now())
        .await
        .unwrap();
    let dealer = dealer_find(&mut conn, id).await.unwrap().unwrap();
    (id, dealer.schema.as_str().to_owned())
}

async fn sql(core: &Core, sql: String) {
    let run = move |conn: &mut tubex::db::owner::OwnerConn| {
        Ok::<_, MigrateError>(conn.batch_execute(&sql)?)
    };
    core.owner.run(run).await.unwrap();
}

/// Two schemas that differ in nothing but their names.
async fn assert_alike(core: &Core, model: &str, other: &str) {
    let (model, other) = (model.to_owned(), other.to_owned());
    let compare = move |conn: &mut tubex::db::owner::OwnerConn| {
        assert_eq!(dump(conn, &other), dump(conn, &model));
        Ok::<_, MigrateError>(())
    };
    core.owner.run(compare).await.unwrap();
}

async fn assert_opens(core: &Core, id: DealerId) {
    let dealer = core.provisioner.resume(id).await.unwrap();
    assert_eq!(dealer.status, DealerStatus::Active);
    // Finishing twice is finishing once.
    assert_eq!(core.provisioner.resume(id).await.unwrap(), dealer);
}

#[tokio::test]
async fn cut_short_after_the_registration() {
    let core = core("cut_after_registration").await;
    let (id, _schema) = begun(&core).await;
    assert_opens(&core, id).await;
}

#[tokio::test]
async fn cut_short_after_the_empty_schema() {
    let core = core("cut_after_schema").await;
    let (id, schema) = begun(&core).await;
    sql(
        &core,
        format!("CREATE ROLE {schema} NOLOGIN; CREATE SCHEMA {schema}"),
    )
    .await;
    assert_opens(&core, id).await;
}

#[tokio::test]
async fn cut_short_before_the_opening() {
    let core = core("cut_before_opening").await;
    let (id, _schema) = begun(&core).await;
    assert_opens(&core, id).await;
    sql(
        &core,
        "UPDATE platform.dealers SET status = 'PROVISIONING', activated_at = NULL".to_owned(),
    )
    .await;
    assert_opens(&core, id).await;
}

#[tokio::test]
async fn a_sweep_finishes_what_is_old_and_leaves_what_is_young() {
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    let core = core("sweep").await;
    let (old, _) = begun(&core).await;
    let (young, _) = begun(&core).await;
    let mut conn = core.control.checkout().await.unwrap();
    let hour_ago = core.clock.now() - chrono::TimeDelta::hours(1);
    diesel::update(dealers::table.find(old))
        .set(dealers::created_at.eq(hour_ago))
        .execute(&mut *conn)
        .await
        .unwrap();
    let before = core.clock.now() - chrono::TimeDelta::minutes(2);
    let swept = core.provisioner.resume_all(before).await.unwrap();
    let swept: Vec<_> = swept
        .into_iter()
        .map(|(id, outcome)| (id, outcome.unwrap().status))
        .collect();
    assert_eq!(swept, [(old, DealerStatus::Active)]);
    let young = dealer_find(&mut conn, young).await.unwrap().unwrap();
    assert_eq!(young.status, DealerStatus::Provisioning);
}

#[tokio::test]
async fn two_processes_finishing_the_same_dealer_do_it_once() {
    let core = core("twice_at_once").await;
    let (id, _) = begun(&core).await;
    let twin = core.provisioner.clone();
    let (a, b) = tokio::join!(core.provisioner.resume(id), twin.resume(id));
    assert_eq!(a.unwrap(), b.unwrap());
}

/// Whatever was under way, the dealer is finished, and no worse than any other.
#[tokio::test]
async fn killed_at_any_command_a_dealer_is_finished() {
    let core = core("killed_anywhere").await;
    let (id, model) = begun(&core).await;
    assert_opens(&core, id).await;
    let strike = Strike::new(&named("killed_anywhere")).await;
    let mut survived = None;
    for number in Strike::commands() {
        let (id, schema) = begun(&core).await;
        strike.at(number).await;
        let struck = core.provisioner.resume(id).await.is_err();
        strike.never().await;
        assert_opens(&core, id).await;
        assert_alike(&core, &model, &schema).await;
        if !struck {
            survived = Some(number);
            break;
        }
    }
    // One command each for the tables, the indexes, the comments and the rights.
    assert!(survived.is_some_and(|number| number > 200), "{survived:?}");
}

#[tokio::test]
async fn a_failing_migration_keeps_the_dealer_closed_and_is_taken_up_where_it_stopped() {
    let core = core("failing_migration").await;
    let (id, schema) = begun(&core).await;
    // In the way of the second migration's table.
    sql(
        &core,
        format!("CREATE ROLE {schema} NOLOGIN; CREATE SCHEMA {schema}; CREATE TABLE {schema}.warehouses ()"),
    )
    .await;
    assert!(core.provisioner.resume(id).await.is_err());
    let mut conn = core.control.checkout().await.unwrap();
    let dealer = dealer_find(&mut conn, id).await.unwrap().unwrap();
    assert_eq!(dealer.status, DealerStatus::Provisioning);
    // What came before it is not made a second time: it would be in its own way.
    sql(&core, format!("DROP TABLE {schema}.warehouses")).await;
    let table = format!("SELECT '{schema}.units'::regclass::oid");
    let owner = owner_of(&named("failing_migration")).await;
    let before: u32 = owner.query_one(&table, &[]).await.unwrap().get(0);
    assert_opens(&core, id).await;
    let after: u32 = owner.query_one(&table, &[]).await.unwrap().get(0);
    assert_eq!(after, before);
}

#[tokio::test]
async fn nobody_signs_in_at_a_half_made_dealer() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let app = Arc::clone(&server.app);
    let mut conn = app.core.control.checkout().await.unwrap();
    {
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        let half_made = dealers::status.eq(DealerStatus::Provisioning);
        let never: Option<chrono::DateTime<chrono::Utc>> = None;
        diesel::update(dealers::table.find(dealer.id))
            .set((half_made, dealers::activated_at.eq(never)))
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let login = json!({ "email": dealer.email, "password": crate::support::PASSWORD });
    let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken userErrors { code } } }";
    let data = server
        .anonymous()
        .run(query, json!({ "input": login }))
        .await;
    assert_eq!(data["login"]["userErrors"][0]["code"], "DEALER_NOT_ACTIVE");
    // A token from before is refused as well.
    let answer = dealer
        .client
        .send("{ viewer { user { id } } }", json!({}))
        .await;
    assert_eq!((answer.status, answer.code()), (403, "DEALER_NOT_ACTIVE"));
}

/// Not a limit, which a busy machine would miss: prints the figure for people.
#[tokio::test]
async fn a_fresh_dealer_is_there_at_once() {
    let server = Server::start().await;
    server.dealer().await;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..10 {
        let started = Instant::now();
        let dealer = server.dealer().await;
        times.push(started.elapsed());
        let data = dealer
            .client
            .get("{ units(first: 200) { totalCount } }")
            .await;
        assert_eq!(data["units"]["totalCount"], 27);
    }
    times.sort_unstable();
    println!(
        "a fresh dealer: median {:?}, slowest {:?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
}

#[tokio::test]
async fn a_dealer_registered_over_the_api_can_work_at_once() {
    let server =
        Server::start_with(|settings| settings.registration = tubex::config::Registration::Open)
            .await;
    let input = json!({
        "name": "New Yard",
        "currency": "vnd",
        "timezone": "Asia/Ho_Chi_Minh",
        "ownerName": "Ann",
        "ownerEmail": format!("ann-{}@test.example", uuid::Uuid::new_v4().simple()),
        "ownerPassword": "another long password",
    });
    let query = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
        dealer { id name currency } owner { email } accessToken userErrors { code message path }
    } }";
    let data = server
        .anonymous()
        .run(query, json!({ "input": input }))
        .await;
    let payload = &data["dealerRegister"];
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    assert_eq!(payload["dealer"]["currency"], "VND");
    let token = payload["accessToken"].as_str().unwrap();
    let data = server
        .anonymous()
        .with_token(token)
        .get("{ units { totalCount } products { totalCount } }")
        .await;
    assert_eq!(
        data,
        json!({ "units": { "totalCount": 27 }, "products": { "totalCount": 0 } })
    );
}
