//! Reading an archive that anybody may have made.
//!
//! Nothing of it is trusted: names are compared, never used as paths; lengths
//! are held to what the manifest says while they are read; overlaps, names given
//! twice and headers at odds with the directory are refused.

use std::io::{Read, Seek};

use bytes::Bytes;
use tokio::sync::mpsc;
use zip::ZipArchive;
use zip::result::ZipError;

use super::allowance::{Allowance, Metered};
use crate::tenancy::transfer::error::{FileFault, TransferError};
use crate::tenancy::transfer::manifest::{Entry, MANIFEST, MAX_BYTES, Manifest};
use crate::tenancy::transfer::tally::Tally;

/// Files in an archive; a dealer has some dozens of tables.
const MAX_FILES: usize = 300;
/// What may be read before it is known what the archive holds.
const OPENING: u64 = 8 << 20;
/// Read at once.
const PIECE: usize = 64 * 1024;

/// An archive whose manifest has been read and whose files are those it names.
pub struct Archive<R> {
    zip: ZipArchive<Metered<R>>,
    manifest: Manifest,
}

impl<R> std::fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Archive").field(&self.manifest).finish()
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive. Blocks.
    pub fn open(from: R) -> Result<Self, FileFault> {
        // The directory is held in memory, and it says itself how long it is.
        let allowance = Allowance::new(OPENING);
        let mut zip = ZipArchive::new(allowance.meter(from)).map_err(damaged)?;
        if zip.len() > MAX_FILES {
            return Err(FileFault::TooMany(zip.len()));
        }
        zip.validate_header_consistency().map_err(damaged)?;
        let manifest = read_manifest(&mut zip)?;
        allowance.lift();
        let archive = Self { zip, manifest };
        archive.check_files()?;
        Ok(archive)
    }

    /// What it says it holds.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Reads every row and compares with the manifest. Blocks; `done` hears of
    /// each table.
    pub fn verify(&mut self, done: &dyn Fn()) -> Result<(), FileFault> {
        for entry in self.manifest.tables.clone() {
            let mut tally = Tally::default();
            self.each_piece(&entry, |piece| {
                tally.add(piece);
                true
            })?;
            if let Some(what) = tally.finish().difference(&entry.amount()) {
                let file = entry.file;
                return Err(FileFault::Damaged { file, what });
            }
            done();
        }
        Ok(())
    }

    /// Sends the rows of a table until nobody listens. Blocks.
    pub(in crate::tenancy::transfer) fn send(
        &mut self,
        entry: &Entry,
        to: &mpsc::Sender<Result<Bytes, TransferError>>,
    ) {
        let sent = self.each_piece(entry, |piece| {
            to.blocking_send(Ok(Bytes::copy_from_slice(piece))).is_ok()
        });
        if let Err(fault) = sent {
            // Whoever has gone away needs no reason.
            let _sent = to.blocking_send(Err(fault.into()));
        }
    }

    /// Gives the pieces of a file to `take` for as long as it says true.
    fn each_piece(
        &mut self,
        entry: &Entry,
        mut take: impl FnMut(&[u8]) -> bool,
    ) -> Result<(), FileFault> {
        let name = &entry.file;
        let mut file = self.zip.by_name(name).map_err(|error| named(name, error))?;
        let mut buffer = vec![0; PIECE];
        let mut bytes = 0_u64;
        loop {
            // What does not inflate, or not to its checksum, is damaged.
            let length = file
                .read(&mut buffer)
                .map_err(|_cause| too(name, "compressed data"))?;
            let piece = buffer.get(..length).unwrap_or_default();
            bytes += u64::try_from(length).unwrap_or(u64::MAX);
            if bytes > entry.bytes {
                return Err(too(name, "length"));
            }
            if piece.is_empty() || !take(piece) {
                return Ok(());
            }
        }
    }

    /// The files are the manifest and those that it names.
    fn check_files(&self) -> Result<(), FileFault> {
        let is_named = |name: &str| self.manifest.tables.iter().any(|entry| entry.file == name);
        for name in self.zip.file_names() {
            let name = name.map_err(damaged)?;
            if name != MANIFEST && !is_named(&name) {
                return Err(FileFault::Unknown(name.into_owned()));
            }
        }
        let is_missing = |entry: &&Entry| self.zip.index_for_name(&entry.file).is_none();
        match self.manifest.tables.iter().find(is_missing) {
            Some(entry) => Err(FileFault::Missing(entry.file.clone())),
            None => Ok(()),
        }
    }
}

fn read_manifest<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Manifest, FileFault> {
    let file = match zip.by_name(MANIFEST) {
        Err(ZipError::FileNotFound) => return Err(FileFault::NoManifest),
        file => file.map_err(|error| named(MANIFEST, error))?,
    };
    let mut text = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|_cause| too(MANIFEST, "compressed data"))?;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        return Err(too(MANIFEST, "length"));
    }
    Manifest::from_json(&text)
}

fn too(file: &str, what: &'static str) -> FileFault {
    FileFault::Damaged {
        file: file.to_owned(),
        what,
    }
}

fn named(file: &str, error: ZipError) -> FileFault {
    match error {
        ZipError::Io(error) => FileFault::Read(error),
        error => FileFault::NotAnArchive(format!("{file}: {error}")),
    }
}

fn damaged(error: ZipError) -> FileFault {
    match error {
        ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            FileFault::Read(error)
        }
        error => FileFault::NotAnArchive(error.to_string()),
    }
}
