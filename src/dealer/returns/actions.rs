//! What can be done with a return, by its state.

use super::model::ReturnState as State;
use crate::error::{ErrorCode, ServiceResult, UserError};

/// Something that can be done with a return.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnAction {
    /// returnApprove.
    Approve,
    /// returnReject.
    Reject,
    /// returnReceive.
    Receive,
    /// returnCredit, which takes invoice:post, too.
    Credit,
}

impl ReturnAction {
    /// Refuses what the state does not let; `path` is that of the return's id.
    pub fn check(self, state: State, path: &[&str]) -> ServiceResult<()> {
        if state.actions().contains(&self) {
            return Ok(());
        }
        let done = match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Receive => "received",
            Self::Credit => "credited",
        };
        let message = format!("a return that is {} can not be {done}", state.as_str());
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}

impl State {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [ReturnAction] {
        use ReturnAction as A;
        match self {
            Self::Requested => &[A::Approve, A::Reject],
            Self::Approved => &[A::Receive, A::Reject],
            Self::Received => &[A::Credit],
            Self::Credited | Self::Rejected => &[],
        }
    }
}
