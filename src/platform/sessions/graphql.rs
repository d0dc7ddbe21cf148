//! What can be read of sessions.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::SessionRow;
use super::service::Sessions;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{
    AnyCaller, Permission as P, for_any_caller, has_permission, open_to_all,
};
use crate::kernel::ids::SessionId;
use crate::platform::identity::events::{EventKind, EventRow, at_dealer};

/// Most events of one page.
const MOST_EVENTS: i32 = 200;

/// A device or program on which the caller is signed in.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct Session {
    /// Opaque id.
    id: ID,
    /// Whether it is the one this request belongs to.
    is_current: bool,
    /// The dealer it works for at present.
    dealer_id: ID,
    /// What the client calls itself.
    client_name: Option<String>,
    /// Network address from which it was opened.
    address: Option<String>,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// When its tokens were last refreshed.
    last_used_at: DateTime<Utc>,
    /// When it ends unless it is used before.
    expires_at: DateTime<Utc>,
}

impl Session {
    fn new(row: SessionRow, current: SessionId) -> Self {
        Self {
            id: row.id.into(),
            is_current: row.id == current,
            dealer_id: row.dealer_id.into(),
            expires_at: row.ends_at(),
            client_name: row.client_name,
            address: row.address,
            created_at: row.created_at,
            last_used_at: row.rotated_at,
        }
    }
}

/// Something that happened to an account at the dealer.
pub struct SecurityEvent(EventRow);

/// Something that happened to an account at the dealer.
#[Object(directive = has_permission::apply(P::SecurityRead))]
impl SecurityEvent {
    /// Opaque id; pass the last one of a page as `before` for the next page.
    async fn id(&self) -> ID {
        self.0.id.simple().to_string().into()
    }

    /// What happened.
    async fn kind(&self) -> EventKind {
        self.0.kind
    }

    /// Whose account it is.
    async fn user_id(&self) -> Option<ID> {
        self.0.user_id.map(ID::from)
    }

    /// What else there is to say.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Network address from which it came.
    async fn address(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// What the client calls itself.
    async fn client_name(&self) -> Option<&str> {
        self.0.client_name.as_deref()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// Queries on sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Where the caller is signed in, at whichever dealer; the last used first.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn sessions(&self, ctx: &Context<'_>) -> AppResult<Vec<Session>> {
        let principal = ctx.in_person()?;
        let rows = ctx.service::<Sessions>()?.list(principal.user()).await?;
        let current = principal.session();
        Ok(rows
            .into_iter()
            .map(|row| Session::new(row, current))
            .collect())
    }

    /// What happened to accounts at the dealer: sign-ins, refusals, changes of
    /// rights. The latest first.
    #[graphql(guard = P::SecurityRead, directive = has_permission::apply(P::SecurityRead))]
    async fn security_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 200.", default = 50)] first: i32,
        #[graphql(desc = "Only what happened before this event.")] before: Option<ID>,
    ) -> AppResult<Vec<SecurityEvent>> {
        if !(1..=MOST_EVENTS).contains(&first) {
            return Err(AppError::bad_input("first", "must be from 1 to 200"));
        }
        let before = before.map(|id| uuid::Uuid::try_parse(&id)).transpose();
        let before =
            before.map_err(|_| AppError::bad_input("before", "must be the id of an event"))?;
        let dealer = ctx.scope()?.context()?.dealer().id;
        let mut conn = ctx.service::<Sessions>()?.control().checkout().await?;
        let rows = at_dealer(&mut conn, dealer, before, first.into()).await?;
        Ok(rows.into_iter().map(SecurityEvent).collect())
    }
}
