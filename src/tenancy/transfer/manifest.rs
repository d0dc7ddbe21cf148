//! The manifest: what is in the file, and how to tell that it is all there.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::{FileFault, TransferError};
use super::shape::Table;
use super::tally::Amount;
use crate::db::TENANT_TABLES;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::Dealer;

/// Name of the manifest in the archive; written last, so that an archive that
/// was cut short has none.
pub const MANIFEST: &str = "manifest.json";
/// The version that this program writes and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;
/// Longest manifest that is read.
pub(super) const MAX_BYTES: u64 = 1 << 20;

const FORMAT: &str = "tubex dealer";
const LEFT_OUT: &str = "users, passwords and memberships: they belong to people, not to the dealer";

/// Describes one dealer as he was at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    format_version: u32,
    /// Version of the program that wrote it.
    pub product_version: String,
    /// Whose rows.
    pub dealer: Subject,
    /// Newest migration of his schema.
    pub schema_version: String,
    /// The moment of the snapshot, as the program's clock had it.
    pub taken_at: DateTime<Utc>,
    left_out: String,
    /// His tables, all of them.
    pub tables: Vec<Entry>,
}

/// The dealer a file is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// His id where he was exported.
    pub id: DealerId,
    /// The company's name.
    pub name: String,
    /// ISO 4217 code of his books.
    pub currency: String,
    /// IANA time zone of his days.
    pub timezone: String,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name of the table.
    pub name: String,
    /// Name in the archive.
    pub file: String,
    /// Columns in the order of the file; generated ones are made anew.
    pub columns: Vec<String>,
    /// Rows, without the line of column names.
    pub rows: u64,
    /// Bytes of CSV.
    pub bytes: u64,
    /// SHA-256 of the CSV, as 64 hex digits.
    pub sha256: String,
}

/// Enough to see whether the rest can be understood.
#[derive(Deserialize)]
struct Head {
    format: String,
    format_version: u32,
}

impl Manifest {
    /// Of `dealer` at `version`, with no table yet.
    pub(super) fn begin(dealer: &Dealer, version: String, taken_at: DateTime<Utc>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            product_version: env!("CARGO_PKG_VERSION").to_owned(),
            dealer: Subject {
                id: dealer.id,
                name: dealer.name.clone(),
                currency: dealer.currency.clone(),
                timezone: dealer.timezone.clone(),
            },
            schema_version: version,
            taken_at,
            left_out: LEFT_OUT.to_owned(),
            tables: Vec::new(),
        }
    }

    /// The text in the archive.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, TransferError> {
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|error| TransferError::Write(error.into()))?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads the text in an archive, and checks what can be checked by itself.
    pub(super) fn from_json(text: &[u8]) -> Result<Self, FileFault> {
        let wrong = |error: serde_json::Error| FileFault::Manifest(error.to_string());
        let head: Head = serde_json::from_slice(text).map_err(wrong)?;
        if head.format != FORMAT {
            let fault = format!("`format` must be {FORMAT:?}, not {:?}", head.format);
            return Err(FileFault::Manifest(fault));
        }
        if head.format_version > FORMAT_VERSION {
            return Err(FileFault::Format(head.format_version));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(wrong)?;
        manifest.check_tables()?;
        Ok(manifest)
    }

    fn check_tables(&self) -> Result<(), FileFault> {
        let mut seen = HashSet::new();
        for entry in &self.tables {
            let fault = if !TENANT_TABLES.contains(&entry.name.as_str()) {
                "this program knows no such table"
            } else if entry.file != file_of(&entry.name) {
                "its file has another name than the table"
            } else if !seen.insert(&entry.name) {
                "the manifest names it twice"
            } else {
                continue;
            };
            let table = entry.name.clone();
            return Err(FileFault::Table { table, fault });
        }
        Ok(())
    }

    /// All rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|entry| entry.rows).sum()
    }
}

impl Entry {
    pub(super) fn new(table: &Table, amount: Amount) -> Self {
        Self {
            name: table.name.clone(),
            file: file_of(&table.name),
            columns: table.columns.clone(),
            rows: amount.rows,
            bytes: amount.bytes,
            sha256: amount.sha256,
        }
    }

    pub(super) fn amount(&self) -> Amount {
        Amount {
            rows: self.rows,
            bytes: self.bytes,
            sha256: self.sha256.clone(),
        }
    }
}

/// Name in the archive of a table's rows.
pub(super) fn file_of(table: &str) -> String {
    format!("tables/{table}.csv")
}
