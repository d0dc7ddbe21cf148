//! What has been revoked while tokens for it may still be about.
//!
//! A node keeps in memory whom it must not let in any more, which is little, and
//! nothing of those it may. An entry outlives every token it could be asked for.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use uuid::Uuid;

use super::principal::Principal;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::UserId;

/// How long an entry is kept: longer than an access token lives, with its leeway.
pub const KEPT_FOR: Duration = Duration::from_mins(20);
/// Subjects after which entries are looked through for old ones.
const TIDY_ABOVE: usize = 1024;

/// What kind of thing was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A session.
    Session,
    /// All tokens of a user of an older epoch.
    User,
    /// An API key.
    ApiKey,
    /// What a user has let an application do.
    Grant,
    /// Nothing; the keys that sign tokens have changed.
    Keys,
}

/// One thing that was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Of which kind.
    pub kind: Kind,
    /// Which one.
    pub subject: Uuid,
    /// Tokens of this epoch are good again.
    pub epoch: i64,
}

/// A text that tells of no revocation.
#[derive(Debug, thiserror::Error)]
#[error("not a revocation")]
pub struct RevocationError;

/// What has been revoked, and who waits to hear.
pub struct Revoked {
    entries: RwLock<HashMap<(Kind, Uuid), Entry>>,
    heard: watch::Sender<u64>,
    keys: watch::Sender<u64>,
}

#[derive(Clone, Copy)]
struct Entry {
    epoch: i64,
    heard: Instant,
}

impl std::str::FromStr for Revocation {
    type Err = RevocationError;

    /// Reads `SESSION 0192… 0`, as the database tells it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.split(' ');
        let (Some(kind), Some(subject), Some(epoch), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(RevocationError);
        };
        let kind = match kind {
            "SESSION" => Kind::Session,
            "USER" => Kind::User,
            "API_KEY" => Kind::ApiKey,
            "GRANT" => Kind::Grant,
            "KEYS" => Kind::Keys,
            _ => return Err(RevocationError),
        };
        let subject = Uuid::try_parse(subject).map_err(|_| RevocationError)?;
        let epoch = epoch.parse().map_err(|_| RevocationError)?;
        Ok(Self {
            kind,
            subject,
            epoch,
        })
    }
}

impl Default for Revoked {
    fn default() -> Self {
        Self {
            entries: RwLock::default(),
            heard: watch::Sender::new(0),
            keys: watch::Sender::new(0),
        }
    }
}

impl Revoked {
    /// Takes note of what was revoked.
    pub fn note(&self, revocations: &[Revocation]) {
        if revocations.is_empty() {
            return;
        }
        let mut is_new = false;
        let mut keys = false;
        let now = Instant::now();
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for revocation in revocations {
            if revocation.kind == Kind::Keys {
                keys = true;
                continue;
            }
            let key = (revocation.kind, revocation.subject);
            let fresh = Entry {
                epoch: revocation.epoch,
                heard: now,
            };
            let before = entries.insert(key, fresh);
            is_new |= before.is_none_or(|before| before.epoch < revocation.epoch);
            if let Some(before) = before.filter(|before| before.epoch > revocation.epoch) {
                entries.insert(
                    key,
                    Entry {
                        heard: now,
                        ..before
                    },
                );
            }
        }
        if entries.len() > TIDY_ABOVE {
            entries.retain(|_, entry| entry.heard.elapsed() < KEPT_FOR);
        }
        drop(entries);
        if is_new {
            self.heard
                .send_modify(|count| *count = count.wrapping_add(1));
        }
        if keys {
            self.keys
                .send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Refuses a caller whose token was good once.
    pub fn check(&self, principal: &Principal) -> AppResult<()> {
        let grant = principal.grant();
        let is_out = self.is_revoked(Kind::Session, grant.session.uuid(), 0)
            || self.is_revoked(Kind::User, grant.user.uuid(), grant.user_epoch);
        if is_out { Err(signed_out()) } else { Ok(()) }
    }

    /// Whether tokens of the subject and this epoch are refused. What has no
    /// epochs is of epoch 0 and is refused whenever it is named.
    pub fn is_revoked(&self, kind: Kind, subject: Uuid, epoch: i64) -> bool {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&(kind, subject));
        entry.is_some_and(|entry| kind != Kind::User || epoch < entry.epoch)
    }

    /// The epoch that tokens of this user must have, as far as it was heard of.
    pub fn epoch(&self, user: UserId) -> Option<i64> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries
            .get(&(Kind::User, user.uuid()))
            .map(|entry| entry.epoch)
    }

    /// Turns whenever something has been revoked.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.heard.subscribe()
    }

    /// Turns whenever the signing keys have changed.
    pub fn listen_for_keys(&self) -> watch::Receiver<u64> {
        self.keys.subscribe()
    }

    /// Entries in memory.
    pub fn len(&self) -> usize {
        self.entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The answer to a token that was good until somebody revoked it.
pub fn signed_out() -> AppError {
    AppError::unauthenticated(
        "the session has ended or its rights have changed; refresh the token or sign in again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(text: &str) -> Revocation {
        text.parse().unwrap()
    }

    const SUBJECT: &str = "0192d3a4-0000-7000-8000-000000000001";

    #[test]
    fn what_is_told_is_read() {
        let told = revocation(&format!("USER {SUBJECT} 7"));
        assert_eq!((told.kind, told.epoch), (Kind::User, 7));
        for wrong in [
            "",
            "USER",
            "USER x 1",
            &format!("HOUSE {SUBJECT} 1"),
            &format!("USER {SUBJECT} 1 2"),
        ] {
            assert!(wrong.parse::<Revocation>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_epoch_only_rises() {
        let revoked = Revoked::default();
        let subject = Uuid::try_parse(SUBJECT).unwrap();
        for epoch in [3, 2] {
            revoked.note(&[revocation(&format!("USER {SUBJECT} {epoch}"))]);
        }
        assert!(revoked.is_revoked(Kind::User, subject, 2));
        assert!(!revoked.is_revoked(Kind::User, subject, 3));
        assert!(!revoked.is_revoked(Kind::Session, subject, 0));
    }

    #[test]
    fn listeners_hear_of_what_is_new_only() {
        let revoked = Revoked::default();
        let mut listener = revoked.listen();
        let told = revocation(&format!("SESSION {SUBJECT} 0"));
        revoked.note(&[told]);
        assert!(listener.has_changed().unwrap());
        listener.mark_unchanged();
        revoked.note(&[told]);
        assert!(!listener.has_changed().unwrap());
    }
}
