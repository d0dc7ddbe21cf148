//! Sends mails and codes by SMS while the server runs.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, StartError};

/// How long mails under way may take when the server stops. Those that take longer
/// are sent again by whoever serves next.
const GRACE: Duration = Duration::from_secs(10);

/// A sender at work.
pub(super) struct Mailer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Sends mails and codes as the server's settings say.
pub(super) async fn start(app: &App) -> Result<Mailer, StartError> {
    let sender = app.mail_sender()?;
    if sender.transport.is_none() {
        let pending = sender.backlog().await?.pending;
        tracing::warn!(
            pending,
            "mails are not sent, and kept until they are too old: set --smtp-url and --mail-from"
        );
    }
    let outbox = app.sms_outbox()?;
    if outbox.sender.is_none() {
        warn_of_stranded(app).await;
    }
    let (stop, stopped) = watch::channel(false);
    let (mails, codes) = (sender.run(stopped.clone()), outbox.run(stopped));
    let task = tokio::spawn(async move {
        tokio::join!(mails, codes);
    });
    Ok(Mailer { stop, task })
}

/// Says how many people wait for codes that nobody sends.
async fn warn_of_stranded(app: &App) {
    match app.only_by_phone().await {
        Ok(0) => {}
        Ok(stranded) => tracing::warn!(
            stranded,
            "people whose only second factor is a telephone can not sign in: set --sms-url"
        ),
        // Readiness says so, too, if the database is not as it should be.
        Err(error) => tracing::warn!(%error, "telephones could not be counted"),
    }
}

impl Mailer {
    /// Ends it when the mails under way are sent.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
            tracing::warn!("a mail was under way for too long; it is sent again later");
        }
    }
}
