//! The events of a transaction leave with its COMMIT, before either is answered.

use std::sync::{Arc, Mutex};

use diesel_async::SimpleAsyncConnection;
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tubex::app::request_pool;
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::TenantPool;

use super::{begin, fact, stored};
use crate::support::{Server, until};

/// A line to the database that notes what is sent, and can keep answers back.
struct Tap {
    port: u16,
    sent: Arc<Mutex<Vec<u8>>>,
    answers: watch::Sender<bool>,
}

impl Tap {
    async fn open(database: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let (answers, flow) = watch::channel(true);
        let noted = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", database)).await.unwrap();
                tokio::spawn(carry(near, far, Arc::clone(&noted), flow.clone()));
            }
        });
        Self {
            port,
            sent,
            answers,
        }
    }

    fn has_sent(&self, words: &[u8]) -> bool {
        let sent = self.sent.lock().unwrap();
        sent.windows(words.len()).any(|window| window == words)
    }
}

async fn carry(
    near: TcpStream,
    far: TcpStream,
    sent: Arc<Mutex<Vec<u8>>>,
    mut flow: watch::Receiver<bool>,
) {
    let (mut from_near, mut to_near) = near.into_split();
    let (mut from_far, mut to_far) = far.into_split();
    let there = async {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = from_near.read(&mut piece).await {
            sent.lock().unwrap().extend(&piece[..length]);
            to_far.write_all(&piece[..length]).await.unwrap();
        }
    };
    let back = async {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = from_far.read(&mut piece).await {
            flow.wait_for(|open| *open).await.unwrap();
            if to_near.write_all(&piece[..length]).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(there, back);
}

#[tokio::test]
async fn events_and_commit_are_one_round_trip() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let url = server.database.database_url.expose_secret().to_owned();
    let config: tokio_postgres::Config = url.parse().unwrap();
    let database = config.get_ports()[0];
    let tap = Tap::open(database).await;
    let (from, to) = (
        format!("127.0.0.1:{database}/"),
        format!("127.0.0.1:{}/", tap.port),
    );
    let mut settings = request_pool(&server.database);
    settings.url = url.replace(&from, &to).into();
    settings.size = 1;
    let connector = &server.app.core.connector;
    let pool = TenantPool::new(connector, settings, EventBus::local(), Clock::system());
    // Prepares the statement.
    let mut tx = begin(&server, &pool, dealer.id).await;
    tx.batch_execute("SELECT count(*) FROM products")
        .await
        .unwrap();
    tx.emit(&fact("first"));
    tx.commit().await.unwrap();

    let mut tx = begin(&server, &pool, dealer.id).await;
    tx.batch_execute("SELECT count(*) FROM products")
        .await
        .unwrap();
    tx.emit(&fact("told in one breath"));
    tap.sent.lock().unwrap().clear();
    tap.answers.send_replace(false);
    let commit = tokio::spawn(tx.commit());
    until("both have been sent", async || {
        tap.has_sent(b"told in one breath") && tap.has_sent(b"COMMIT\0")
    })
    .await;
    assert!(!commit.is_finished());
    tap.answers.send_replace(true);
    commit.await.unwrap().unwrap();
    assert_eq!(stored(&dealer).await, [1, 2]);
}
