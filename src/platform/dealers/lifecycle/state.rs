//! Which state leads to which, by what.

use super::error::Refused;
use super::query::DealerRecord;
use crate::db::text_enum::text_enum;
use crate::tenancy::directory::DealerStatus;

text_enum! {
    /// What is done to a dealer as a tenant.
    pub enum DealerAction {
        /// Let him read only.
        Suspend = "SUSPEND",
        /// Take one step back towards being open.
        Resume = "RESUME",
        /// Close him, and keep his rows.
        Archive = "ARCHIVE",
        /// Let his rows go when the time of grace is over.
        Drop = "DROP",
        /// His rows have gone; done by the sweep.
        Dropped = "DROPPED",
        /// Give the company another name.
        Rename = "RENAME",
        /// Give him another plan.
        SetPlan = "SET_PLAN",
    }
}

use DealerAction as Do;
use DealerStatus as Is;

/// Every step an operator may take. What is not here is refused.
const STEPS: &[(Is, Do, Is)] = &[
    (Is::Active, Do::Suspend, Is::Suspended),
    (Is::Active, Do::Archive, Is::Archived),
    (Is::Active, Do::Rename, Is::Active),
    (Is::Active, Do::SetPlan, Is::Active),
    (Is::Suspended, Do::Resume, Is::Active),
    (Is::Suspended, Do::Archive, Is::Archived),
    (Is::Suspended, Do::Rename, Is::Suspended),
    (Is::Suspended, Do::SetPlan, Is::Suspended),
    (Is::Archived, Do::Resume, Is::Active),
    (Is::Archived, Do::Drop, Is::Deleting),
    (Is::Archived, Do::Rename, Is::Archived),
    (Is::Archived, Do::SetPlan, Is::Archived),
    (Is::Deleting, Do::Resume, Is::Archived),
];

impl DealerRecord {
    /// Where the action leads, if it is possible now.
    pub(super) fn target(&self, action: DealerAction) -> Result<DealerStatus, Refused> {
        self.steps()
            .find(|(_from, by, _to)| *by == action)
            .map(|(_from, _by, to)| *to)
            .ok_or_else(|| self.refuse(action))
    }

    /// What can be done to the dealer as he is now.
    pub fn possible(&self) -> Vec<DealerAction> {
        self.steps().map(|(_from, by, _to)| *by).collect()
    }

    pub(super) fn refuse(&self, action: DealerAction) -> Refused {
        Refused {
            action,
            status: self.status,
            possible: self.possible(),
        }
    }

    /// Once the first of his tables has gone, nothing is possible any more.
    fn steps(&self) -> impl Iterator<Item = &'static (Is, Do, Is)> {
        let (status, can_return) = (self.status, self.drop_began_at.is_none());
        STEPS
            .iter()
            .filter(move |(from, _by, _to)| *from == status && can_return)
    }
}
