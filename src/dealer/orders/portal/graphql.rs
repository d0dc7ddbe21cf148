//! The surface of what is placed at the portal: objects.

use async_graphql::{ID, Object};
use uuid::Uuid;

use crate::dealer::orders::model::{OrderApproval, OrderRow};
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::UserId;

/// How an order came about at the portal.
pub struct OrderPlacement {
    placed_by: Uuid,
    approval: Option<OrderApproval>,
    answered_by: Option<Uuid>,
    reason: Option<String>,
}

impl OrderPlacement {
    /// That of an order; none if the dealer wrote it.
    pub(in crate::dealer::orders) fn of(row: &OrderRow) -> Option<Self> {
        Some(Self {
            placed_by: row.placed_by?,
            approval: row.approval,
            answered_by: row.approval_by,
            reason: row.approval_reason.clone(),
        })
    }
}

/// How an order came about at the portal.
#[Object(directive = has_permission::apply(P::OrdersRead))]
impl OrderPlacement {
    /// The user who placed it: the `userId` of one of the customer's contacts, if he is one.
    async fn placed_by(&self) -> ID {
        UserId::from_uuid(self.placed_by).to_string().into()
    }

    /// What the others of the customer's people say of it; null if nobody has to approve it.
    async fn approval(&self) -> Option<OrderApproval> {
        self.approval
    }

    /// The user who approved or declined it; null if nobody has yet.
    async fn answered_by(&self) -> Option<ID> {
        let id = self.answered_by.map(UserId::from_uuid);
        id.map(|id| id.to_string().into())
    }

    /// Why it was declined; null if it was not.
    async fn decline_reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}
