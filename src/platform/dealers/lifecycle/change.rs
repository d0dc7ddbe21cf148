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
    /// Another plan.
    Plan(String),
}

impl Change {
    /// Refuses what does not fit the dealer.
    pub(super) fn check(&self, dealer: &DealerRecord) -> Result<(), LifecycleError> {
        match self {
            Self::Drop { confirmation, .. } if *confirmation != dealer.name => {
                Err(LifecycleError::Unconfirmed)
            }
            Self::Drop { .. } | Self::State | Self::Name(_) | Self::Plan(_) => Ok(()),
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
            Self::Plan(plan) => Some(format!("{} → {plan}", before.plan)),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::State | Self::Drop { .. } | Self::Plan(_) => None,
        }
    }

    pub(super) fn plan(&self) -> Option<&str> {
        match self {
            Self::Plan(plan) => Some(plan),
            Self::State | Self::Drop { .. } | Self::Name(_) => None,
        }
    }

    /// Whether it takes the dealer from one state to another.
    pub(super) const fn is_step(&self) -> bool {
        matches!(self, Self::State | Self::Drop { .. })
    }

    pub(super) const fn delete_after(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Drop { delete_after, .. } => Some(*delete_after),
            Self::State | Self::Name(_) | Self::Plan(_) => None,
        }
    }
}
