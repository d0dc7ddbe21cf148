//! Writing the archive as a stream: nothing is kept, nothing is gone back to.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Datelike, Timelike, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::kernel::hex;
use crate::tenancy::transfer::error::TransferError;

/// Rows come one by one; the other thread is bothered when so much is together.
const PIECE: usize = 64 * 1024;
/// Pieces that may wait for it.
const QUEUE: usize = 8;

/// A finished archive.
#[derive(Debug)]
pub struct Written<W> {
    /// What it was written to.
    pub out: W,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of all of it, as `sha256sum` prints it.
    pub sha256: String,
}

/// Compresses and writes on a thread of its own, which may block.
pub(in crate::tenancy::transfer) struct ArchiveWriter<W> {
    parts: mpsc::Sender<Part>,
    thread: JoinHandle<Result<Written<W>, TransferError>>,
    together: BytesMut,
}

enum Part {
    File(String),
    Data(Bytes),
    End,
}

impl<W: Write + Send + 'static> ArchiveWriter<W> {
    /// An archive of files with the date `at`.
    pub(in crate::tenancy::transfer) fn new(out: W, at: DateTime<Utc>) -> Self {
        let (parts, incoming) = mpsc::channel(QUEUE);
        Self {
            parts,
            thread: tokio::task::spawn_blocking(move || write(out, at, incoming)),
            together: BytesMut::with_capacity(PIECE),
        }
    }

    /// What follows belongs to this file.
    pub(in crate::tenancy::transfer) async fn file(
        &mut self,
        name: &str,
    ) -> Result<(), TransferError> {
        self.flush().await?;
        self.send(Part::File(name.to_owned())).await
    }

    /// The next piece of the file.
    pub(in crate::tenancy::transfer) async fn data(
        &mut self,
        piece: &[u8],
    ) -> Result<(), TransferError> {
        self.together.extend_from_slice(piece);
        if self.together.len() >= PIECE {
            self.flush().await?;
        }
        Ok(())
    }

    /// The archive is whole. Dropped without this, it stays one without an end.
    pub(in crate::tenancy::transfer) async fn finish(
        mut self,
    ) -> Result<Written<W>, TransferError> {
        self.flush().await?;
        self.send(Part::End).await?;
        joined(self.thread.await)
    }

    async fn flush(&mut self) -> Result<(), TransferError> {
        if self.together.is_empty() {
            return Ok(());
        }
        let data = self.together.split().freeze();
        self.together.reserve(PIECE);
        self.send(Part::Data(data)).await
    }

    async fn send(&mut self, part: Part) -> Result<(), TransferError> {
        if self.parts.send(part).await.is_ok() {
            return Ok(());
        }
        // It has stopped listening, and knows why.
        match joined((&mut self.thread).await) {
            Ok(_written) => Err(TransferError::Write(io::ErrorKind::BrokenPipe.into())),
            Err(error) => Err(error),
        }
    }
}

fn joined<T>(
    ended: Result<Result<T, TransferError>, tokio::task::JoinError>,
) -> Result<T, TransferError> {
    ended.unwrap_or_else(|error| Err(TransferError::Write(io::Error::other(error))))
}

fn write<W: Write>(
    out: W,
    at: DateTime<Utc>,
    mut parts: mpsc::Receiver<Part>,
) -> Result<Written<W>, TransferError> {
    let failed = |error: zip::result::ZipError| TransferError::Write(error.into());
    let mut zip = ZipWriter::new_stream(Hashing::new(out));
    let options = options(at);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::File(name) => zip.start_file(name, options).map_err(failed)?,
            Part::Data(data) => zip.write_all(&data).map_err(TransferError::Write)?,
            Part::End => {
                let mut hashing = zip.finish().map_err(failed)?.into_inner();
                hashing.out.flush().map_err(TransferError::Write)?;
                return Ok(hashing.finish());
            }
        }
    }
    Err(TransferError::Write(io::ErrorKind::Interrupted.into()))
}

fn options(at: DateTime<Utc>) -> SimpleFileOptions {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // How long a table is, is not known when it begins.
        .large_file(true)
        .unix_permissions(0o600);
    let date = |number: u32| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(at.year()).unwrap_or(1980);
    let (month, day) = (date(at.month()), date(at.day()));
    let (hour, minute, second) = (date(at.hour()), date(at.minute()), date(at.second()));
    match zip::DateTime::from_date_and_time(year, month, day, hour, minute, second) {
        Ok(at) => options.last_modified_time(at),
        Err(_out_of_range) => options,
    }
}

/// Counts and hashes what passes.
struct Hashing<W> {
    out: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> Written<W> {
        Written {
            out: self.out,
            bytes: self.bytes,
            sha256: hex::encode(&self.hash.finalize()),
        }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.out.write(data)?;
        if let Some(data) = data.get(..written) {
            self.hash.update(data);
        }
        self.bytes += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
