//! The parts of the operators' endpoint.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{App, documents};
use crate::auth::operator::OperatorTokens;
use crate::graphql::document::Documents;
use crate::platform::dealers::plans::KnownPlans;
use crate::platform::operator::node::{ControlPoolUse, Node, NodeReport, RequestPool};
use crate::platform::operator::roots::{OperatorSchema, operator_schema_builder};
use crate::telemetry::process;

/// Most dealers exported and imported at once.
const TRANSFERS: usize = 4;

/// What the operators' endpoint serves with. The endpoint of the shops has no
/// way to it.
pub struct OperatorApp {
    /// The rest of the program.
    pub app: Arc<App>,
    /// Verifies operators' tokens.
    pub tokens: OperatorTokens,
    /// The GraphQL schema of the operators, with its services.
    pub schema: OperatorSchema,
    /// The documents that the schema has been asked, and the limits on them.
    pub documents: Documents,
    /// Whether the figures are shown to whoever asks.
    pub metrics_open: bool,
    /// Turns of those who export or import a dealer.
    pub transfers: Arc<Semaphore>,
}

impl OperatorApp {
    /// Puts the endpoint together; its limits are those of `app`.
    pub fn new(app: Arc<App>, metrics_open: bool) -> Self {
        let looked_at = Arc::clone(&app);
        let schema = documents::executing(operator_schema_builder(), &app.settings)
            .data(app.core.dealers.clone())
            .data(app.core.lifecycle.clone())
            .data(app.core.transfer.clone())
            .data(app.callers.impersonations.clone())
            .data(app.callers.applications.clone())
            .data(app.core.clock.clone())
            .data(KnownPlans::new(app.settings.limits.plans.names()))
            .data(NodeReport::new(move || node(&looked_at)))
            .finish();
        Self {
            tokens: OperatorTokens::new(app.keys.ring()),
            documents: documents::documents(operator_schema_builder(), &app.settings),
            app,
            schema,
            metrics_open,
            transfers: Arc::new(Semaphore::new(TRANSFERS)),
        }
    }
}

fn node(app: &App) -> Node {
    let (open, busy_dealers) = app.tenants.connections();
    let control = app.core.control.usage();
    Node {
        version: env!("CARGO_PKG_VERSION"),
        started_at: app.serving.started,
        request_pool: RequestPool { open, busy_dealers },
        control_pool: ControlPoolUse {
            size: control.size,
            open: control.open,
            in_use: control.in_use,
            waiting: control.waiting,
        },
        sockets: app.serving.sockets.get(),
        socket_operations: app.serving.socket_operations.get(),
        memory_mib: process::resident_memory().map(|bytes| bytes >> 20),
    }
}
