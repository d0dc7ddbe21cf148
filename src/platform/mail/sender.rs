//! The task that sends mails.
//!
//! It takes up some at a time for as long as a lease, so that several nodes share
//! the work and a node that dies loses none. What the mail server does not take
//! now is tried again, less and less often, for as long as the mail is any use.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lettre::message::Mailbox;
use tokio::sync::watch;

use super::compose::{Compose, Composed, Letter};
use super::mime::Parcel;
use super::model::{MailRow, MailState};
use super::outbox::Backlog;
use super::query;
use super::transport::{Transport, Undelivered};
use crate::db::control::ControlPool;
use crate::db::error::DbResult;
use crate::error::AppResult;
use crate::kernel::clock::Clock;
use crate::platform::rounds::{Rounds, pause_after, rounds};

/// Mails that are taken up at once, and sent beside each other.
const AT_ONCE: usize = 8;
/// How long they belong to who took them up: twice what the slowest may take.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How long it is kept that a mail was sent.
const KEEP: TimeDelta = TimeDelta::days(30);
/// How long it is kept that there was none to write: longer than the day within
/// which requests are counted.
const KEEP_NEEDLESS: TimeDelta = TimeDelta::days(2);
/// Pauses before the attempts to note what became of a mail.
const NOTE_AFTER: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// What became of an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Ended(MailState, Option<String>),
    Later(String),
}

/// Sends mails.
pub struct Sender<C> {
    /// Where they are ordered.
    pub control: ControlPool,
    /// What tells whether they are due.
    pub clock: Clock,
    /// Where they go; nowhere if left out.
    pub transport: Option<Transport>,
    /// Who sends them.
    pub from: Mailbox,
    /// What writes them.
    pub composer: C,
}

impl<C: Compose> Rounds for Sender<C> {
    const WHAT: &'static str = "mails";
    const AT_ONCE: usize = AT_ONCE;

    async fn pass(&self) -> DbResult<usize> {
        Self::pass(self).await
    }

    async fn prune(&self) -> DbResult<()> {
        Self::prune(self).await
    }
}

impl<C: Compose> Sender<C> {
    /// Sends mails until `stop` turns true; those under way are sent first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        rounds(&self, stop).await;
    }

    /// Sends the mails that are due, some at most; gives how many it took up.
    pub async fn pass(&self) -> DbResult<usize> {
        let Some(transport) = &self.transport else {
            return Ok(0);
        };
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        let most = i64::try_from(AT_ONCE).unwrap_or(1);
        let mails = query::claim(&mut conn, now, LEASE, most).await?;
        let taken = mails.len();
        let mut written = Vec::with_capacity(taken);
        for mail in mails {
            // One after another: it takes one connection from those who sign in.
            let composed = if mail.expires_at > now {
                Some(self.composer.compose(&mut conn, &mail, now).await)
            } else {
                None
            };
            written.push((mail, composed));
        }
        drop(conn);
        let mut under_way: FuturesUnordered<_> = written
            .into_iter()
            .map(|(mail, composed)| self.attempt(transport, mail, composed))
            .collect();
        while let Some((mail, outcome)) = under_way.next().await {
            self.note(&mail, outcome).await;
        }
        Ok(taken)
    }

    /// The mails that wait to be sent.
    pub async fn backlog(&self) -> DbResult<Backlog> {
        let mut conn = self.control.checkout().await?;
        Backlog::take(&mut conn).await
    }

    /// Throws away what is no use any more.
    pub async fn prune(&self) -> DbResult<()> {
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        query::expire(&mut conn, now).await?;
        while query::prune(&mut conn, now - KEEP, now - KEEP_NEEDLESS).await? > 0 {}
        self.composer.tidy(&mut conn, now).await
    }

    async fn attempt(
        &self,
        transport: &Transport,
        mail: MailRow,
        composed: Option<AppResult<Composed>>,
    ) -> (MailRow, Outcome) {
        let outcome = match composed {
            None => Outcome::Ended(MailState::Expired, None),
            Some(Ok(Composed::Needless(why))) => {
                Outcome::Ended(MailState::Needless, Some(why.to_owned()))
            }
            Some(Ok(Composed::Letter(letter))) => self.send(transport, &mail, *letter).await,
            Some(Err(error)) => Outcome::Later(format!("{error:?}")),
        };
        (mail, outcome)
    }

    async fn send(&self, transport: &Transport, mail: &MailRow, letter: Letter) -> Outcome {
        let parcel = Parcel::new(mail.id, self.clock.now(), &self.from, &mail.email, letter);
        let sent = match parcel {
            Ok(parcel) => transport.send(parcel).await,
            Err(cause) => Err(Undelivered::Never(cause)),
        };
        match sent {
            Ok(()) => Outcome::Ended(MailState::Sent, None),
            Err(Undelivered::Never(cause)) => Outcome::Ended(MailState::Refused, Some(cause)),
            Err(Undelivered::Later(cause)) => Outcome::Later(cause),
        }
    }

    /// Writes down what became of a mail. If that fails for good, the mail is sent
    /// again when its lease is over.
    async fn note(&self, mail: &MailRow, outcome: Outcome) {
        log(mail, &outcome);
        for pause in NOTE_AFTER {
            tokio::time::sleep(pause).await;
            match self.try_note(mail, &outcome).await {
                Ok(true) => return,
                Ok(false) => {
                    return tracing::warn!(mail = %mail.id, "another node has taken this mail up");
                }
                Err(error) => tracing::warn!(mail = %mail.id, %error, "not noted yet"),
            }
        }
    }

    async fn try_note(&self, mail: &MailRow, outcome: &Outcome) -> DbResult<bool> {
        let mut conn = self.control.checkout().await?;
        let now = self.clock.now();
        match outcome {
            Outcome::Ended(state, cause) => {
                query::finish(&mut conn, mail, *state, cause.as_deref(), now).await
            }
            Outcome::Later(cause) => {
                let due = now + pause_after(mail.attempts);
                query::postpone(&mut conn, mail, due, cause).await
            }
        }
    }
}

fn log(mail: &MailRow, outcome: &Outcome) {
    let (id, kind, attempts) = (mail.id, mail.kind.as_str(), mail.attempts);
    match outcome {
        Outcome::Ended(MailState::Sent, _) => {
            tracing::info!(mail = %id, kind, attempts, "mail sent");
        }
        Outcome::Ended(MailState::Needless, _) => {
            tracing::debug!(mail = %id, kind, "no mail to write");
        }
        Outcome::Ended(state, cause) => {
            tracing::error!(mail = %id, kind, attempts, ?state, ?cause, "mail not sent");
        }
        Outcome::Later(cause) => {
            tracing::warn!(mail = %id, kind, attempts, %cause, "mail not sent yet");
        }
    }
}
