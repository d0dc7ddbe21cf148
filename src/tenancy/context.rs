//! Who works for which dealer: the value every piece of tenant work carries.

use std::sync::Arc;

use super::directory::{Dealer, DealerStatus};
use super::tx::Access;
use crate::auth::principal::Principal;
use crate::db::error::{DbError, DbResult};

/// On whose behalf work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User(Box<Principal>),
    /// A part of the system, by name, for instance `demo`.
    System(&'static str),
}

/// What may be done at a dealer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Open,
    /// Reading: the dealer is suspended, or archived and the system itself reads.
    ReadOnly,
    /// Reading: the caller's token is good for no more.
    LookOnly,
    /// Reading: this node can not tell whether the caller's token was revoked.
    Unsure,
}

impl Standing {
    /// What the dealer's own people may do; none if they may not come in at all.
    pub const fn of(status: DealerStatus) -> Option<Self> {
        match status {
            DealerStatus::Active => Some(Self::Open),
            DealerStatus::Suspended => Some(Self::ReadOnly),
            DealerStatus::Spare
            | DealerStatus::Provisioning
            | DealerStatus::Archived
            | DealerStatus::Deleting
            | DealerStatus::Dropped => None,
        }
    }
}

/// A dealer who can be worked at or read, and the actor at work there.
///
/// Made by [`super::directory::Directory`] only, from a verified principal or
/// for a named part of the system. Immutable.
#[derive(Clone, Debug)]
pub struct TenantContext {
    dealer: Arc<Dealer>,
    actor: Actor,
    standing: Standing,
}

impl TenantContext {
    pub(super) const fn new(dealer: Arc<Dealer>, actor: Actor, standing: Standing) -> Self {
        Self {
            dealer,
            actor,
            standing,
        }
    }

    /// The same dealer, read by a part of the system itself.
    pub(super) fn read_by(&self, part: &'static str) -> Self {
        Self::new(
            Arc::clone(&self.dealer),
            Actor::System(part),
            Standing::ReadOnly,
        )
    }

    /// What may be done.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Refuses what may not be done. No transaction begins without this.
    pub fn permit(&self, access: Access) -> DbResult<()> {
        match (self.standing, access) {
            (Standing::Open, _) | (_, Access::Read) => Ok(()),
            (Standing::ReadOnly, Access::Write) => Err(DbError::ReadOnly),
            (Standing::LookOnly, Access::Write) => Err(DbError::LookOnly),
            (Standing::Unsure, Access::Write) => Err(DbError::Unsure),
        }
    }

    /// The dealer.
    pub fn dealer(&self) -> &Dealer {
        &self.dealer
    }

    /// Who works.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The signed-in user, unless the system itself works.
    pub const fn principal(&self) -> Option<&Principal> {
        match &self.actor {
            Actor::User(principal) => Some(principal),
            Actor::System(_) => None,
        }
    }
}
