//! What can be done with a delivery, by its state.

use super::model::DeliveryState as State;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a delivery.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAction {
    /// deliveryUpdate.
    Update,
    /// deliveryLoad.
    Load,
    /// deliveryDispatch.
    Dispatch,
    /// deliveryConfirm.
    Confirm,
    /// deliveryFail.
    Fail,
    /// deliveryCancel.
    Cancel,
}

impl DeliveryAction {
    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Confirm | Self::Fail => Permission::DeliveriesConfirm,
            Self::Update | Self::Load | Self::Dispatch | Self::Cancel => {
                Permission::DeliveriesManage
            }
        }
    }

    /// Refuses what the state does not let; `path` is that of the delivery's id.
    pub fn check(self, state: State, path: &[&str]) -> ServiceResult<()> {
        if state.actions().contains(&self) {
            return Ok(());
        }
        let done = match self {
            Self::Update => "changed",
            Self::Load => "loaded",
            Self::Dispatch => "dispatched",
            Self::Confirm => "confirmed",
            Self::Fail => "failed",
            Self::Cancel => "cancelled",
        };
        let message = format!("a delivery that is {} can not be {done}", state.as_str());
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}

impl State {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [DeliveryAction] {
        use DeliveryAction as A;
        match self {
            Self::Planned => &[A::Update, A::Load, A::Cancel],
            Self::Loaded => &[A::Dispatch, A::Cancel],
            Self::Dispatched => &[A::Confirm, A::Fail],
            Self::Delivered | Self::Failed | Self::Cancelled => &[],
        }
    }

    /// Those in which its goods are still to leave, or may come back.
    pub const OPEN: [Self; 3] = [Self::Planned, Self::Loaded, Self::Dispatched];

    /// Whether its goods have not left yet.
    pub const fn is_here(self) -> bool {
        matches!(self, Self::Planned | Self::Loaded)
    }
}
