//! Why a dealer's life was not changed.

use super::state::DealerAction;
use crate::db::error::DbError;
use crate::error::{AppError, ErrorCode, Refusal, UserError};
use crate::kernel::checks::Fault;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;

/// Why a dealer's life was not changed. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// There is no dealer of this id.
    #[error("there is no dealer {0}")]
    Unknown(DealerId),
    /// There is no dealer of this name.
    #[error(
        "there is no dealer called {0:?}; give his exact name, or his id as in `tubex tenant list`"
    )]
    NoName(String),
    /// Several dealers have this name.
    #[error("several dealers are called {0:?}; give the id, as in `tubex tenant list`")]
    Ambiguous(String),
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The dealer is no more in the state that the order was decided on.
    #[error("the dealer is {} by now; look at him again", .0.as_str())]
    Changed(DealerStatus),
    /// Somebody else changed the dealer at the same time.
    #[error("the dealer has just been changed by somebody else; look at him, and try again")]
    Raced,
    /// The name given to confirm a drop is not the dealer's.
    #[error("the confirmation must be the dealer's name, letter by letter")]
    Unconfirmed,
    /// Values that can not be used.
    #[error("{}", texts(.0))]
    Faults(Vec<Fault>),
    /// The schema could not be dropped; what is left goes at the next attempt.
    #[error("the dealer's schema could not be dropped yet: {0}")]
    Raze(Box<dyn std::error::Error + Send + Sync>),
    /// The control plane could not be read or written.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An action that the dealer's state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not possible while the dealer is {}; possible: {}",
    .action.as_str(), .status.as_str(), names(.possible))]
pub struct Refused {
    /// What was to be done.
    pub action: DealerAction,
    /// The state the dealer is in.
    pub status: DealerStatus,
    /// What can be done instead.
    pub possible: Vec<DealerAction>,
}

impl LifecycleError {
    pub(super) fn raze(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Raze(cause.into())
    }
}

impl From<Vec<Fault>> for LifecycleError {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Faults(faults)
    }
}

impl From<LifecycleError> for Refusal {
    fn from(error: LifecycleError) -> Self {
        let message = error.to_string();
        let (code, path) = match error {
            LifecycleError::Unknown(_) | LifecycleError::NoName(_) => {
                (ErrorCode::NotFound, "dealerId")
            }
            LifecycleError::Ambiguous(_) => (ErrorCode::BadUserInput, "dealerId"),
            LifecycleError::Changed(_) => (ErrorCode::Conflict, "expectedStatus"),
            LifecycleError::Unconfirmed => (ErrorCode::BadUserInput, "confirm"),
            LifecycleError::Refused(_) => {
                return UserError::general(ErrorCode::NotAllowed, message).into();
            }
            LifecycleError::Raced => {
                return UserError::general(ErrorCode::Conflict, message).into();
            }
            LifecycleError::Faults(faults) => return faults.into(),
            LifecycleError::Raze(cause) => return AppError::internal(cause).into(),
            LifecycleError::Db(error) => return error.into(),
        };
        UserError::at(code, &["input", path], message).into()
    }
}

fn texts(faults: &[Fault]) -> String {
    let texts: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.path.join("."), fault.message))
        .collect();
    texts.join("; ")
}

fn names(actions: &[DealerAction]) -> String {
    if actions.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<&str> = actions.iter().map(|action| action.as_str()).collect();
    names.join(", ")
}
