//! What the log of deliveries is read through: the control plane, at the caller's dealer.

use std::sync::Arc;

use async_graphql::Context;

use super::service::Webhooks;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::AppResult;
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::scope::UnitOfWork;
use crate::kernel::ids::DealerId;

/// Reads of one operation.
pub(super) struct LogReads {
    unit: Arc<UnitOfWork>,
    control: ControlPool,
}

/// A connection to the control plane, for one dealer's deliveries.
pub(super) struct LogConn {
    pub(super) dealer: DealerId,
    conn: ControlConn,
}

impl LogConn {
    pub(super) const fn control(&mut self) -> &mut ControlConn {
        &mut self.conn
    }
}

impl LogReads {
    /// The connection for one statement.
    pub(super) async fn tx(&self) -> AppResult<Box<LogConn>> {
        let dealer = self.unit.context().dealer().id;
        let conn = self.control.checkout().await?;
        Ok(Box::new(LogConn { dealer, conn }))
    }

    /// Counts records on their way to resolvers.
    pub(super) fn spend(&self, rows: usize) -> AppResult<()> {
        self.unit.spend(rows)
    }
}

impl Source for LogReads {
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>> {
        Ok(Arc::new(Self {
            unit: ctx.unit()?,
            control: ctx.service::<Webhooks>()?.control().clone(),
        }))
    }
}
