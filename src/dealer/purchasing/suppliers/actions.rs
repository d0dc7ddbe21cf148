//! What can be done with a supplier, by its state.

use super::model::SupplierRow;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a supplier.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupplierAction {
    /// supplierUpdate.
    Update,
    /// supplierArchive; refused all the same while an order is open.
    Archive,
    /// supplierRestore.
    Restore,
    /// supplierItemSet and supplierItemRemove.
    ItemSet,
    /// purchaseOrderCreate.
    OrderCreate,
}

impl SupplierAction {
    /// All there are.
    pub const ALL: [Self; 5] = [
        Self::Update,
        Self::Archive,
        Self::Restore,
        Self::ItemSet,
        Self::OrderCreate,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Update | Self::Archive | Self::Restore | Self::ItemSet => {
                Permission::SuppliersManage
            }
            Self::OrderCreate => Permission::PurchasingManage,
        }
    }

    /// Whether a supplier in this state can have it done.
    pub const fn suits(self, row: &SupplierRow) -> bool {
        matches!(self, Self::Restore) == row.archived_at.is_some()
    }

    /// Refuses what does not suit the supplier's state; `path` is that of its id.
    pub fn check(self, row: &SupplierRow, path: &[&str]) -> ServiceResult<()> {
        if self.suits(row) {
            return Ok(());
        }
        let message = match self {
            Self::Restore => "the supplier is not archived",
            _ => "the supplier is archived; restore it first",
        };
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}
