//! What can be done with a run, by its state.

use super::model::DeliveryRunState as State;
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
