//! From a thread that writes to a body that is sent: bounded, and whole or broken.

use std::io::{self, Write};

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::PATIENCE;

/// Pieces that may wait for the client.
const QUEUE: usize = 4;

/// What goes through.
pub(super) enum Piece {
    Data(Bytes),
    /// There is no more. A pipe that ends without this was cut.
    End,
}

/// The end that is written to, on a thread that may block.
pub(super) struct Pipe {
    to: Option<mpsc::Sender<Piece>>,
    runtime: Handle,
}

/// Says that all has been written.
pub(super) struct Ending(mpsc::Sender<Piece>);

/// A pipe on the runtime at work.
pub(super) fn pipe() -> (Pipe, Ending, mpsc::Receiver<Piece>) {
    let (to, from) = mpsc::channel(QUEUE);
    let pipe = Pipe {
        to: Some(to.clone()),
        runtime: Handle::current(),
    };
    (pipe, Ending(to), from)
}

impl Write for Pipe {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        // Once it has failed it is not waited for again.
        let Some(to) = self.to.take() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let piece = Piece::Data(Bytes::copy_from_slice(data));
        let sent = self
            .runtime
            .block_on(async { timeout(PATIENCE, to.send(piece)).await });
        match sent {
            Ok(Ok(())) => {
                self.to = Some(to);
                Ok(data.len())
            }
            Ok(Err(_gone)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_elapsed) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Ending {
    pub(super) async fn tell(self) {
        // Whoever has gone away need not know.
        let _sent = timeout(PATIENCE, self.0.send(Piece::End)).await;
    }
}

/// The body: `first` and what follows. A cut ends it in an error, so that the
/// client never takes a part for the whole.
pub(super) fn body(
    first: Bytes,
    rest: mpsc::Receiver<Piece>,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::iter([Ok(first)]).chain(stream::unfold(Some(rest), next))
}

type Step = (io::Result<Bytes>, Option<mpsc::Receiver<Piece>>);

async fn next(rest: Option<mpsc::Receiver<Piece>>) -> Option<Step> {
    let mut rest = rest?;
    match rest.recv().await {
        Some(Piece::Data(data)) => Some((Ok(data), Some(rest))),
        Some(Piece::End) => None,
        None => Some((Err(io::Error::other("the export was cut short")), None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(ends_well: bool) -> Vec<io::Result<Bytes>> {
        let (mut pipe, ending, mut rest) = pipe();
        let write = move || {
            pipe.write_all(b"one").unwrap();
            pipe.write_all(b"two").unwrap();
        };
        tokio::task::spawn_blocking(write).await.unwrap();
        if ends_well {
            ending.tell().await;
        } else {
            drop(ending);
        }
        let Some(Piece::Data(first)) = rest.recv().await else {
            panic!("nothing came");
        };
        body(first, rest).collect().await
    }

    #[tokio::test]
    async fn what_is_whole_ends_and_what_is_cut_breaks() {
        let whole: Vec<_> = sent(true).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(whole, ["one", "two"]);
        let cut = sent(false).await;
        assert_eq!(cut.len(), 3);
        assert!(cut[2].is_err());
    }

    #[tokio::test]
    async fn a_client_who_has_gone_stops_the_writer() {
        let (mut pipe, _ending, rest) = pipe();
        drop(rest);
        let write = move || pipe.write(b"one").unwrap_err().kind();
        let kind = tokio::task::spawn_blocking(write).await.unwrap();
        assert_eq!(kind, io::ErrorKind::BrokenPipe);
    }
}
