//! What can be done with a customer, by its state.

use super::model::CustomerRow;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a customer.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerAction {
    /// customerUpdate.
    Update,
    /// customerArchive; refused all the same while something is open.
    Archive,
    /// customerRestore.
    Restore,
    /// customerHoldSet.
    HoldSet,
    /// customerHoldRelease.
    HoldRelease,
    /// creditLimitSet.
    CreditLimitSet,
    /// contactAdd.
    ContactAdd,
    /// jobCreate.
    JobCreate,
    /// accountOpeningAdd and accountAdjust.
    EntryPost,
    /// orderCreate; refused all the same for a job that is not active.
    OrderCreate,
}

impl CustomerAction {
    /// All there are.
    pub const ALL: [Self; 10] = [
        Self::Update,
        Self::Archive,
        Self::Restore,
        Self::HoldSet,
        Self::HoldRelease,
        Self::CreditLimitSet,
        Self::ContactAdd,
        Self::JobCreate,
        Self::EntryPost,
        Self::OrderCreate,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::JobCreate => Permission::JobsManage,
            Self::EntryPost => Permission::AccountsPost,
            Self::OrderCreate => Permission::OrdersManage,
            Self::CreditLimitSet | Self::HoldSet | Self::HoldRelease => Permission::CreditManage,
            Self::Update | Self::Archive | Self::Restore | Self::ContactAdd => {
                Permission::CustomersManage
            }
        }
    }

    /// Whether a customer in this state can have it done.
    pub const fn suits(self, row: &CustomerRow) -> bool {
        let (archived, held) = (row.archived_at.is_some(), row.hold_reason.is_some());
        match self {
            Self::Restore => archived,
            Self::HoldSet => !archived && !held,
            Self::HoldRelease => held,
            Self::Update
            | Self::Archive
            | Self::CreditLimitSet
            | Self::ContactAdd
            | Self::JobCreate
            | Self::EntryPost
            | Self::OrderCreate => !archived,
        }
    }

    /// Refuses what does not suit the customer's state; `field` is that with its id.
    pub fn check(self, row: &CustomerRow, field: &str) -> ServiceResult<()> {
        if self.suits(row) {
            return Ok(());
        }
        let message = match self {
            Self::Restore => "the customer is not archived",
            Self::HoldRelease => "the customer is not on hold",
            Self::HoldSet if row.archived_at.is_none() => "the customer is on hold already",
            _ => "the customer is archived; restore it first",
        };
        Err(UserError::at(ErrorCode::NotAllowed, &["input", field], message).into())
    }
}
