//! What a failed statement means, without the database's wording.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::{AppError, ErrorCode};

/// A failed statement or checkout.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique constraint refused the row.
    #[error("unique constraint {constraint}")]
    Unique {
        /// Name of the constraint or unique index.
        constraint: String,
    },
    /// A foreign key refused the row.
    #[error("foreign key {constraint}")]
    ForeignKey {
        /// Name of the constraint.
        constraint: String,
    },
    /// An exclusion constraint refused the row: it overlaps another one.
    #[error("exclusion constraint {constraint}")]
    Excluded {
        /// Name of the constraint.
        constraint: String,
    },
    /// A check refused the row.
    #[error("check constraint {constraint}")]
    Check {
        /// Name of the constraint.
        constraint: String,
        /// What the database says.
        #[source]
        cause: DieselError,
    },
    /// A concurrent transaction won.
    #[error("serialization failure")]
    Serialization(#[source] DieselError),
    /// `statement_timeout` or `lock_timeout` struck.
    #[error("timed out in the database")]
    Timeout(#[source] DieselError),
    /// No connection became free in time.
    #[error("no connection became free")]
    PoolTimeout,
    /// Too many requests of this dealer wait already.
    #[error("the dealer's queue is full")]
    DealerBusy,
    /// Nothing may be changed at this dealer.
    #[error("the dealer may only be read")]
    ReadOnly,
    /// The caller's token allows no changes.
    #[error("the caller may only read")]
    LookOnly,
    /// This node can not tell whether the caller's token was revoked.
    #[error("it is not known what has been revoked")]
    Unsure,
    /// The server can not be reached or closed the connection.
    #[error("the database is away: {0}")]
    Away(String),
    /// The answer to a COMMIT did not come: it may have been done or not.
    #[error("nobody knows whether the transaction was committed: {0}")]
    Unconfirmed(String),
    /// `--pooler transaction`, with a pooler that can not do what that takes.
    #[error(
        "--pooler transaction is set, but there is no pooler, or one that does not carry prepared \
         statements along, so that one node could run the statement of another; PgBouncer does \
         from 1.21 on, with max_prepared_statements above 0"
    )]
    ForgetfulPooler,
    /// Anything else: a fault of ours.
    #[error(transparent)]
    Other(DieselError),
}

/// What data access returns.
pub type DbResult<T> = Result<T, DbError>;

impl DbError {
    /// What it means if it is that of a COMMIT: when the connection ends, nobody can
    /// tell.
    pub(super) fn of_a_commit(self) -> Self {
        match self {
            Self::Away(cause) => Self::Unconfirmed(cause),
            refused => refused,
        }
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, info) = &error else {
            return Self::Other(error);
        };
        let constraint = || constraint_of(info.constraint_name(), info.message()).to_owned();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Unique {
                constraint: constraint(),
            },
            DatabaseErrorKind::ForeignKeyViolation => Self::ForeignKey {
                constraint: constraint(),
            },
            DatabaseErrorKind::CheckViolation => Self::Check {
                constraint: constraint(),
                cause: error,
            },
            DatabaseErrorKind::SerializationFailure => Self::Serialization(error),
            DatabaseErrorKind::ClosedConnection => Self::Away(info.message().to_owned()),
            // In these words the driver says that the line is cut.
            DatabaseErrorKind::UnableToSendCommand
                if ["connection closed", "error communicating"]
                    .iter()
                    .any(|words| info.message().starts_with(words)) =>
            {
                Self::Away(info.message().to_owned())
            }
            DatabaseErrorKind::ExclusionViolation => Self::Excluded {
                constraint: constraint(),
            },
            // The server's last words on a connection that it ends.
            _ if info.message().starts_with("terminating connection") => {
                Self::Away(info.message().to_owned())
            }
            // diesel does not pass on SQLSTATE 57014 and 55P03, so the text
            // has to tell; lc_messages is fixed to C where we own the server.
            _ if info.message().contains("statement timeout")
                || info.message().contains("lock timeout") =>
            {
                Self::Timeout(error)
            }
            _ => Self::Other(error),
        }
    }
}

/// The name that a migration gave a constraint. A Citus coordinator passes on what a worker
/// says, not which constraint it is about, and there the name is that of a shard's, with the
/// shard's number behind it: `products_sku_unique_102011`.
fn constraint_of<'a>(told: Option<&'a str>, message: &'a str) -> &'a str {
    const SHORTEST_NUMBER: usize = 6;
    let in_message = || {
        let (_, rest) = message.split_once("constraint \"")?;
        Some(rest.split_once('"')?.0)
    };
    let name = told.or_else(in_message).unwrap_or_default();
    match name.rsplit_once('_') {
        Some((given, number))
            if number.len() >= SHORTEST_NUMBER && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            given
        }
        _ => name,
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        let (code, message) = match &error {
            DbError::Unique { .. } | DbError::Excluded { .. } => (
                ErrorCode::AlreadyExists,
                "another record has this value already",
            ),
            DbError::ForeignKey { .. } => (
                ErrorCode::NotFound,
                "a record this one refers to does not exist",
            ),
            DbError::Serialization(_) => (
                ErrorCode::Conflict,
                "another request changed the same records; try again",
            ),
            DbError::Timeout(_) => (ErrorCode::Timeout, "the database took too long"),
            DbError::PoolTimeout => {
                return Self::overloaded(
                    "the server has more work than it can take; try again shortly",
                    Duration::from_secs(1),
                )
                .with_cause(error);
            }
            DbError::DealerBusy => {
                return Self::overloaded(
                    "more requests of this dealer wait than the server keeps; try again shortly",
                    Duration::from_secs(1),
                )
                .with_cause(error);
            }
            DbError::LookOnly => (
                ErrorCode::Forbidden,
                "this access token is good for reading only",
            ),
            DbError::Unsure => (
                ErrorCode::Unavailable,
                "the server can not tell at this moment who has been signed out; try again shortly",
            ),
            DbError::ReadOnly => (
                ErrorCode::DealerSuspended,
                "this dealer is suspended: he may read, and change nothing",
            ),
            DbError::Unconfirmed(_) => (
                ErrorCode::OutcomeUnknown,
                "the database did not confirm the change, which may have been made or not; \
                 look before you repeat it",
            ),
            DbError::Away(_) | DbError::ForgetfulPooler => {
                let message = "the database can not be reached";
                return Self::new(ErrorCode::Unavailable, message)
                    .with_retry_after(Duration::from_secs(1))
                    .with_cause(error);
            }
            DbError::Check { .. } | DbError::Other(_) => return Self::internal(error),
        };
        Self::new(code, message).with_cause(error)
    }
}

#[cfg(test)]
mod tests {
    use super::constraint_of;

    #[test]
    fn a_constraint_has_its_name_on_every_engine() {
        for name in ["products_sku_unique", "rules_2", "", "_", "_12345"] {
            assert_eq!(constraint_of(Some(name), "of \"no\" use"), name);
        }
        let name = "products_sku_unique";
        let of_shard = "products_sku_unique_102011";
        assert_eq!(constraint_of(Some(of_shard), ""), name);
        for message in [
            format!("duplicate key value violates unique constraint \"{of_shard}\""),
            format!(
                "update on table \"t_102009\" violates foreign key constraint \"{of_shard}\" on table \"u_1\""
            ),
        ] {
            assert_eq!(constraint_of(None, &message), name);
        }
        assert_eq!(constraint_of(None, "violates something"), "");
    }
}
