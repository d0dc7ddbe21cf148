//! Somebody reads a table for long, and a migration wants to change it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};
use tubex::config::DatabaseSettings;
use tubex::tenancy::migrate::Options;

use crate::fleet::Fleet;
use crate::next;

const PAUSE: Duration = Duration::from_millis(2);

/// What the readers of that dealer and of another one notice.
pub fn measure(fleet: &Fleet, settings: &DatabaseSettings, length: Duration) -> Value {
    let targets = fleet.survey(&next()).behind;
    let [held, other, ..] = targets.as_slice() else {
        panic!("two dealers are needed")
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let quiet = AtomicBool::new(false);
    let before = readers(settings, &[&held.schema, &other.schema], &quiet, || {
        std::thread::sleep(length.min(Duration::from_secs(10)));
    });
    let options = Options {
        only: vec![held.dealer],
        patience: length * 2,
        ..Options::default()
    };
    let ended = AtomicBool::new(false);
    let mut report = None;
    let during = readers(settings, &[&held.schema, &other.schema], &ended, || {
        let reader = runtime.block_on(connect(settings));
        let read = format!("BEGIN; SELECT count(*) FROM {}.products", held.schema);
        runtime.block_on(reader.batch_execute(&read)).unwrap();
        std::thread::scope(|scope| {
            let run = scope.spawn(|| fleet.migrate(&next(), &options));
            std::thread::sleep(length);
            runtime.block_on(reader.batch_execute("ROLLBACK")).unwrap();
            report = Some(run.join().unwrap());
        });
    });
    let report = report.unwrap();
    assert_eq!((report.changed, report.failed.len()), (1, 0), "{report:?}");
    fleet.take_back(&next());
    let [held_before, other_before] = before.as_slice() else {
        panic!("one line per reader")
    };
    let [held_during, other_during] = during.as_slice() else {
        panic!("one line per reader")
    };
    json!({
        "seconds": length.as_secs(),
        "attempts": report.retries + 1,
        "same_dealer": { "before": held_before, "during": held_during },
        "other_dealer": { "before": other_before, "during": other_during },
    })
}

/// Reads each schema's table all the time that `work` takes.
fn readers(
    settings: &DatabaseSettings,
    schemas: &[&String],
    end: &AtomicBool,
    work: impl FnOnce(),
) -> Vec<Value> {
    std::thread::scope(|scope| {
        let readers: Vec<_> = schemas
            .iter()
            .map(|schema| scope.spawn(move || read(settings, schema, end)))
            .collect();
        work();
        end.store(true, Ordering::Relaxed);
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .collect()
    })
}

fn read(settings: &DatabaseSettings, schema: &str, end: &AtomicBool) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = connect(settings).await;
        let query = format!("SELECT count(*) FROM {schema}.products");
        let statement = client.prepare(&query).await.unwrap();
        let mut times = Vec::new();
        while !end.load(Ordering::Relaxed) {
            let started = Instant::now();
            client.query_one(&statement, &[]).await.unwrap();
            times.push(started.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(PAUSE).await;
        }
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times.get(times.len() * part / 1000).copied();
        json!({
            "queries": times.len(),
            "p50_ms": at(500),
            "p99_ms": at(990),
            "max_ms": times.last(),
        })
    })
}

async fn connect(settings: &DatabaseSettings) -> Client {
    let url = settings.database_owner_url.expose_secret();
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
