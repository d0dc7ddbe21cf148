//! Does jobs while the server runs.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::app::{App, StartError};

/// Does jobs as the server's settings say, until it closes; what comes back ends when
/// the jobs have.
pub(super) fn start(app: &App) -> Result<JoinHandle<()>, StartError> {
    let worker = app.worker()?;
    let mut closing = app.closing();
    let limit = Duration::from_secs(app.settings.shutdown_timeout_s);
    Ok(tokio::spawn(async move {
        // If nobody can close the server any more, it has ended.
        drop(closing.wait_for(|is_closing| *is_closing).await);
        if let Some(worker) = worker {
            worker.stop(limit).await;
        }
    }))
}
