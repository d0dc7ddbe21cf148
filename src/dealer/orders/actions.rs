//! What can be done with an order, by its state.

use super::model::{OrderApproval, OrderProgress, OrderRow, OrderState as State};
use crate::dealer::customers::contacts::contractor::Contractor;
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
    /// specialOrderToPurchaseOrder; only while goods of a line are to be bought for it.
    BuySpecial,
    /// orderApprove.
    Approve,
    /// orderDecline.
    Decline,
    /// orderWithdraw.
    Withdraw,
}

impl OrderAction {
    /// All there are.
    pub const ALL: [Self; 12] = [
        Self::Update,
        Self::Confirm,
        Self::Amend,
        Self::CancelLine,
        Self::Cancel,
        Self::Close,
        Self::Hold,
        Self::HoldRelease,
        Self::BuySpecial,
        Self::Approve,
        Self::Decline,
        Self::Withdraw,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::BuySpecial => Permission::PurchasingManage,
            Self::Approve | Self::Decline | Self::Withdraw => Permission::OrdersPlace,
            _ => Permission::OrdersManage,
        }
    }

    /// Whether it can be done with an order that stands so. Whether there is something to buy, its
    /// lines say.
    pub const fn suits(self, row: &OrderRow) -> bool {
        let is_held = row.held_at.is_some();
        let is_draft = matches!(row.state, State::Draft);
        let waits = matches!(row.approval, Some(OrderApproval::Awaiting));
        let is_open = matches!(row.state, State::Draft | State::Confirmed);
        let has_begun = !matches!(
            (row.fulfilment, row.billing),
            (OrderProgress::None, OrderProgress::None)
        );
        match self {
            Self::Update => is_draft,
            Self::Confirm => is_draft && !is_held && !waits,
            Self::Approve | Self::Decline => is_draft && waits,
            Self::Withdraw => is_draft && row.placed_by.is_some(),
            Self::Amend | Self::CancelLine | Self::BuySpecial => {
                matches!(row.state, State::Confirmed)
            }
            Self::Close => matches!(row.state, State::Confirmed) && has_begun,
            Self::Cancel => is_open,
            Self::Hold => is_open && !is_held,
            Self::HoldRelease => is_held,
        }
    }

    /// Whether he may do it who calls; he is none if he is of the dealer's own people.
    pub fn is_open_to(self, row: &OrderRow, who: Option<&Contractor>) -> bool {
        match self {
            Self::Approve | Self::Decline | Self::Withdraw => {
                who.is_some_and(|who| self.shuts_out(row, who).is_none())
            }
            _ => true,
        }
    }

    /// Why this one of the customer's people may not do it; none if he may.
    pub fn shuts_out(self, row: &OrderRow, who: &Contractor) -> Option<&'static str> {
        let is_own = row.placed_by == Some(who.user);
        match self {
            Self::Withdraw if is_own || who.approves => None,
            Self::Approve | Self::Decline if is_own => {
                Some("another of your people has to answer for what you have placed")
            }
            Self::Withdraw | Self::Approve | Self::Decline if !who.approves => {
                Some("you do not answer for what others have placed")
            }
            Self::Approve if !who.reaches(row.net + row.tax) => {
                Some("it comes to more than you may approve")
            }
            _ => None,
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
            (Self::Confirm, None) if row.approval == Some(OrderApproval::Awaiting) => {
                "another of the customer's people has to approve the order first".to_owned()
            }
            (Self::Approve | Self::Decline, _) if row.state == State::Draft => {
                "nobody has to approve the order".to_owned()
            }
            (Self::Withdraw, _) if row.state == State::Draft => {
                "the order was not placed at the portal".to_owned()
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
