//! What can be done with a job, by its state.

use super::model::{JobRow, JobStatus as Status};
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a job.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobAction {
    /// jobUpdate.
    Update,
    /// jobDeactivate.
    Deactivate,
    /// jobDisable.
    Disable,
    /// jobClose; refused all the same while something is open.
    Close,
    /// jobReopen.
    Reopen,
    /// jobHoldSet.
    HoldSet,
    /// jobHoldRelease.
    HoldRelease,
    /// creditLimitSet.
    CreditLimitSet,
    /// orderCreate; nothing is confirmed while the job is on hold.
    OrderCreate,
}

impl JobAction {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Update,
        Self::Deactivate,
        Self::Disable,
        Self::Close,
        Self::Reopen,
        Self::HoldSet,
        Self::HoldRelease,
        Self::CreditLimitSet,
        Self::OrderCreate,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::HoldSet | Self::HoldRelease | Self::CreditLimitSet => Permission::CreditManage,
            Self::OrderCreate => Permission::OrdersManage,
            _ => Permission::JobsManage,
        }
    }

    /// Whether a job with this status can have it done.
    pub const fn suits(self, status: Status) -> bool {
        match self {
            Self::Update | Self::Close | Self::CreditLimitSet => !matches!(status, Status::Closed),
            Self::Deactivate => matches!(status, Status::Active),
            Self::Disable => !matches!(status, Status::Disabled | Status::Closed),
            Self::Reopen => matches!(status, Status::Inactive | Status::Disabled | Status::Closed),
            Self::HoldSet => matches!(status, Status::Active | Status::Inactive),
            Self::HoldRelease => matches!(status, Status::Hold),
            Self::OrderCreate => matches!(status, Status::Active | Status::Hold),
        }
    }

    /// Refuses what does not suit the job's status; `field` is that with its id.
    pub fn check(self, row: &JobRow, field: &str) -> ServiceResult<()> {
        if self.suits(row.status) {
            return Ok(());
        }
        let message = format!(
            "this can not be done with a job that is {}; see its allowedActions",
            row.status.as_str()
        );
        Err(UserError::at(ErrorCode::NotAllowed, &["input", field], message).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [Status; 5] = [
        Status::Active,
        Status::Inactive,
        Status::Hold,
        Status::Disabled,
        Status::Closed,
    ];

    #[test]
    fn every_state_has_a_way_back_to_active() {
        for status in STATES {
            let back = JobAction::Reopen.suits(status) || JobAction::HoldRelease.suits(status);
            assert_eq!(back, status != Status::Active, "{status:?}");
        }
    }

    #[test]
    fn what_is_closed_can_be_reopened_only() {
        let suits = |action: &JobAction| action.suits(Status::Closed);
        let left: Vec<_> = JobAction::ALL.into_iter().filter(suits).collect();
        assert_eq!(left, [JobAction::Reopen]);
    }
}
