//! A closed loop: so many connections, each of which asks as soon as it has its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::asks::{self, Operation, Side, Turn};
use super::process::{Postgres, spent};
use super::shops::Shop;

/// Who is asked, and where.
#[derive(Clone, Debug)]
pub struct Target {
    pub side: Side,
    pub authority: String,
    pub pid: u32,
}

/// What is asked for a while.
#[derive(Clone)]
pub struct Load {
    pub operation: Operation,
    pub shops: Arc<[Shop]>,
    pub tokens: Arc<[String]>,
    pub at_once: usize,
    pub time: Duration,
}

/// One connection that is kept.
pub struct Caller {
    authority: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Caller {
    pub async fn open(authority: &str) -> Self {
        let stream = TcpStream::connect(authority).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        // It ends when the caller goes, and what fails is seen by him.
        tokio::spawn(async move { drop(connection.await) });
        Self {
            authority: authority.to_owned(),
            sender,
        }
    }

    /// The body of an answer, which has to be a good one.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Bytes {
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let text = || String::from_utf8_lossy(&body);
        assert!(status.is_success(), "{status}: {}", text());
        assert!(!asks::is_fault(&body), "{}", text());
        body
    }

    /// As [`Caller::send`], for an operation of this bench.
    pub async fn ask(&mut self, side: Side, operation: Operation, turn: &Turn<'_>) -> Bytes {
        let request = asks::request(side, operation, &self.authority, turn);
        self.send(request).await
    }

    /// As [`Caller::send`], for any other operation of ours; what it gives.
    pub async fn run(&mut self, token: &str, document: &str, variables: &Value) -> Value {
        let request = asks::posted(&self.authority, token, document, variables);
        let body = self.send(request).await;
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        answer["data"].take()
    }
}

/// What came out, per second and per 1,000 requests.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub per_second: f64,
    pub server: f64,
    pub postgres: f64,
}

impl Figures {
    /// Seconds on a processor per 1,000 requests.
    pub fn processor(&self) -> f64 {
        self.server + self.postgres
    }

    pub fn json(&self) -> Value {
        let rounded = |value: f64| (value * 10_000.0).round() / 10_000.0;
        json!({
            "per_second": self.per_second.round(),
            "cpu_s_per_1000": {
                "server": rounded(self.server), "postgres": rounded(self.postgres),
                "sum": rounded(self.processor()),
            },
        })
    }
}

/// The number of the next request. It chooses the dealer and what is asked for, so that no two
/// windows ask the same, and makes the key of a change.
static NEXT: AtomicUsize = AtomicUsize::new(0);

pub fn next() -> usize {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Asks for a while.
pub async fn window(target: &Target, postgres: &Postgres, load: &Load) -> Figures {
    let mut callers = Vec::new();
    for _ in 0..load.at_once {
        callers.push(Caller::open(&target.authority).await);
    }
    let (server, database, began) = (spent(target.pid), postgres.spent(), Instant::now());
    let until = began + load.time;
    let work: Vec<_> = callers
        .into_iter()
        .map(|caller| tokio::spawn(worker(caller, target.side, load.clone(), until)))
        .collect();
    let mut requests = 0;
    for worker in work {
        requests += worker.await.unwrap();
    }
    let time = began.elapsed().as_secs_f64();
    let (server, database) = (spent(target.pid) - server, postgres.spent() - database);
    let requests = f64::from(requests);
    Figures {
        per_second: requests / time,
        server: server * 1000.0 / requests,
        postgres: database * 1000.0 / requests,
    }
}

async fn worker(mut caller: Caller, side: Side, load: Load, until: Instant) -> u32 {
    let mut requests = 0;
    while Instant::now() < until {
        let number = next();
        let place = scattered(number) % load.shops.len();
        let turn = Turn {
            shop: &load.shops[place],
            token: &load.tokens[place],
            number,
        };
        caller.ask(side, load.operation, &turn).await;
        requests += 1;
    }
    requests
}

/// All dealers alike, in no order (the finalizer of `SplitMix64`).
fn scattered(number: usize) -> usize {
    let mut bits = u64::try_from(number).unwrap();
    bits = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((bits ^ (bits >> 31)) >> 1).unwrap()
}
