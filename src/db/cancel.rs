//! Asking the server to give up what a connection is doing.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_postgres::config::Host;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(2);

/// Sends the request, and waits until it has been acted upon: the server closes the
/// connection behind it only then.
///
/// The driver's own does not wait, so that it could strike a later statement. Which
/// of several hosts the connection led to is not known here; one that does not know
/// the token's key does nothing.
pub(super) async fn cancel(config: &Config, token: &CancelToken, tls: &MakeRustlsConnect) {
    for (number, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(number).or_else(|| ports.first());
        let address = config.get_hostaddrs().get(number);
        let target = Target {
            host,
            address: address.map(ToString::to_string),
            port: port.copied().unwrap_or(5432),
        };
        match timeout(WITHIN, target.send(token, tls.clone())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a statement could not be cancelled"),
            Err(_elapsed) => tracing::debug!("nobody answered to a cancellation"),
        }
    }
}

struct Target<'c> {
    host: &'c Host,
    address: Option<String>,
    port: u16,
}

impl Target<'_> {
    async fn send(&self, token: &CancelToken, tls: MakeRustlsConnect) -> io::Result<()> {
        match self.host {
            Host::Tcp(name) => {
                let address = self.address.as_deref().unwrap_or(name);
                let stream = TcpStream::connect((address, self.port)).await?;
                request(stream, name, token, tls).await
            }
            Host::Unix(folder) => {
                let path = folder.join(format!(".s.PGSQL.{}", self.port));
                request(UnixStream::connect(path).await?, "", token, tls).await
            }
        }
    }
}

async fn request<S>(
    stream: S,
    name: &str,
    token: &CancelToken,
    mut tls: MakeRustlsConnect,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let tls = MakeTlsConnect::<UntilClosed<S>>::make_tls_connect(&mut tls, name)
        .map_err(io::Error::other)?;
    let sent = token.cancel_query_raw(UntilClosed(stream), tls).await;
    sent.map_err(io::Error::other)
}

/// A stream that, when it is shut down, waits for the other side to do the same.
struct UntilClosed<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for UntilClosed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for UntilClosed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.0).poll_flush(cx))?;
        loop {
            let mut bytes = [0; 64];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer));
            // An end by a fault is an end, too.
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
