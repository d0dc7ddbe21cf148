//! A dealer as one file, and from one file: export, restore, clone.
//!
//! ```text
//! Snapshot ──▶ ArchiveWriter ──▶ file ──▶ Archive ──┐
//!     └──────────────── clone ──────────────────────┴──▶ stage ──▶ switch
//! ```
//!
//! [`Transfer::export`] reads all tables at one moment and writes them as a
//! stream. [`Transfer::import`] and [`Transfer::clone_of`] make a schema beside
//! those in use at the version of the rows, fill it, read it back and compare,
//! and bring it up to date: [`Staged`]. The `switch` is one transaction of the
//! control plane. Whatever is cut short is found and dropped by
//! [`Transfer::sweep`].

mod archive;
mod error;
mod fill;
mod manifest;
mod report;
mod retired;
mod session;
mod shape;
mod snapshot;
mod source;
mod stage;
mod switch;
mod tally;

use std::io::{Read, Seek, Write};

use futures_util::TryStreamExt;
use secrecy::SecretString;

pub use archive::{Archive, Written};
pub use error::{FileFault, TransferError};
pub use manifest::{Entry, FORMAT_VERSION, MANIFEST, Manifest, Subject};
pub use report::{Event, Seen};
pub use retired::Purpose;
pub use stage::Staged;
pub use switch::{Replaced, dealer_insert_staged_tx, dealer_replace_staged_tx};

use crate::db::connect::Connector;
use crate::db::control::ControlPool;
use crate::db::owner::OwnerPool;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use archive::ArchiveWriter;
use snapshot::{Snapshot, known_version};
use source::{FromArchive, FromDealer};
use stage::Wanted;
use tally::Tally;

/// Moves whole dealers. Each transfer has connections of its own, so that none
/// of the requests' is held for long.
#[derive(Clone)]
pub struct Transfer {
    /// Opens them.
    pub connector: Connector,
    /// Connection string of the request role, which reads and fills tables.
    pub request_url: SecretString,
    /// Connection string of the owner, which holds locks.
    pub owner_url: SecretString,
    /// Name of the request role.
    pub request_role: String,
    /// Makes and drops schemas.
    pub owner: OwnerPool,
    /// The dealers' rows.
    pub control: ControlPool,
    /// The time.
    pub clock: Clock,
}

/// Where a restored schema goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A dealer who is not there yet.
    New,
    /// A suspended dealer, in place of his rows, from a file of his own.
    Into(DealerId),
    /// As [`Destination::Into`], from whosesoever file.
    IntoFromAnother(DealerId),
}

impl Destination {
    /// The dealer who is there already.
    pub const fn dealer(self) -> Option<DealerId> {
        match self {
            Self::New => None,
            Self::Into(dealer) | Self::IntoFromAnother(dealer) => Some(dealer),
        }
    }
}

impl Transfer {
    /// Writes one dealer, as he is at one moment, to `out`. Memory is bounded
    /// however many rows there are. Dropped early, it leaves an archive
    /// without an end.
    pub async fn export<W: Write + Send + 'static>(
        &self,
        dealer: DealerId,
        out: W,
        seen: Seen<'_>,
    ) -> Result<(Manifest, Written<W>), TransferError> {
        let snapshot = Snapshot::open(self, dealer).await?;
        let now = self.clock.now();
        let mut manifest = Manifest::begin(&snapshot.dealer, snapshot.version.clone(), now);
        let mut writer = ArchiveWriter::new(out, now);
        seen(Event::Begins("tables read", snapshot.tables.len()));
        for table in &snapshot.tables {
            writer.file(&manifest::file_of(&table.name)).await?;
            let mut rows = snapshot.rows(table).await?;
            let mut tally = Tally::default();
            while let Some(piece) = rows.try_next().await? {
                tally.add(&piece);
                writer.data(&piece).await?;
            }
            manifest.tables.push(Entry::new(table, tally.finish()));
            seen(Event::Done);
        }
        snapshot.close().await?;
        writer.file(MANIFEST).await?;
        writer.data(&manifest.to_json()?).await?;
        Ok((manifest, writer.finish().await?))
    }

    /// Checks an archive and makes a whole schema of it. Nothing is in use of
    /// it before the switch: [`dealer_replace_staged_tx`] or
    /// [`dealer_insert_staged_tx`].
    pub async fn import<R: Read + Seek + Send + 'static>(
        &self,
        archive: Archive<R>,
        destination: Destination,
        seen: Seen<'_>,
    ) -> Result<Staged, TransferError> {
        let manifest = archive.manifest().clone();
        let version = known_version(Some(manifest.schema_version.clone()))?;
        let dealer = destination.dealer();
        if let Some(dealer) = dealer {
            self.check_suspended(dealer).await?;
            self.check_fits(destination, dealer, &manifest.dealer)
                .await?;
        }
        let archive = verified(archive, seen).await?;
        let entries = manifest.tables.iter();
        let wanted = Wanted {
            dealer,
            version: &version,
            columns: entries.map(|e| (e.name.as_str(), &e.columns[..])).collect(),
            source: FromArchive::Idle(Box::new(archive)),
        };
        self.stage(wanted, seen).await
    }

    /// Makes a whole schema with the rows that a dealer has at this moment.
    pub async fn clone_of(
        &self,
        dealer: DealerId,
        seen: Seen<'_>,
    ) -> Result<Staged, TransferError> {
        let snapshot = Snapshot::open(self, dealer).await?;
        let tables = snapshot.tables.iter();
        let wanted = Wanted {
            dealer: None,
            version: &snapshot.version,
            columns: tables.map(|t| (t.name.as_str(), &t.columns[..])).collect(),
            source: FromDealer::new(&snapshot),
        };
        let staged = self.stage(wanted, seen).await?;
        snapshot.close().await?;
        Ok(staged)
    }
}

/// Reads everything once before anything is made of it.
async fn verified<R: Read + Seek + Send + 'static>(
    mut archive: Archive<R>,
    seen: Seen<'_>,
) -> Result<Archive<R>, TransferError> {
    seen(Event::Begins(
        "tables checked",
        archive.manifest().tables.len(),
    ));
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    let check = tokio::task::spawn_blocking(move || {
        let checked = archive.verify(&|| {
            let _heard = tell.blocking_send(());
        });
        checked.map(|()| archive)
    });
    while let Some(()) = told.recv().await {
        seen(Event::Done);
    }
    let lost = |error| FileFault::Read(std::io::Error::other(error));
    Ok(check.await.map_err(lost)??)
}
