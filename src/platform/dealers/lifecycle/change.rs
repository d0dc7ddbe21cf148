//! What an action writes beside the state.

use chrono::{DateTime, Utc};

use super::error::LifecycleError;
use super::query::DealerRecord;

/// What an action writes beside the state.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// Nothing.
    State,
    /// When the rows go.
    Drop {
        delete_after: DateTime<Utc>,
        /// What was given as the dealer's name.
        confirmation: String,
    },
    /// Another name.
    Name(String),
}

impl Change {
    /// Refuses what does not fit the dealer.
    pub(super) fn check(&self, dealer: &DealerRecord) -> Result<(), LifecycleError> {
        match self {
            Self::Drop { confirmation, .. } if *confirmation != dealer.name => {
                Err(LifecycleError::Unconfirmed)
            }
            Self::Drop { .. } | Self::State | Self::Name(_) => Ok(()),
        }
    }

    /// What is noted beside the action.
    pub(super) fn detail(&self, before: &DealerRecord) -> Option<String> {
        match self {
            Self::State => None,
            Self::Drop { delete_after, .. } => {
                Some(format!("rows go after {}", delete_after.to_rfc3339()))
            }
            Self::Name(name) => Some(format!("{} → {name}", before.name)),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::State | Self::Drop { .. } => None,
        }
    }

    pub(super) const fn delete_after(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Drop { delete_after, .. } => Some(*delete_after),
            Self::State | Self::Name(_) => None,
        }
    }
}
