//! Expected refusals of a mutation, as data.

use super::{AppError, ErrorCode};
use crate::db::error::DbError;
use crate::kernel::checks::Fault;

/// Something the caller should mend and send again.
#[derive(async_graphql::SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// Stable code to branch on.
    pub code: ErrorCode,
    /// What would be right, for people to read.
    pub message: String,
    /// Path from the mutation's arguments to the field at fault, if it is one.
    pub path: Option<Vec<String>>,
    /// What the code says there is to know, such as what is available; the code names
    /// the details it comes with.
    pub details: Vec<ErrorDetail>,
}

/// Something to know about a refusal, for programs to read.
#[derive(async_graphql::SimpleObject, Clone, Debug, PartialEq, Eq)]
pub struct ErrorDetail {
    /// What it is: `available`.
    pub name: String,
    /// Its value, as text; decimals as everywhere.
    pub value: String,
}

impl UserError {
    /// A refusal that concerns the field at `path`.
    pub fn at(code: ErrorCode, path: &[&str], message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: Some(path.iter().map(|part| (*part).to_owned()).collect()),
            details: Vec::new(),
        }
    }

    /// A refusal of the operation as a whole.
    pub fn general(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: None,
            details: Vec::new(),
        }
    }

    /// The same, with something to know about it.
    #[must_use]
    pub fn with_detail(mut self, name: &str, value: &impl ToString) -> Self {
        self.details.push(ErrorDetail {
            name: name.to_owned(),
            value: value.to_string(),
        });
        self
    }
}

/// Why a use case did not happen: refused as the rules say, or failed.
#[derive(Debug)]
pub enum Refusal {
    /// The caller can mend it; goes into the payload.
    User(Vec<UserError>),
    /// Goes into the answer's `errors`.
    Fault(AppError),
}

impl Refusal {
    /// The same as one error, where there is no payload: each refusal with the last word
    /// of its path.
    pub fn into_error(self) -> AppError {
        let errors = match self {
            Self::Fault(error) => return error,
            Self::User(errors) => errors,
        };
        let code = errors.first().map_or(ErrorCode::BadUserInput, |e| e.code);
        let texts = errors.iter().map(|error| {
            let field = error.path.as_deref().and_then(<[String]>::last);
            field.map_or_else(
                || error.message.clone(),
                |field| format!("{field}: {}", error.message),
            )
        });
        let error = AppError::new(code, texts.collect::<Vec<_>>().join("; "));
        let alone = match errors.as_slice() {
            [one] => one.path.as_deref().and_then(<[String]>::last),
            _ => None,
        };
        match alone {
            Some(field) => error.at_field(field.clone()),
            None => error,
        }
    }
}

/// What a use case returns.
pub type ServiceResult<T> = Result<T, Refusal>;

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        Self::User(vec![error])
    }
}

impl From<Vec<Fault>> for Refusal {
    fn from(faults: Vec<Fault>) -> Self {
        let errors = faults.into_iter().map(|fault| UserError {
            code: ErrorCode::BadUserInput,
            message: fault.message,
            path: Some(fault.path),
            details: Vec::new(),
        });
        Self::User(errors.collect())
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::Fault(error)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<diesel::result::Error> for Refusal {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// What the violation of a named constraint means to the caller.
#[derive(Clone, Copy, Debug)]
pub struct Constraint {
    /// Name in the database.
    pub name: &'static str,
    /// The field at fault.
    pub path: &'static [&'static str],
    /// What would be right.
    pub message: &'static str,
}

/// Turns the violation of a known constraint into a refusal. The database is
/// the judge even when a check before could have told: two requests may race.
pub fn on_constraint(known: &[Constraint]) -> impl Fn(diesel::result::Error) -> Refusal {
    move |error| {
        let error = DbError::from(error);
        let (code, name) = match &error {
            DbError::Unique { constraint } | DbError::Excluded { constraint } => {
                (ErrorCode::AlreadyExists, constraint)
            }
            DbError::Check { constraint, .. } => (ErrorCode::BadUserInput, constraint),
            DbError::ForeignKey { constraint } => (ErrorCode::NotFound, constraint),
            _ => return error.into(),
        };
        match known.iter().find(|constraint| constraint.name == name) {
            Some(constraint) => UserError::at(code, constraint.path, constraint.message).into(),
            None => error.into(),
        }
    }
}
