//! Hears of new jobs.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::time::sleep;

use super::Line;
use super::crew::Crew;
use crate::db::error::DbResult;
use crate::db::hearing::Hearing;
use crate::jobs::queue::CHANNEL;

/// The pause before another attempt to connect.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause after each notification: many are one reason to look.
const BREATH: Duration = Duration::from_millis(5);

/// Wakes the worker for as long as he is there; while nothing is heard he looks for
/// himself.
pub(super) async fn listen(crew: Arc<Crew>, line: Line) {
    let mut was_well = true;
    loop {
        match Hearing::open(&line.connector, line.url.expose_secret(), CHANNEL).await {
            Ok(hearing) => {
                was_well = true;
                let Err(error) = follow(&crew, hearing).await;
                tracing::debug!(%error, "new jobs are not heard of; looking for them each second");
            }
            Err(error) if was_well => {
                was_well = false;
                tracing::warn!(%error, "new jobs are not heard of; looking for them each second");
            }
            Err(_) => {}
        }
        sleep(PAUSE).await;
    }
}

async fn follow(crew: &Crew, mut hearing: Hearing) -> DbResult<std::convert::Infallible> {
    // What was said before is lost.
    crew.parts.queue.wake().notify_one();
    loop {
        hearing.heard().await?;
        crew.parts.queue.wake().notify_one();
        sleep(BREATH).await;
    }
}
