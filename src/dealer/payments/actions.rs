//! What can be done with a payment, by its state and direction.

use super::model::{PaymentDirection as Direction, PaymentRow, PaymentState as State};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a payment.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentAction {
    /// paymentAllocate.
    Allocate,
    /// paymentDeallocate.
    Deallocate,
    /// paymentReconcile.
    Reconcile,
    /// paymentRefund, of what is not allocated.
    Refund,
    /// paymentReverse.
    Reverse,
}

/// How much of a payment is allocated, for which of its actions are worth offering.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Whether some of it is.
    pub some: bool,
    /// Whether all of it is.
    pub all: bool,
}

impl PaymentAction {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Allocate,
        Self::Deallocate,
        Self::Reconcile,
        Self::Refund,
        Self::Reverse,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Allocate | Self::Deallocate | Self::Reconcile | Self::Refund | Self::Reverse => {
                Permission::PaymentsManage
            }
        }
    }

    /// Refuses what does not suit the payment; `path` is that of its id.
    pub fn check(self, row: &PaymentRow, path: &[&str]) -> ServiceResult<()> {
        let message = match (self, row.direction, row.state) {
            (_, _, State::Reversed) => "the payment was taken back",
            (Self::Reconcile, _, State::Reconciled) => "the payment is reconciled already",
            (Self::Allocate | Self::Deallocate | Self::Refund, Direction::Out, _) => {
                "this is a payment to the customer, which settles nothing"
            }
            _ => return Ok(()),
        };
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }

    /// Whether it can be done with the payment as it is.
    pub fn suits(self, row: &PaymentRow, used: Use) -> bool {
        let is_open = match self {
            Self::Allocate | Self::Refund => !used.all,
            Self::Deallocate => used.some,
            Self::Reconcile | Self::Reverse => true,
        };
        is_open && self.check(row, &[]).is_ok()
    }
}
