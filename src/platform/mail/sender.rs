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
use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;
use crate::platform::rounds::{Rounds, pause_after, rounds};

/// Mails that are taken up at once, and sent beside each other.
const AT_ONCE: usize = 8;
/// How long they belong to who took them up: well above what the slowest may take, to be
/// written and to be sent.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How long writing a dealer's mail may take, whose logo lies where we have no say.
const WRITTEN_WITHIN: Duration = Duration::from_secs(15);
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

/// How far writing a mail has come.
enum Draft {
    /// It is no use any more.
    Expired,
    /// There is a letter, or none to send.
    Written(AppResult<Composed>),
    /// A dealer's, which is yet to be written.
    OfDealer,
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
        let mut drafts = Vec::with_capacity(taken);
        for mail in mails {
            // One after another: it takes one connection from those who sign in.
            let draft = if mail.expires_at <= now {
                Draft::Expired
            } else if mail.kind.is_of_dealer() {
                Draft::OfDealer
            } else {
                Draft::Written(self.composer.compose(&mut conn, &mail, now).await)
            };
            drafts.push((mail, draft));
        }
        drop(conn);
        let mut under_way: FuturesUnordered<_> = drafts
            .into_iter()
            .map(|(mail, draft)| self.deliver(transport, mail, draft))
            .collect();
        while under_way.next().await.is_some() {}
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

    /// Tries one, and writes down what became of it: while another is being noted, those that
    /// hold a connection must go on, or they would wait for each other.
    async fn deliver(&self, transport: &Transport, mail: MailRow, draft: Draft) {
        let (mail, outcome) = self.attempt(transport, mail, draft).await;
        self.note(&mail, outcome).await;
    }

    async fn attempt(
        &self,
        transport: &Transport,
        mail: MailRow,
        draft: Draft,
    ) -> (MailRow, Outcome) {
        let written = match draft {
            Draft::Expired => return (mail, Outcome::Ended(MailState::Expired, None)),
            Draft::Written(written) => written,
            Draft::OfDealer => self.write_for_dealer(&mail).await,
        };
        let outcome = match written {
            Ok(Composed::Needless(why)) => {
                Outcome::Ended(MailState::Needless, Some(why.to_owned()))
            }
            Ok(Composed::Letter(letter)) => self.send(transport, &mail, *letter).await,
            Err(error) => Outcome::Later(format!("{error:?}")),
        };
        (mail, outcome)
    }

    async fn write_for_dealer(&self, mail: &MailRow) -> AppResult<Composed> {
        let writing = self.composer.compose_for_dealer(mail);
        let written = tokio::time::timeout(WRITTEN_WITHIN, writing).await;
        written.unwrap_or_else(|_elapsed| Err(AppError::internal("it took too long to write")))
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
