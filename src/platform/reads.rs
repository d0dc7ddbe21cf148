//! What lists of the control plane are read through, at the caller's dealer: his
//! members, his deliveries.

use std::sync::Arc;

use async_graphql::Context;

use super::access::members::Members;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::AppResult;
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::scope::UnitOfWork;
use crate::kernel::ids::DealerId;

/// Reads of one operation.
pub(in crate::platform) struct DealerReads {
    unit: Arc<UnitOfWork>,
    control: ControlPool,
}

/// A connection to the control plane, for one dealer's records.
pub(in crate::platform) struct DealerConn {
    pub(in crate::platform) dealer: DealerId,
    conn: ControlConn,
}

impl DealerConn {
    pub(in crate::platform) const fn control(&mut self) -> &mut ControlConn {
        &mut self.conn
    }
}

impl DealerReads {
    /// The connection for one statement.
    pub(in crate::platform) async fn tx(&self) -> AppResult<Box<DealerConn>> {
        let dealer = self.unit.context().dealer().id;
        let conn = self.control.checkout().await?;
        Ok(Box::new(DealerConn { dealer, conn }))
    }

    /// Counts records on their way to resolvers.
    pub(in crate::platform) fn spend(&self, rows: usize) -> AppResult<()> {
        self.unit.spend(rows)
    }
}

impl Source for DealerReads {
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>> {
        Ok(Arc::new(Self {
            unit: ctx.unit()?,
            control: ctx.service::<Members>()?.control().clone(),
        }))
    }
}
