//! What has been revoked while tokens for it may still be about.
//!
//! A node keeps in memory whom it must not let in any more, which is little, and
//! nothing of those it may. An entry outlives every token it could be asked for.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::select_all;
use tokio::sync::watch;
use uuid::Uuid;

use super::principal::Principal;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::UserId;
use crate::kernel::listeners::{Listener, Listeners};

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
    /// An API key, as it was before this epoch.
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
    entries: RwLock<HashMap<Subject, Entry>>,
    listeners: Listeners<Subject>,
    keys: watch::Sender<u64>,
}

type Subject = (Kind, Uuid);

/// Hears of whatever ends the rights of one caller.
pub struct Ears(Vec<Listener<Subject>>);

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
            listeners: Listeners::default(),
            keys: watch::Sender::new(0),
        }
    }
}

impl Revoked {
    /// Takes note of what was revoked.
    pub fn note(&self, revocations: &[Revocation]) {
        let is_of_keys = |revocation: &&Revocation| revocation.kind == Kind::Keys;
        let (keys, others): (Vec<_>, Vec<_>) = revocations.iter().partition(is_of_keys);
        for subject in self.enter(&others) {
            self.listeners.tell(&subject);
        }
        if !keys.is_empty() {
            self.keys
                .send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// Gives what was not known; epochs only rise.
    fn enter(&self, revocations: &[&Revocation]) -> Vec<Subject> {
        let mut fresh = Vec::new();
        if revocations.is_empty() {
            return fresh;
        }
        let heard = Instant::now();
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for revocation in revocations {
            let subject = (revocation.kind, revocation.subject);
            let known = entries.get(&subject).map(|entry| entry.epoch);
            let epoch = known.map_or(revocation.epoch, |known| known.max(revocation.epoch));
            entries.insert(subject, Entry { epoch, heard });
            if known.is_none_or(|known| known < epoch) {
                fresh.push(subject);
            }
        }
        if entries.len() > TIDY_ABOVE {
            entries.retain(|_, entry| entry.heard.elapsed() < KEPT_FOR);
        }
        fresh
    }

    /// Refuses a caller whose token was good once.
    pub fn check(&self, principal: &Principal) -> AppResult<()> {
        let mut grounds = grounds(principal);
        let is_out = grounds.any(|((kind, subject), epoch)| self.is_revoked(kind, subject, epoch));
        if is_out { Err(signed_out()) } else { Ok(()) }
    }

    /// Hears from now on of what [`Revoked::check`] would refuse the caller for.
    pub fn listen(&self, principal: &Principal) -> Ears {
        let grounds = grounds(principal);
        let listen = |(subject, epoch)| self.listeners.listen(subject, epoch);
        Ears(grounds.map(listen).collect())
    }

    /// Whether anybody listens.
    pub fn is_listened_to(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Whether tokens of the subject and this epoch are refused. What has no
    /// epochs is of epoch 0 and is refused whenever it is named.
    pub fn is_revoked(&self, kind: Kind, subject: Uuid, epoch: i64) -> bool {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&(kind, subject));
        let has_epochs = matches!(kind, Kind::User | Kind::ApiKey);
        entry.is_some_and(|entry| !has_epochs || epoch < entry.epoch)
    }

    /// The epoch that tokens of this user must have, as far as it was heard of.
    pub fn epoch(&self, user: UserId) -> Option<i64> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries
            .get(&(Kind::User, user.uuid()))
            .map(|entry| entry.epoch)
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

/// What may be revoked of a caller, and of which epoch his token is.
fn grounds(principal: &Principal) -> impl Iterator<Item = (Subject, i64)> {
    let grant = principal.grant();
    let key = principal.api_key();
    let of_key = key.map(|key| ((Kind::ApiKey, key.id.uuid()), key.epoch));
    let of_grant = [
        ((Kind::Session, grant.session.uuid()), 0),
        ((Kind::User, grant.user.uuid()), grant.user_epoch),
    ];
    of_grant.into_iter().chain(of_key)
}

impl Ears {
    /// Waits until something of the caller is revoked.
    pub async fn changed(&mut self) {
        let waiting = self.0.iter_mut().map(|ears| Box::pin(ears.changed()));
        select_all(waiting).await;
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
    use chrono::DateTime;
    use futures_util::FutureExt;

    use super::*;
    use crate::auth::principal::{Grant, Proof};
    use crate::kernel::ids::{DealerId, SessionId};

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

    fn caller(session: &str) -> Principal {
        let grant = Grant {
            user: UserId::generate(),
            dealer: DealerId::generate(),
            session: SessionId::from_uuid(Uuid::try_parse(session).unwrap()),
            user_epoch: 0,
            dealer_epoch: 0,
            roles: Vec::new(),
            customer: None,
            proof: Proof {
                methods: Vec::new(),
                at: DateTime::default(),
            },
            actor: None,
            read_only: false,
            application: None,
        };
        Principal {
            grant,
            expires_at: DateTime::default(),
            key: None,
        }
    }

    #[test]
    fn listeners_hear_of_what_is_new_and_theirs_only() {
        let revoked = Revoked::default();
        let mut mine = revoked.listen(&caller(SUBJECT));
        let other = caller("0192d3a4-0000-7000-8000-000000000002");
        let mut others = revoked.listen(&other);
        let told = revocation(&format!("SESSION {SUBJECT} 0"));
        revoked.note(&[told]);
        assert!(mine.changed().now_or_never().is_some());
        assert!(others.changed().now_or_never().is_none());
        revoked.note(&[told]);
        assert!(mine.changed().now_or_never().is_none());
        let user = other.user().uuid();
        revoked.note(&[revocation(&format!("USER {user} 1"))]);
        assert!(others.changed().now_or_never().is_some());
    }
}
