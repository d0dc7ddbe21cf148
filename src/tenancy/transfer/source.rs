//! Where rows come from: an archive, or another dealer at this moment.

use std::io::{Read, Seek};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::archive::Archive;
use super::error::{FileFault, TransferError};
use super::shape::Table;
use super::snapshot::Snapshot;
use super::tally::{Amount, Tally};
use crate::db::copy::Rows;

/// Gives tables one after the other, in any order.
pub(super) trait Source {
    /// The rows of `table`, as CSV with a line of column names.
    fn rows(
        &mut self,
        table: &Table,
    ) -> impl Future<Output = Result<Rows<TransferError>, TransferError>> + Send;

    /// What they should amount to, once they have all been taken.
    fn amount(
        &mut self,
        table: &Table,
    ) -> impl Future<Output = Result<Amount, TransferError>> + Send;
}

/// Pieces of a file that may wait to be sent.
const QUEUE: usize = 4;

/// An archive, read on a thread that may block.
pub(super) enum FromArchive<R> {
    /// Nobody reads.
    Idle(Box<Archive<R>>),
    /// A table is on its way.
    Busy(JoinHandle<Box<Archive<R>>>),
    /// A reader has failed.
    Broken,
}

impl<R: Read + Seek + Send + 'static> FromArchive<R> {
    async fn idle(&mut self) -> Result<Box<Archive<R>>, TransferError> {
        match std::mem::replace(self, Self::Broken) {
            Self::Idle(archive) => Ok(archive),
            Self::Busy(thread) => thread.await.map_err(|error| broken(error.to_string())),
            Self::Broken => Err(broken("an earlier table could not be read".to_owned())),
        }
    }
}

fn broken(cause: String) -> TransferError {
    FileFault::Read(std::io::Error::other(cause)).into()
}

impl<R: Read + Seek + Send + 'static> Source for FromArchive<R> {
    async fn rows(&mut self, table: &Table) -> Result<Rows<TransferError>, TransferError> {
        let mut archive = self.idle().await?;
        let entry = entry(&archive, table)?.clone();
        let (sender, mut pieces) = mpsc::channel(QUEUE);
        *self = Self::Busy(tokio::task::spawn_blocking(move || {
            archive.send(&entry, &sender);
            archive
        }));
        Ok(stream::poll_fn(move |context| pieces.poll_recv(context)).boxed())
    }

    async fn amount(&mut self, table: &Table) -> Result<Amount, TransferError> {
        let archive = self.idle().await?;
        let amount = entry(&archive, table)?.amount();
        *self = Self::Idle(archive);
        Ok(amount)
    }
}

fn entry<'a, R: Read + Seek>(
    archive: &'a Archive<R>,
    table: &Table,
) -> Result<&'a super::manifest::Entry, TransferError> {
    let mut entries = archive.manifest().tables.iter();
    let entry = entries.find(|entry| entry.name == table.name);
    Ok(entry.ok_or_else(|| FileFault::Missing(table.name.clone()))?)
}

/// Another dealer, counted as his rows pass.
pub(super) struct FromDealer<'a> {
    snapshot: &'a Snapshot,
    passing: Arc<Mutex<Tally>>,
}

impl<'a> FromDealer<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            passing: Arc::default(),
        }
    }
}

impl Source for FromDealer<'_> {
    async fn rows(&mut self, table: &Table) -> Result<Rows<TransferError>, TransferError> {
        let rows = self.snapshot.rows(table).await?;
        let tally = Arc::clone(&self.passing);
        let counted = rows.map_err(TransferError::from).inspect_ok(move |piece| {
            tally
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(piece);
        });
        Ok(counted.boxed())
    }

    async fn amount(&mut self, _table: &Table) -> Result<Amount, TransferError> {
        let mut tally = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *tally).finish())
    }
}
