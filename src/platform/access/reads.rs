//! What lists of members read through: the control plane, at the caller's dealer.

use std::sync::Arc;

use async_graphql::Context;

use super::members::Members;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::AppResult;
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::scope::UnitOfWork;
use crate::kernel::ids::DealerId;

/// Reads of one operation.
pub(super) struct MemberReads {
    unit: Arc<UnitOfWork>,
    control: ControlPool,
}

/// A connection to the control plane, for one dealer's members.
pub(super) struct MembersConn {
    pub(super) dealer: DealerId,
    conn: ControlConn,
}

impl MembersConn {
    pub(super) const fn control(&mut self) -> &mut ControlConn {
        &mut self.conn
    }
}

impl MemberReads {
    /// The connection for one statement.
    pub(super) async fn tx(&self) -> AppResult<Box<MembersConn>> {
        let dealer = self.unit.context().dealer().id;
        let conn = self.control.checkout().await?;
        Ok(Box::new(MembersConn { dealer, conn }))
    }

    /// Counts records on their way to resolvers.
    pub(super) fn spend(&self, rows: usize) -> AppResult<()> {
        self.unit.spend(rows)
    }
}

impl Source for MemberReads {
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>> {
        Ok(Arc::new(Self {
            unit: ctx.unit()?,
            control: ctx.service::<Members>()?.control().clone(),
        }))
    }
}
