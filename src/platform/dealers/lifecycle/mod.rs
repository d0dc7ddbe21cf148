//! A dealer's life as a tenant: suspended, resumed, archived, dropped, renamed,
//! given another plan.
//!
//! ```text
//!             suspend             archive              drop                sweep
//!   ACTIVE ◀───────────▶ SUSPENDED ─────▶ ARCHIVED ◀─────────▶ DELETING ─────────▶ DROPPED
//!      ▲       resume                      ▲   │       resume    (grace)
//!      ├───────────────── archive ─────────┘   │
//!      └──────────────────────────────── resume┘
//! ```
//!
//! Each action is one UPDATE that holds only if the dealer still is in the state
//! it was decided on, together with a row of `platform.dealer_actions`. Nodes hear
//! of it from the database; there is nobody to be told here.

mod change;
mod dropping;
mod error;
mod query;
mod state;

use chrono::TimeDelta;

use super::plans::KnownPlans;
use change::Change;

use crate::db::control::{ControlConn, ControlPool};
use crate::db::owner::OwnerPool;
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::{DealerStatus, dealer_find_by_name};

pub use error::{LifecycleError, Refused};
pub(super) use query::note;
pub use query::{ActionRow, DealerRecord};
pub use state::DealerAction;

/// Days between the order to drop a dealer and the loss of his rows, unless
/// somebody says otherwise.
pub const GRACE_DAYS: u32 = 30;
/// The longest grace.
pub const MAX_GRACE_DAYS: u32 = 3650;
/// Actions shown of a dealer, the latest first.
const ACTIONS_SHOWN: i64 = 100;

/// Whose life is changed, by whom and why.
#[derive(Clone, Debug)]
pub struct Order {
    /// The dealer.
    pub dealer: DealerId,
    /// Who gives the order, such as `cli:root`; 1 to 200 characters.
    pub actor: String,
    /// Why, in his words; at most 500 characters.
    pub reason: Option<String>,
    /// The state the order was decided on; another one by now refuses it.
    pub expected: Option<DealerStatus>,
}

impl Order {
    fn check(&self, dealer: &DealerRecord) -> Result<(), LifecycleError> {
        match self.expected {
            Some(expected) if expected != dealer.status => {
                Err(LifecycleError::Changed(dealer.status))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Changes dealers' lives.
#[derive(Clone)]
pub struct Lifecycle {
    control: ControlPool,
    owner: OwnerPool,
    clock: Clock,
}

impl Lifecycle {
    /// Of the dealers in the control plane; `owner` drops their schemas.
    pub const fn new(control: ControlPool, owner: OwnerPool, clock: Clock) -> Self {
        Self {
            control,
            owner,
            clock,
        }
    }

    /// The dealer whose id or whose name, if only one has it, this is.
    pub async fn find(&self, reference: &str) -> Result<DealerId, LifecycleError> {
        let mut conn = self.control.checkout().await?;
        if let Ok(id) = reference.parse() {
            let found = query::find(&mut conn, id).await?;
            return found.map_or(Err(LifecycleError::Unknown(id)), |dealer| Ok(dealer.id));
        }
        match dealer_find_by_name(&mut conn, reference).await?.as_slice() {
            [only] => Ok(*only),
            [] => Err(LifecycleError::NoName(reference.to_owned())),
            _ => Err(LifecycleError::Ambiguous(reference.to_owned())),
        }
    }

    /// The dealer as he is now.
    pub async fn show(&self, dealer: DealerId) -> Result<DealerRecord, LifecycleError> {
        let mut conn = self.control.checkout().await?;
        find(&mut conn, dealer).await
    }

    /// What was done to the dealer, the latest first; at most 100.
    pub async fn actions(&self, dealer: DealerId) -> Result<Vec<ActionRow>, LifecycleError> {
        let mut conn = self.control.checkout().await?;
        Ok(query::actions(&mut conn, dealer, ACTIONS_SHOWN).await?)
    }

    /// From now on the dealer can be read only. Refused unless he is open.
    pub async fn suspend(&self, order: &Order) -> Result<DealerRecord, LifecycleError> {
        self.act(order, DealerAction::Suspend, Change::State).await
    }

    /// One step back: opens who is suspended or archived; who is about to be
    /// dropped is archived again, as long as none of his tables has gone.
    pub async fn resume(&self, order: &Order) -> Result<DealerRecord, LifecycleError> {
        self.act(order, DealerAction::Resume, Change::State).await
    }

    /// Closes the dealer; his rows stay.
    pub async fn archive(&self, order: &Order) -> Result<DealerRecord, LifecycleError> {
        self.act(order, DealerAction::Archive, Change::State).await
    }

    /// Lets an archived dealer's rows go when `grace_days` are over.
    /// `confirmation` must be his name.
    pub async fn drop(
        &self,
        order: &Order,
        confirmation: &str,
        grace_days: u32,
    ) -> Result<DealerRecord, LifecycleError> {
        let mut checks = Checks::default();
        checks.require(
            grace_days <= MAX_GRACE_DAYS,
            &["input", "graceDays"],
            "must be between 0 and 3650",
        );
        checks.finish()?;
        let now = self.clock.now();
        let change = Change::Drop {
            delete_after: now + TimeDelta::days(i64::from(grace_days)),
            confirmation: confirmation.trim().to_owned(),
        };
        self.act(order, DealerAction::Drop, change).await
    }

    /// Gives the dealer's company another name.
    pub async fn rename(&self, order: &Order, name: &str) -> Result<DealerRecord, LifecycleError> {
        let mut checks = Checks::default();
        let name = checks.text(&["input", "name"], name, 1, 200);
        checks.finish()?;
        self.act(order, DealerAction::Rename, Change::Name(name))
            .await
    }

    /// Gives the dealer another of the `known` plans.
    pub async fn set_plan(
        &self,
        order: &Order,
        plan: &str,
        known: &KnownPlans,
    ) -> Result<DealerRecord, LifecycleError> {
        let mut checks = Checks::default();
        let plan = known.check(&mut checks, &["input", "plan"], plan);
        checks.finish()?;
        self.act(order, DealerAction::SetPlan, Change::Plan(plan))
            .await
    }

    /// One action: decided on the state that was read, written if it still is so.
    async fn act(
        &self,
        order: &Order,
        action: DealerAction,
        change: Change,
    ) -> Result<DealerRecord, LifecycleError> {
        let order = checked(order)?;
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| {
            let dealer = find(conn, order.dealer).await?;
            order.check(&dealer)?;
            let to = dealer.target(action)?;
            change.check(&dealer)?;
            if change.plan() == Some(dealer.plan.as_str()) {
                return Ok(dealer);
            }
            let changed = query::change(conn, &dealer, to, &change, (&order, now)).await?;
            let Some(changed) = changed else {
                // Somebody else was faster: what is possible depends on what he did.
                let dealer = find(conn, order.dealer).await?;
                order.check(&dealer)?;
                dealer.target(action)?;
                return Err(LifecycleError::Raced);
            };
            let detail = change.detail(&dealer);
            note(conn, ActionRow::new(&order, action, detail, now)).await?;
            Ok(changed)
        })
        .await
    }
}

async fn find(conn: &mut ControlConn, dealer: DealerId) -> Result<DealerRecord, LifecycleError> {
    let found = query::find(conn, dealer).await?;
    found.ok_or(LifecycleError::Unknown(dealer))
}

fn checked(order: &Order) -> Result<Order, LifecycleError> {
    let mut checks = Checks::default();
    let actor = checks.text(&["input", "actor"], &order.actor, 1, 200);
    let reason = checks.optional_text(&["input", "reason"], order.reason.as_deref(), 500);
    checks.finish()?;
    Ok(Order {
        dealer: order.dealer,
        actor,
        reason,
        expected: order.expected,
    })
}
