//! The driver's errors as diesel's.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

/// What diesel calls it.
pub(super) fn to_diesel(error: &Error) -> DieselError {
    match error.as_db_error() {
        Some(said) if is_final(said) => {
            let kind = DatabaseErrorKind::ClosedConnection;
            DieselError::DatabaseError(kind, Box::new(Said(said.clone())))
        }
        Some(said) => DieselError::DatabaseError(kind(said.code()), Box::new(Said(said.clone()))),
        None if error.is_closed() || is_io(error) => {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(text(error)))
        }
        None => {
            let kind = DatabaseErrorKind::UnableToSendCommand;
            DieselError::DatabaseError(kind, Box::new(text(error)))
        }
    }
}

/// Whether these are the last words on a connection: the server's, or those of a
/// pooler, which speaks of errors of the connection (class 08).
fn is_final(said: &DbError) -> bool {
    matches!(said.severity(), "FATAL" | "PANIC") || said.code().code().starts_with("08")
}

/// The error of a connection that did not answer in time.
pub(super) fn silent() -> DieselError {
    let text = Box::new("no answer in time".to_owned());
    DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, text)
}

fn is_io(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// Whether the connection has ended, or the server has said that it ends it.
pub(super) fn is_dead(error: &Error) -> bool {
    let is_last = |code: &SqlState| {
        *code == SqlState::ADMIN_SHUTDOWN
            || *code == SqlState::CRASH_SHUTDOWN
            || *code == SqlState::CANNOT_CONNECT_NOW
    };
    error.code().is_none_or(is_last)
}

/// The driver's text leaves out the reason; the source holds it.
fn text(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    cause.unwrap_or_else(|| error.to_string())
}

fn kind(code: &SqlState) -> DatabaseErrorKind {
    if *code == SqlState::UNIQUE_VIOLATION {
        DatabaseErrorKind::UniqueViolation
    } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
        DatabaseErrorKind::ForeignKeyViolation
    } else if *code == SqlState::RESTRICT_VIOLATION {
        DatabaseErrorKind::RestrictViolation
    } else if *code == SqlState::EXCLUSION_VIOLATION {
        DatabaseErrorKind::ExclusionViolation
    } else if *code == SqlState::NOT_NULL_VIOLATION {
        DatabaseErrorKind::NotNullViolation
    } else if *code == SqlState::CHECK_VIOLATION {
        DatabaseErrorKind::CheckViolation
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        DatabaseErrorKind::ReadOnlyTransaction
    } else if [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
    {
        DatabaseErrorKind::SerializationFailure
    } else {
        DatabaseErrorKind::Unknown
    }
}

/// What Postgres said.
struct Said(DbError);

impl DatabaseErrorInformation for Said {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn details(&self) -> Option<&str> {
        self.0.detail()
    }

    fn hint(&self) -> Option<&str> {
        self.0.hint()
    }

    fn table_name(&self) -> Option<&str> {
        self.0.table()
    }

    fn column_name(&self) -> Option<&str> {
        self.0.column()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn statement_position(&self) -> Option<i32> {
        let position = match self.0.position()? {
            ErrorPosition::Original(position) | ErrorPosition::Internal { position, .. } => {
                *position
            }
        };
        position.try_into().ok()
    }
}
