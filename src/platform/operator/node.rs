//! The node that answers: its version and what it holds at this moment.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::error::AppResult;
use crate::graphql::context::ContextExt;

/// The program that answers, as one of perhaps several.
#[derive(SimpleObject, Clone, Debug)]
pub struct Node {
    /// Version of the program.
    pub version: &'static str,
    /// When it began to serve.
    pub started_at: DateTime<Utc>,
    /// Connections on which shops are served.
    pub request_pool: RequestPool,
    /// Connections to the control plane.
    pub control_pool: ControlPoolUse,
    /// Websockets open.
    pub sockets: i64,
    /// Operations at work on websockets.
    pub socket_operations: i64,
    /// Memory of the process, in MiB; null where the system does not say.
    pub memory_mib: Option<u64>,
}

/// The connections on which shops are served.
#[derive(SimpleObject, Clone, Debug)]
pub struct RequestPool {
    /// Connections open, those at work included.
    pub open: usize,
    /// Dealers with work under way.
    pub busy_dealers: usize,
}

/// The connections to the control plane.
#[derive(SimpleObject, Clone, Debug)]
pub struct ControlPoolUse {
    /// Most that may be open.
    pub size: usize,
    /// Connections open.
    pub open: usize,
    /// Those at work.
    pub in_use: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

/// Tells how the node is. Its figures lie in parts that an operator's schema does
/// not reach, so they are handed in.
#[derive(Clone)]
pub struct NodeReport(Arc<dyn Fn() -> Node + Send + Sync>);

impl NodeReport {
    /// A report that `look` makes each time.
    pub fn new(look: impl Fn() -> Node + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }
}

/// Queries on the node.
#[derive(Default)]
pub struct NodeQuery;

#[Object(name = "OperatorNodeQuery")]
impl NodeQuery {
    /// The node that answers. Counters are at /metrics.
    async fn node(&self, ctx: &Context<'_>) -> AppResult<Node> {
        Ok((ctx.service::<NodeReport>()?.0)())
    }
}
