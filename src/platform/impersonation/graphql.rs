//! What a dealer sees of impersonations, and how he ends them.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};

use super::model::ImpersonationRow;
use super::service::{Ender, Impersonations};
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::kernel::ids::SessionId;

/// Most impersonations of one page.
const MOST: i32 = 200;

/// An operator of the platform who saw the shop as a user does.
pub struct Impersonation {
    row: ImpersonationRow,
    now: DateTime<Utc>,
}

impl Impersonation {
    pub(in crate::platform) const fn new(row: ImpersonationRow, now: DateTime<Utc>) -> Self {
        Self { row, now }
    }
}

/// An operator of the platform who saw the shop as one of its users does.
#[Object(directive = has_permission::apply(P::SecurityRead))]
impl Impersonation {
    /// Opaque id; pass the last one of a page as `before` for the next page.
    async fn id(&self) -> ID {
        self.row.id.into()
    }

    /// As whom.
    async fn user_id(&self) -> ID {
        self.row.user_id.into()
    }

    /// Which operator.
    async fn operator(&self) -> &str {
        &self.row.operator
    }

    /// Why, in his words.
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// Whether he could look and change nothing.
    async fn is_read_only(&self) -> bool {
        self.row.read_only
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// When it ends by itself.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// When it was ended before that.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }

    /// Whether it is under way.
    async fn is_open(&self) -> bool {
        self.row.is_good(self.now)
    }
}

/// An impersonation to end.
#[derive(InputObject, Clone, Debug)]
pub struct ImpersonationEndInput {
    /// Which one.
    pub id: SessionId,
}

payload! {
    /// Result of impersonationEnd.
    ImpersonationEndPayload { /// As it is now; null if it was refused.
        impersonation: Impersonation }
}

/// Queries on impersonations.
#[derive(Default)]
pub struct ImpersonationQuery;

#[Object]
impl ImpersonationQuery {
    /// When operators of the platform saw the shop as a user does, and why; the latest
    /// first.
    #[graphql(guard = P::SecurityRead, directive = has_permission::apply(P::SecurityRead))]
    async fn impersonations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 200.", default = 50)] first: i32,
        #[graphql(desc = "Only those begun before this one.")] before: Option<SessionId>,
    ) -> AppResult<Vec<Impersonation>> {
        if !(1..=MOST).contains(&first) {
            return Err(AppError::bad_input("first", "must be from 1 to 200"));
        }
        let dealer = ctx.scope()?.context()?.dealer().id;
        let service = ctx.service::<Impersonations>()?;
        let rows = service.list(dealer, before, first.into()).await?;
        let now = service.clock().now();
        let shown = |row| Impersonation::new(row, now);
        Ok(rows.into_iter().map(shown).collect())
    }
}

/// Mutations on impersonations.
#[derive(Default)]
pub struct ImpersonationMutation;

#[Object]
impl ImpersonationMutation {
    /// Shows an operator of the platform the door: his token is refused everywhere
    /// within a second.
    #[graphql(guard = P::SecurityManage, directive = has_permission::apply(P::SecurityManage))]
    async fn impersonation_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which impersonation.")] input: ImpersonationEndInput,
    ) -> AppResult<ImpersonationEndPayload> {
        let (principal, service) = (ctx.in_person()?, ctx.service::<Impersonations>()?);
        let by = Ender::User(principal.user(), principal.dealer());
        let ended = service.end(input.id, by).await;
        let ended = ended.map(|row| Impersonation::new(row, service.clock().now()));
        crate::platform::outcome(ended)
    }
}
