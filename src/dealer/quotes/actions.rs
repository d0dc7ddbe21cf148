//! What can be done with a quote, by its state.

use super::model::QuoteState as State;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::graphql::permit::Permission;

/// Something that can be done with a quote.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteAction {
    /// quoteUpdate.
    Update,
    /// quoteSend; refused all the same once its last day has passed, or when an order was
    /// made of an earlier revision meanwhile.
    Send,
    /// quoteAccept; at the portal, up to what the caller orders without asking.
    Accept,
    /// quoteReject.
    Reject,
    /// quoteRevise; refused all the same while a later revision is being written.
    Revise,
    /// quoteToOrder.
    ToOrder,
}

impl QuoteAction {
    /// All there are.
    pub const ALL: [Self; 6] = [
        Self::Update,
        Self::Send,
        Self::Accept,
        Self::Reject,
        Self::Revise,
        Self::ToOrder,
    ];

    /// What it takes to do it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::ToOrder => Permission::OrdersManage,
            Self::Accept | Self::Reject => Permission::QuotesAnswer,
            _ => Permission::QuotesManage,
        }
    }

    /// Refuses what the state does not let; `path` is that of the quote's id.
    pub fn check(self, state: State, path: &[&str]) -> ServiceResult<()> {
        if state.actions().contains(&self) {
            return Ok(());
        }
        let done = match self {
            Self::Update => "changed",
            Self::Send => "sent",
            Self::Accept => "accepted",
            Self::Reject => "rejected",
            Self::Revise => "revised",
            Self::ToOrder => "made an order",
        };
        let message = format!("a quote that is {} can not be {done}", state.as_str());
        Err(UserError::at(ErrorCode::NotAllowed, path, message).into())
    }
}

impl State {
    /// What can be done in it.
    pub const fn actions(self) -> &'static [QuoteAction] {
        use QuoteAction as A;
        match self {
            Self::Draft => &[A::Update, A::Send],
            Self::Sent => &[A::Accept, A::Reject, A::Revise],
            Self::Accepted => &[A::Revise, A::ToOrder],
            Self::Rejected | Self::Expired => &[A::Revise],
            Self::Converted | Self::Revised => &[],
        }
    }

    /// Those from which a quote becomes REVISED when a later revision is sent.
    pub const fn gives_way(self) -> bool {
        matches!(
            self,
            Self::Sent | Self::Accepted | Self::Rejected | Self::Expired
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [State; 7] = [
        State::Draft,
        State::Sent,
        State::Accepted,
        State::Rejected,
        State::Expired,
        State::Converted,
        State::Revised,
    ];

    #[test]
    fn what_can_be_revised_gives_way_and_nothing_else_does() {
        for state in STATES {
            let is_revised = state.actions().contains(&QuoteAction::Revise);
            assert_eq!(is_revised, state.gives_way(), "{state:?}");
        }
    }

    #[test]
    fn every_action_is_possible_in_some_state() {
        for action in QuoteAction::ALL {
            let some = STATES.iter().any(|state| state.actions().contains(&action));
            assert!(some, "{action:?}");
        }
    }
}
