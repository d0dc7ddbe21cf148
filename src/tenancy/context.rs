//! Who works for which dealer: the value every piece of tenant work carries.

use std::sync::Arc;

use super::directory::Dealer;
use crate::auth::principal::Principal;

/// On whose behalf work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user.
    User(Principal),
    /// A part of the system, by name, for instance `demo`.
    System(&'static str),
}

/// A dealer who is open for business, and the actor at work there.
///
/// Made by [`super::directory::Directory`] only, from a verified principal or
/// for a named part of the system. Immutable.
#[derive(Clone, Debug)]
pub struct TenantContext {
    dealer: Arc<Dealer>,
    actor: Actor,
}

impl TenantContext {
    pub(super) const fn new(dealer: Arc<Dealer>, actor: Actor) -> Self {
        Self { dealer, actor }
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
