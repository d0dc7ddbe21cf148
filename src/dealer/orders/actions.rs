//! What can be done with an order, by its state.

use super::model::{OrderProgress, OrderRow, OrderState as State};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with an order.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderAction {
    /// orderUpdate.
    Update,
    /// orderConfirm.
    Confirm,
    /// orderAmend.
    Amend,
    /// orderLineCancel; refused all the same for what is on its way or invoiced.
    CancelLine,
    /// orderCancel; likewise.
    Cancel,
    /// orderClose; likewise.
    Close,
    /// orderHold.
    Hold,
    /// orderHoldRelease.
    HoldRelease,
    /// specialOrderToPurchaseOrder; refused all the same if no line of it is to be ordered so.
    BuySpecial,
}

impl OrderAction {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Update,
        Self::Confirm,
        Self::Amend,
        Self::CancelLine,
        Self::Cancel,
        Self::Close,
        Self::Hold,
        Self::HoldRelease,
        Self::BuySpecial,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::BuySpecial => Permission::PurchasingManage,
            _ => Permission::OrdersManage,
        }
    }

    /// Whether it can be done with an order that stands so.
    pub const fn suits(self, row: &OrderRow) -> bool {
        let is_held = row.held_at.is_some();
        let is_open = matches!(row.state, State::Draft | State::Confirmed);
        let has_begun = !matches!(
            (row.fulfilment, row.billing),
            (OrderProgress::None, OrderProgress::None)
        );
        match self {
            Self::Update => matches!(row.state, State::Draft),
            Self::Confirm => matches!(row.state, State::Draft) && !is_held,
            Self::Amend | Self::CancelLine | Self::BuySpecial => {
                matches!(row.state, State::Confirmed)
            }
            Self::Close => matches!(row.state, State::Confirmed) && has_begun,
            Self::Cancel => is_open,
            Self::Hold => is_open && !is_held,
            Self::HoldRelease => is_held,
        }
    }

    /// Refuses what does not suit the order; `path` is that of the field that names it.
    pub fn check(self, row: &OrderRow, path: &[&str]) -> ServiceResult<()> {
        if self.suits(row) {
            return Ok(());
        }
        let message = match (self, &row.hold_reason) {
            (Self::Confirm | Self::Hold, Some(reason)) => {
                format!("the order is on hold: {reason}")
            }
            (Self::HoldRelease, _) => "the order is not on hold".to_owned(),
            (Self::Close, _) if row.state == State::Confirmed => {
                "nothing of the order is delivered or invoiced; cancel it".to_owned()
            }
            _ => format!(
                "this can not be done with an order that is {}; see its allowedActions",
                row.state.as_str()
            ),
        };
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}
