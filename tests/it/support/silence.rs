//! A line to the database that can go silent without being cut.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::database::cluster;

/// Hands bytes on between a port of its own and the database, until it is hushed:
/// then what is sent over the connections open until now is taken and lost. New
/// ones are handed on as ever.
pub struct Line {
    port: u16,
    hushed: Arc<watch::Sender<u64>>,
}

impl Line {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hushed = Arc::new(watch::Sender::new(0));
        let told = Arc::clone(&hushed);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, told.subscribe()));
            }
        });
        Self { port, hushed }
    }

    /// The same database, reached over this line.
    pub fn lead(&self, url: &SecretString) -> SecretString {
        let (from, to) = (cluster().port(), self.port);
        let url = url.expose_secret();
        url.replace(&format!("127.0.0.1:{from}/"), &format!("127.0.0.1:{to}/"))
            .into()
    }

    /// Silences all connections there are.
    pub fn hush(&self) {
        self.hushed.send_modify(|times| *times += 1);
    }
}

async fn carry(mut near: TcpStream, mut hushed: watch::Receiver<u64>) {
    let mut far = TcpStream::connect(("127.0.0.1", cluster().port()))
        .await
        .unwrap();
    tokio::select! {
        _ended = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _hushed = hushed.changed() => {
            // Both stay open, and what comes is read by nobody but the system.
            std::future::pending::<()>().await;
        }
    }
}
