//! Why a dealer could not be exported, restored or cloned.

use crate::db::error::DbError;
use crate::error::{AppError, ErrorCode};
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::migrate::MigrateError;

/// Why a dealer could not be exported, restored or cloned. Whatever it is, the
/// dealers who are there stay as they were.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A statement failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The new schema could not be made.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The file is not what it should be.
    #[error(transparent)]
    File(#[from] FileFault),
    /// There is no such dealer.
    #[error("no dealer {0}")]
    NoDealer(DealerId),
    /// The dealer has no whole schema.
    #[error("dealer {0} is {status}: there is nothing to read", status = .1.as_str())]
    NoSchema(DealerId, DealerStatus),
    /// A migration of the dealer takes its time.
    #[error("dealer {0} is being migrated at this moment; try again")]
    Migrating(DealerId),
    /// A restore gave the dealer another schema in this moment.
    #[error("dealer {0} is being restored at this moment; try again")]
    Moved(DealerId),
    /// The dealer is open, or closed for good.
    #[error(
        "dealer {0} is {status}, and only a SUSPENDED dealer can be restored: \
         suspend him first, so that nobody writes what the restore would lose",
        status = .1.as_str()
    )]
    NotSuspended(DealerId, DealerStatus),
    /// The file is of another dealer.
    #[error(
        "the file is of {of} ({name:?}) and not of {dealer}; if his rows shall really take \
         the place of {dealer}'s, say `--from-another-dealer`, or `fromAnotherDealer=true` over HTTP"
    )]
    NotHis {
        /// Whose rows would be replaced.
        dealer: DealerId,
        /// Name of the dealer in the file.
        name: String,
        /// Whose rows are in the file.
        of: DealerId,
    },
    /// Prices would be in another currency without a word.
    #[error("the file's prices are in {file}, and {dealer} works in {his}: nothing converts them")]
    Currency {
        /// Whose rows would be replaced.
        dealer: DealerId,
        /// His currency.
        his: String,
        /// That of the file.
        file: String,
    },
    /// The schema is at a version that this program does not have.
    #[error(
        "schema version {0} is not one of this program's; \
         use the program that made it, or a newer one"
    )]
    UnknownVersion(String),
    /// The schema is not what its version makes.
    #[error(
        "the schema holds {0}, which this program does not know and would leave out; \
         run `tubex migrate`, or take it out of the schema"
    )]
    Unknown(String),
    /// A table of the schema's version is not there.
    #[error("the schema lacks the table {0}, which its version has")]
    Lacking(String),
    /// Rows without a key have no order to be compared in.
    #[error("the table {0} has no primary key")]
    NoKey(String),
    /// Tables refer to each other in a ring.
    #[error("the tables {} refer to each other in a ring: none can be filled first", .0.join(", "))]
    Cycle(Vec<String>),
    /// The rows in the new schema are not those that were sent.
    #[error("the rows of {0} came out differently from how they went in; nothing was switched")]
    Differs(String),
    /// The new schema is gone: swept, or in use already.
    #[error("the new schema is not at hand any more; start again")]
    Swept,
    /// The archive could not be written.
    #[error("the archive could not be written: {0}")]
    Write(std::io::Error),
}

/// What is wrong with a file that should hold a dealer.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// It can not be read.
    #[error("the file can not be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is no archive, or damaged as one.
    #[error("the file is not an export, or it is damaged: {0}")]
    NotAnArchive(String),
    /// More files than a dealer has tables.
    #[error("the archive holds {0} files; a dealer has far fewer tables")]
    TooMany(usize),
    /// There is no manifest: the export was cut short, or it is none.
    #[error("the archive has no manifest.json: the export was cut short, or this is not one")]
    NoManifest,
    /// The manifest is not one.
    #[error("manifest.json: {0}")]
    Manifest(String),
    /// Made by a newer program.
    #[error("the file has format version {0}, and this program reads up to {max}", max = super::manifest::FORMAT_VERSION)]
    Format(u32),
    /// A file that the manifest does not name.
    #[error("the archive holds {0:?}, which the manifest does not name")]
    Unknown(String),
    /// A file that the manifest names.
    #[error("the archive lacks {0:?}, which the manifest names")]
    Missing(String),
    /// The rows are not those that were exported.
    #[error("{file:?} is damaged: its {what} is not what the manifest says")]
    Damaged {
        /// Name in the archive.
        file: String,
        /// What differs.
        what: &'static str,
    },
    /// The tables are not those of the version.
    #[error("table {table:?}: {fault}")]
    Table {
        /// Which one.
        table: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl TransferError {
    /// A code for programs to branch on.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Db(_) | Self::Migrate(_) | Self::Write(_) => ErrorCode::Internal,
            Self::File(_) | Self::Cycle(_) => ErrorCode::BadUserInput,
            Self::NoDealer(_) => ErrorCode::NotFound,
            Self::Migrating(_) | Self::Moved(_) | Self::Swept => ErrorCode::Conflict,
            Self::NoSchema(..) => ErrorCode::DealerNotActive,
            Self::NotSuspended(..)
            | Self::NotHis { .. }
            | Self::Currency { .. }
            | Self::UnknownVersion(_)
            | Self::Unknown(_)
            | Self::Lacking(_)
            | Self::NoKey(_)
            | Self::Differs(_) => ErrorCode::NotAllowed,
        }
    }
}

impl From<diesel::result::Error> for TransferError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<TransferError> for AppError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Db(error) => error.into(),
            error if error.code() == ErrorCode::Internal => Self::internal(error),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}
