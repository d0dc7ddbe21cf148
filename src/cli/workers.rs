//! Does jobs and sends webhooks while the server runs.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::app::{App, StartError};

/// Does jobs and sends webhooks as the server's settings say, until it closes; what comes back ends when
/// the jobs have.
pub(super) fn start(app: &App) -> Result<JoinHandle<()>, StartError> {
    let (worker, couriers) = (app.worker()?, app.couriers()?);
    let mut closing = app.closing();
    let limit = Duration::from_secs(app.settings.shutdown_timeout_s);
    Ok(tokio::spawn(async move {
        // If nobody can close the server any more, it has ended.
        drop(closing.wait_for(|is_closing| *is_closing).await);
        let jobs = async {
            if let Some(worker) = worker {
                worker.stop(limit).await;
            }
        };
        let webhooks = async {
            if let Some(couriers) = couriers {
                couriers.stop(limit).await;
            }
        };
        tokio::join!(jobs, webhooks);
    }))
}
