//! The task that sends text messages.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use super::model::{SmsKind, SmsRow, SmsState};
use super::sender::{Message, SmsSender, Unsent};
use super::{code, query};
use crate::auth::vault::Vault;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::error::DbResult;
use crate::error::AppResult;
use crate::kernel::clock::Clock;
use crate::platform::rounds::{Rounds, pause_after, rounds};
use crate::tenancy::directory::dealer_find;

/// How long messages belong to who took them up: thrice what the slowest may take.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How long it is kept that a message was sent.
const KEEP: TimeDelta = TimeDelta::days(7);
/// The product, for messages that come from no dealer.
const PRODUCT: &str = "Tubex";

/// Sends text messages.
pub struct SmsOutbox {
    /// Where they are ordered.
    pub control: ControlPool,
    /// What tells whether they are due.
    pub clock: Clock,
    /// What their codes are made with.
    pub vault: Vault,
    /// How they leave; not at all if left out.
    pub sender: Option<Arc<dyn SmsSender>>,
}

impl Rounds for SmsOutbox {
    const WHAT: &'static str = "text messages";
    const AT_ONCE: usize = 8;

    /// Sends the messages that are due, some at most; gives how many it took up.
    async fn pass(&self) -> DbResult<usize> {
        let Some(sender) = &self.sender else {
            return Ok(0);
        };
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        let most = i64::try_from(Self::AT_ONCE).unwrap_or(1);
        let due = query::claim(&mut conn, now, LEASE, most).await?;
        let taken = due.len();
        let mut written = Vec::with_capacity(taken);
        for sms in due {
            let message = self.write(&mut conn, &sms, now).await;
            written.push((sms, message));
        }
        drop(conn);
        let mut under_way: FuturesUnordered<_> = written
            .into_iter()
            .map(|(sms, message)| attempt(sender, sms, message))
            .collect();
        while let Some((sms, sent)) = under_way.next().await {
            if let Err(error) = self.note(&sms, sent).await {
                tracing::warn!(sms = %sms.id, %error, "not noted; the same goes out again later");
            }
        }
        Ok(taken)
    }

    async fn prune(&self) -> DbResult<()> {
        let before = self.clock.now() - KEEP;
        let mut conn = self.control.checkout().await?;
        while query::prune(&mut conn, before).await? > 0 {}
        Ok(())
    }
}

impl SmsOutbox {
    /// Sends messages until `stop` turns true; those under way are sent first.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        rounds(&self, stop).await;
    }

    async fn write(
        &self,
        conn: &mut ControlConn,
        sms: &SmsRow,
        now: DateTime<Utc>,
    ) -> AppResult<Message> {
        let dealer = match sms.dealer_id {
            Some(id) => dealer_find(conn, id).await?,
            None => None,
        };
        let brand = dealer.map_or_else(|| PRODUCT.to_owned(), |dealer| dealer.name);
        Ok(Message {
            id: sms.id,
            to: sms.phone.clone(),
            text: text(sms.kind, &brand, &code::of(&self.vault, sms.id)?),
            at: now,
        })
    }

    async fn note(&self, sms: &SmsRow, sent: Result<(), Unsent>) -> DbResult<()> {
        log(sms, &sent);
        let now = self.clock.now();
        let (outcome, cause) = match sent {
            Ok(()) => ((SmsState::Sent, now), None),
            Err(Unsent::Never(cause)) => ((SmsState::Refused, now), Some(cause)),
            Err(Unsent::Later(cause)) => {
                let due = now + pause_after(sms.attempts);
                ((SmsState::Pending, due), Some(cause))
            }
        };
        let mut conn = self.control.checkout().await?;
        query::note(&mut conn, sms, outcome, cause.as_deref()).await
    }
}

async fn attempt(
    sender: &Arc<dyn SmsSender>,
    sms: SmsRow,
    message: AppResult<Message>,
) -> (SmsRow, Result<(), Unsent>) {
    let sent = match message {
        Ok(message) => sender.send(&message).await,
        Err(error) => Err(Unsent::Later(format!("{error:?}"))),
    };
    (sms, sent)
}

/// Says how it went; neither the number nor the code is anybody's business.
fn log(sms: &SmsRow, sent: &Result<(), Unsent>) {
    let (id, kind, attempts) = (sms.id, sms.kind.as_str(), sms.attempts);
    match sent {
        Ok(()) => tracing::info!(sms = %id, kind, attempts, "text message sent"),
        Err(Unsent::Never(cause)) => {
            tracing::error!(sms = %id, kind, attempts, %cause, "text message not sent");
        }
        Err(Unsent::Later(cause)) => {
            tracing::warn!(sms = %id, kind, attempts, %cause, "text message not sent yet");
        }
    }
}

/// What a message says: the same each time it is tried.
fn text(kind: SmsKind, brand: &str, code: &SecretString) -> SecretString {
    let purpose = match kind {
        SmsKind::ConfirmPhone => "add this telephone to your account",
        SmsKind::SignIn => "sign in",
        SmsKind::StepUp => "confirm that it is you",
    };
    let code = code.expose_secret();
    // Long names would make a second message of it.
    let brand: String = brand.chars().take(40).collect();
    format!("{brand}: {code} is your code to {purpose}. Good for 5 minutes. Tell it nobody.").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_its_code_is_for_and_fits_into_one() {
        for kind in SmsKind::ALL {
            let text = text(kind, &"Long name ".repeat(9), &"012345".to_owned().into());
            let text = text.expose_secret();
            assert!(text.contains(": 012345 is your code to "), "{text}");
            assert!(text.len() <= 160, "{text}");
        }
    }
}
