//! The watch over provisioning that was cut short, and over dealers to be dropped.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::app::App;

/// How often provisioning that was cut short is looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How old provisioning must be to count as cut short.
const CUT_SHORT_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Watches for as long as the server runs.
pub(super) fn start(app: Arc<App>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(sweep(app))
}

/// Finishes dealers that a killed process left half-made, and drops those whose
/// time of grace is over.
async fn sweep(app: Arc<App>) {
    let mut tick = tokio::time::interval(SWEEP_EVERY);
    loop {
        tick.tick().await;
        let before = app.core.clock.now() - CUT_SHORT_AFTER;
        match app.core.provisioner.resume_all(before).await {
            Ok(outcomes) => {
                for (dealer, outcome) in outcomes {
                    match outcome {
                        Ok(_) => tracing::info!(%dealer, "finished a half-made dealer"),
                        Err(error) => tracing::error!(%dealer, %error, "still half-made"),
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "could not look for half-made dealers"),
        }
        drop_due(&app).await;
        drop_retired(&app).await;
        prune_codes(&app).await;
        prune_events(&app).await;
    }
}

/// Each minute has its share of the dealers.
async fn prune_events(app: &App) {
    match app.event_pruner().prune_share().await {
        Ok(gone) => {
            tracing::debug!(
                gone.dealers,
                gone.events,
                gone.answers,
                "deleted what is old"
            );
        }
        Err(error) => tracing::warn!(%error, "could not delete old events and answers"),
    }
}

/// Codes of applications are good for a minute.
async fn prune_codes(app: &App) {
    if let Err(error) = app.callers.applications.prune().await {
        tracing::warn!(?error, "could not delete old codes");
    }
}

async fn drop_retired(app: &App) {
    match app.core.transfer.sweep().await {
        Ok(dropped) => {
            for schema in dropped {
                tracing::info!(%schema, "dropped a schema out of use");
            }
        }
        Err(error) => tracing::warn!(%error, "could not drop schemas out of use"),
    }
}

async fn drop_due(app: &App) {
    let outcomes = match app.core.lifecycle.drop_due("server").await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            return tracing::warn!(%error, "could not look for dealers to be dropped");
        }
    };
    for (dealer, outcome) in outcomes {
        match outcome {
            Ok(()) => tracing::info!(%dealer, "dropped a dealer whose time of grace is over"),
            Err(error) => tracing::warn!(%dealer, %error, "not dropped yet"),
        }
    }
}
