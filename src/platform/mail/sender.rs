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
use tokio::time::Instant;

use super::compose::{Compose, Composed, Letter};
use super::mime::Parcel;
use super::model::{MailRow, MailState};
use super::outbox::Backlog;
use super::query;
use super::transport::{Transport, Undelivered};
use crate::db::control::ControlPool;
use crate::db::error::DbResult;
use crate::error::AppResult;
use crate::kernel::chance;
use crate::kernel::clock::Clock;

/// Mails that are taken up at once, and sent beside each other.
const AT_ONCE: usize = 8;
/// How long they belong to who took them up: twice what the slowest may take.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How often new mails are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How often old ones are thrown away.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
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

impl<C: Compose> Sender<C> {
    /// Sends mails until `stop` turns true; those under way are sent first.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut prune_at = Instant::now();
        while !*stop.borrow_and_update() {
            let pause = match self.pass().await {
                Ok(AT_ONCE) => Duration::ZERO,
                Ok(_) => LOOK_EVERY,
                Err(error) => {
                    tracing::warn!(%error, "mails could not be looked for");
                    AFTER_FAILURE
                }
            };
            if Instant::now() >= prune_at {
                prune_at = Instant::now() + PRUNE_EVERY;
                if let Err(error) = self.prune().await {
                    tracing::warn!(%error, "old mails could not be deleted");
                }
            }
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(pause) => {}
            }
        }
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
                let due = now + pause_after(mail.attempts, chance::byte());
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

/// How long to wait after so many attempts: 15 s, doubled each time, an hour at
/// most; a quarter more or less by `chance`, so that mails held up together do
/// not come back together.
fn pause_after(attempts: i32, chance: u8) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let seconds = 15_i32
        .saturating_mul(2_i32.saturating_pow(doublings))
        .min(3600);
    let percent = 75 + i32::from(chance) * 50 / 255;
    TimeDelta::milliseconds(i64::from(seconds) * i64::from(percent) * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let middle = |attempts| pause_after(attempts, 128).num_seconds();
        let grown: Vec<i64> = (1..=4).map(middle).collect();
        assert_eq!(grown, [15, 30, 60, 120]);
        assert_eq!(middle(1000), 3600);
        assert_eq!(pause_after(1, 0).num_milliseconds(), 11_250);
        assert_eq!(pause_after(1, 255).num_milliseconds(), 18_750);
    }
}
