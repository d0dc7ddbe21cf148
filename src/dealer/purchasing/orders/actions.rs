//! What can be done with a purchase order, by its state.

use super::model::PurchaseOrderState as State;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a purchase order.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseOrderAction {
    /// purchaseOrderUpdate.
    Update,
    /// purchaseOrderSend.
    Send,
    /// goodsReceive.
    Receive,
    /// purchaseOrderCancel.
    Cancel,
    /// purchaseOrderClose.
    Close,
}

impl PurchaseOrderAction {
    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Receive => Permission::PurchasingReceive,
            Self::Update | Self::Send | Self::Cancel | Self::Close => Permission::PurchasingManage,
        }
    }

    /// Refuses what the state does not let; `path` is that of the order's id.
    pub fn check(self, state: State, path: &[&str]) -> ServiceResult<()> {
        if state.actions().contains(&self) {
            return Ok(());
        }
        let done = match self {
            Self::Update => "changed",
            Self::Send => "sent",
            Self::Receive => "received",
            Self::Cancel => "cancelled",
            Self::Close => "closed",
        };
        let message = format!(
            "a purchase order that is {} can not be {done}",
            state.as_str()
        );
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}

impl State {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [PurchaseOrderAction] {
        use PurchaseOrderAction as A;
        match self {
            Self::Draft => &[A::Update, A::Send, A::Cancel],
            Self::Sent => &[A::Receive, A::Cancel],
            Self::PartiallyReceived => &[A::Receive, A::Close],
            Self::Received | Self::Cancelled | Self::Closed => &[],
        }
    }

    /// Those in which its goods are counted on when more is ordered.
    pub const OPEN: [Self; 3] = [Self::Draft, Self::Sent, Self::PartiallyReceived];

    /// Those in which the supplier is to bring goods.
    pub const AWAITED: [Self; 2] = [Self::Sent, Self::PartiallyReceived];
}
