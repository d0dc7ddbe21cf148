//! Why migrating failed.

use crate::db::error::DbError;
use crate::kernel::ids::DealerId;
use crate::tenancy::schema_name::NotASchemaName;

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A statement outside a migration failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A migration failed and was undone.
    #[error("migration failed and was undone: {0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    /// The directory holds a name that is none.
    #[error(transparent)]
    Name(#[from] NotASchemaName),
    /// Another process is at work on the schema.
    #[error("another process migrates this dealer")]
    Busy,
    /// Such indexes are built one after the other.
    #[error("a concurrent index is being built for another dealer")]
    IndexTurn,
    /// The dealer was dropped meanwhile.
    #[error("the dealer's schema does not exist any more")]
    Gone,
    /// The tables were in use each time.
    #[error(
        "a table stayed in use: {attempts} attempts did not get its lock; \
         run it again when long queries are over, or with a larger --lock-patience-s"
    )]
    InUse {
        /// How often it was tried.
        attempts: u32,
    },
    /// The last migration of the schema is not of this program.
    #[error(
        "the last migration is {0}, which this program does not know; use the one that made it"
    )]
    Unknown(String),
    /// There is nothing to take back.
    #[error("no migration is left to revert")]
    NothingToRevert,
    /// The newest migration of the schema was taken back before.
    #[error(
        "the last migration is {last} and not {newest}, the newest of this program; \
         to take back more than that one, say --further"
    )]
    NotNewest {
        /// What would be taken back.
        last: String,
        /// What should be.
        newest: String,
    },
    /// What was written since would go.
    #[error(
        "rows would go with what is in {}; export the dealer first, and say --lose-rows",
        .0.join(", ")
    )]
    LosesRows(Vec<String>),
    /// A set that can not be run.
    #[error("migration {version}: {fault}")]
    Set {
        /// Which migration.
        version: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// There is no such dealer, or his schema is still being made.
    #[error("no dealer {0} with a schema to migrate")]
    NoDealer(DealerId),
}

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl MigrateError {
    /// Whether it is worth another try in a moment, and nobody's fault.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Db(DbError::Timeout(_) | DbError::Serialization(_))
        )
    }

    /// Whether no other dealer would fare better: the database is not there.
    pub(in crate::tenancy) const fn is_everybodys(&self) -> bool {
        matches!(self, Self::Db(DbError::Away(_) | DbError::PoolTimeout))
    }
}
