//! What letting a caller in costs: checking his token, and finding him out in memory.
//!
//! ```sh
//! cargo bench --bench admission
//! ```
//!
//! Prints one JSON object. `baseline_us` is one SHA-256 of a token, to compare
//! machines by.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a measurement fails the short way"
)]

#[path = "migrate/fleet.rs"]
#[expect(dead_code, reason = "migrating is measured elsewhere")]
mod fleet;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use secrecy::ExposeSecret;
use serde_json::json;
use tubex::auth::keys::KeyRing;
use tubex::auth::principal::{Grant, Method, Principal, Proof};
use tubex::auth::revoked::{Kind, Revocation};
use tubex::auth::role::RoleCode;
use tubex::auth::text::sha256;
use tubex::auth::token::AccessTokens;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::{DealerId, SessionId, UserId};
use tubex::tenancy::directory::{Directory, dealer_list};
use tubex::tenancy::migrate::MigrationSet;

use fleet::Fleet;

#[derive(Parser)]
struct Args {
    /// Times each step is taken.
    #[arg(long, default_value = "100000")]
    times: u32,
    /// Revoked sessions that are remembered meanwhile.
    #[arg(long, default_value = "10000")]
    revoked: usize,
    /// Where the cluster is.
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-admission"))]
    data: PathBuf,
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let (_cluster, settings) = fleet::cluster(&args.data);
    let fleet = Fleet::of(&settings);
    fleet.fill(10);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let figures = runtime.block_on(measure(&fleet, settings.database_owner_url, &args));
    println!("{figures}");
}

async fn measure(fleet: &Fleet, url: secrecy::SecretString, args: &Args) -> serde_json::Value {
    let core = fleet.core();
    let mut conn = core.control.checkout().await.unwrap();
    let dealer = dealer_list(&mut conn).await.unwrap().remove(0).id;
    drop(conn);
    let directory = Directory::new(core.control.clone(), MigrationSet::tenant().unwrap());
    let _watching = directory.watch(&core.connector, url);
    while !directory.is_current() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    remember(&directory, args.revoked);
    let ring = KeyRing::of_one("https://tubex.test", Clock::system()).unwrap();
    let tokens = AccessTokens::new(ring);
    let issued = tokens.issue(&grant(dealer)).unwrap();
    let token = issued.token.expose_secret();
    let principal = tokens.verify(token).unwrap();
    let verify = per_call(args.times, || {
        black_box(tokens.verify(black_box(token)).unwrap());
    });
    let baseline = per_call(args.times, || {
        black_box(sha256(black_box(token.as_bytes())));
    });
    let admit = admissions(&directory, &principal, args.times).await;
    json!({
        "token_bytes": token.len(), "verify_us": verify, "resolve_us": admit,
        "baseline_us": baseline, "verify_to_baseline": verify / baseline,
        "resolve_to_baseline": admit / baseline, "revoked": args.revoked,
    })
}

fn remember(directory: &Directory, number: usize) {
    let revocation = |_| Revocation {
        kind: Kind::Session,
        subject: SessionId::generate().uuid(),
        epoch: 0,
    };
    let revocations: Vec<Revocation> = (0..number).map(revocation).collect();
    directory.revoked().note(&revocations);
}

fn per_call(times: u32, mut call: impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        call();
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

async fn admissions(directory: &Directory, principal: &Principal, times: u32) -> f64 {
    directory.admit(principal.clone()).await.unwrap();
    let began = Instant::now();
    for _ in 0..times {
        let context = directory.admit(black_box(principal.clone())).await;
        black_box(context.unwrap());
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn grant(dealer: DealerId) -> Grant {
    Grant {
        user: UserId::generate(),
        dealer,
        session: SessionId::generate(),
        user_epoch: 0,
        dealer_epoch: 0,
        roles: vec![RoleCode::OWNER],
        customer: None,
        proof: Proof {
            methods: vec![Method::Pwd],
            at: Clock::system().now(),
        },
        actor: None,
        read_only: false,
        application: None,
    }
}
