//! Who works for which dealer: the value every piece of tenant work carries.

use std::sync::Arc;

use uuid::Uuid;

use super::dealer_roles::DealerRoles;
use super::directory::{Dealer, DealerStatus};
use super::tx::Access;
use crate::auth::permission::{Permission, PermissionSet};
use crate::auth::principal::Principal;
use crate::auth::role::RoleCode;
use crate::db::error::{DbError, DbResult};
use crate::error::{AppError, AppResult, ErrorCode};

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
    roles: Arc<DealerRoles>,
    actor: Actor,
    standing: Standing,
    permissions: PermissionSet,
}

impl TenantContext {
    pub(super) fn new(
        (dealer, roles): (Arc<Dealer>, Arc<DealerRoles>),
        actor: Actor,
        standing: Standing,
    ) -> Self {
        let permissions = match &actor {
            Actor::User(principal) => roles.of(principal),
            Actor::System(_) => PermissionSet::ALL,
        };
        Self {
            dealer,
            roles,
            actor,
            standing,
            permissions,
        }
    }

    /// The same dealer, read by a part of the system itself.
    pub(super) fn read_by(&self, part: &'static str) -> Self {
        Self::new(
            (Arc::clone(&self.dealer), Arc::clone(&self.roles)),
            Actor::System(part),
            Standing::ReadOnly,
        )
    }

    /// The same actor, of whom something is to be noted whatever he may do.
    pub(super) fn to_note(&self) -> Self {
        Self {
            standing: Standing::Open,
            ..self.clone()
        }
    }

    /// What the actor may do here.
    pub const fn permissions(&self) -> PermissionSet {
        self.permissions
    }

    /// FORBIDDEN, unless the actor may do this.
    pub fn require(&self, needed: Permission) -> AppResult<()> {
        if self.permissions.contains(needed) {
            return Ok(());
        }
        let message = format!("this needs the permission {needed}, which your roles do not give");
        Err(AppError::new(ErrorCode::Forbidden, message))
    }

    /// Whether the actor is an owner with all that owners may do: not by a key or
    /// an application that may do less.
    pub fn is_owner(&self) -> bool {
        let roles = self.principal().map_or(&[][..], Principal::roles);
        roles.contains(&RoleCode::OWNER) && self.permissions == PermissionSet::ALL
    }

    /// Whether the actor may do the same with the dealer's roles as they are now.
    pub(super) fn is_still_permitted(&self, roles: &DealerRoles) -> bool {
        let permissions = self.principal().map(|principal| roles.of(principal));
        permissions.is_none_or(|now| now == self.permissions)
    }

    /// The roles that the dealer has made for himself.
    pub fn dealer_roles(&self) -> &DealerRoles {
        &self.roles
    }

    /// The customer for whom the actor stands, beyond whose rows he sees nothing.
    pub fn customer(&self) -> Option<Uuid> {
        self.principal().and_then(Principal::customer)
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
