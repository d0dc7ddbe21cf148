//! Registrations one after the other.

use std::time::Instant;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tubex::app::Core;
use tubex::platform::dealers::service::{Registration, Word};
use tubex::tenancy::provision::NewDealer;
use tubex::tenancy::spares::Turn;

/// Who is a user already; for him no password is hashed.
const KNOWN: &str = "known@bench.example";

/// With spares and without; the database's part, and with the owner's password.
pub fn measure(core: &Core, runtime: &Runtime, count: usize) -> Value {
    let unique = uuid::Uuid::new_v4().simple();
    let new_owner = |number: usize| format!("owner-{unique}-{number}@bench.example");
    // Takes what an earlier run left in stock, too.
    let left = core.spares().stock().unwrap().whole;
    for _ in 0..=left {
        runtime.block_on(register(core, KNOWN.to_owned()));
    }
    let known = |_number| KNOWN.to_owned();
    let made = json!({
        "database": times(core, runtime, count, &known),
        "service": times(core, runtime, count, &|number| new_owner(number)),
    });
    fill(core, 2 * count);
    let claimed = json!({
        "database": times(core, runtime, count, &known),
        "service": times(core, runtime, count, &|number| new_owner(count + number)),
    });
    assert_eq!(
        core.spares().stock().unwrap().whole,
        0,
        "not all were claims"
    );
    json!({ "made": made, "claimed": claimed })
}

fn fill(core: &Core, count: usize) {
    let started = Instant::now();
    let refill = core.spares().refill(count, Turn::Wait, &|| true).unwrap();
    assert_eq!(refill.made, count);
    eprintln!("{count} spares in {:?}", started.elapsed());
}

fn times(core: &Core, runtime: &Runtime, count: usize, owner: &dyn Fn(usize) -> String) -> Value {
    let mut times: Vec<f64> = (0..count)
        .map(|number| {
            let started = Instant::now();
            runtime.block_on(register(core, owner(number)));
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times.get(times.len() * part / 100).copied();
    json!({ "min_ms": times.first(), "p50_ms": at(50), "p95_ms": at(95), "max_ms": times.last() })
}

async fn register(core: &Core, owner_email: String) {
    let registration = Registration {
        dealer: NewDealer {
            name: "Bench".to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        },
        owner_name: "Owner".to_owned(),
        owner_email,
        owner_password: "a long bench password".into(),
        word: Word::Operator,
    };
    assert!(core.dealers.register(registration).await.is_ok());
}
