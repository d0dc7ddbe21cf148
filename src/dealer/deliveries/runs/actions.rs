//! What can be done with a run, by its state.

use super::model::DeliveryRunState as State;
use crate::dealer::deliveries::model::{DeliveryRow, DeliveryState};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a run.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryRunAction {
    /// deliveryRunUpdate.
    Update,
    /// deliveryRunStart.
    Start,
    /// deliveryRunFinish.
    Finish,
    /// deliveryRunCancel.
    Cancel,
}

impl DeliveryRunAction {
    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Finish => Permission::DeliveriesConfirm,
            Self::Update | Self::Start | Self::Cancel => Permission::DeliveriesManage,
        }
    }

    /// Refuses what the state does not let; `path` is that of the run's id.
    pub fn check(self, state: State, path: &[&str]) -> ServiceResult<()> {
        if state.actions().contains(&self) {
            return Ok(());
        }
        let done = match self {
            Self::Update => "changed",
            Self::Start => "started",
            Self::Finish => "finished",
            Self::Cancel => "cancelled",
        };
        let message = format!("a run that is {} can not be {done}", state.as_str());
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }

    /// Whether what becomes of it depends on the deliveries of the run.
    pub const fn looks_at_deliveries(self) -> bool {
        matches!(self, Self::Start | Self::Finish)
    }

    /// Why this can not be done with a run of these deliveries, though its state lets it; none if
    /// it can.
    pub fn hindered_by<'a>(self, on_it: impl Iterator<Item = &'a DeliveryRow>) -> Option<String> {
        let on_it: Vec<_> = on_it.collect();
        let first = |state: DeliveryState| on_it.iter().find(|row| row.state == state);
        match self {
            Self::Update | Self::Cancel => None,
            Self::Start => match first(DeliveryState::Planned).map(|row| row.number) {
                Some(number) => Some(format!(
                    "delivery {number} is not loaded: load it, or take it off the run"
                )),
                None if on_it.iter().any(|row| is_aboard(row.state)) => None,
                None => Some("nothing is loaded".to_owned()),
            },
            Self::Finish => first(DeliveryState::Dispatched).map(|row| {
                let number = row.number;
                format!("delivery {number} is on its way: confirm it, or say that it failed")
            }),
        }
    }
}

/// Whether a truck has taken it, or is about to.
const fn is_aboard(state: DeliveryState) -> bool {
    use DeliveryState as S;
    matches!(state, S::Loaded | S::Dispatched | S::Delivered | S::Failed)
}

impl State {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [DeliveryRunAction] {
        use DeliveryRunAction as A;
        match self {
            Self::Planned => &[A::Update, A::Start, A::Cancel],
            Self::UnderWay => &[A::Finish],
            Self::Done | Self::Cancelled => &[],
        }
    }
}
