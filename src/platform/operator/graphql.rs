//! Dealers as operators see them.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::DealerWhere;
use super::loader::{ActionsByDealer, DealerById, OwnersByDealer};
use super::model::OwnerRow;
use super::query::{self, DealerOrder, DealerSort};
use super::scope::OperatorScope;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{list_cost, list_query, page_cost};
use crate::graphql::context::Source;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::{ActionRow, DealerAction, DealerRecord};
use crate::tenancy::directory::DealerStatus;

/// Most actions of a dealer in one answer.
const MAX_ACTIONS: usize = 200;
/// As many if the caller does not say.
const SOME_ACTIONS: i32 = 50;

/// A company that runs its shop here.
#[derive(Clone)]
pub struct OperatorDealer(pub DealerRecord);

impl From<DealerRecord> for OperatorDealer {
    fn from(record: DealerRecord) -> Self {
        Self(record)
    }
}

/// A company that runs its shop here: a tenant with a schema of its own.
#[Object(name = "Dealer")]
impl OperatorDealer {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Name of the company.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name of the PostgreSQL schema with his rows, and of the role that may
    /// read them.
    async fn schema(&self) -> &str {
        &self.0.schema_name
    }

    /// Where he stands in his life as a tenant.
    async fn status(&self) -> DealerStatus {
        self.0.status
    }

    /// Why he has this status, in an operator's words; null if none were given.
    async fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_deref()
    }

    /// When he got this status; null for one he has had from the start.
    async fn status_changed_at(&self) -> Option<DateTime<Utc>> {
        self.0.status_changed_at
    }

    /// When his rows may go; null unless he is DELETING.
    async fn delete_after(&self) -> Option<DateTime<Utc>> {
        self.0.delete_after
    }

    /// Name of his plan, which says how much his callers together may ask for in a
    /// minute; `standard` unless he was given another.
    async fn plan(&self) -> &str {
        &self.0.plan
    }

    /// ISO 4217 code of the currency of his books.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// IANA name of the time zone of his days.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// When he was registered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When his shop was first opened; null until then.
    async fn activated_at(&self) -> Option<DateTime<Utc>> {
        self.0.activated_at
    }

    /// Newest migration in his schema; null while he has none.
    async fn schema_version(&self) -> Option<&str> {
        self.0.schema_version.as_deref()
    }

    /// When the first of his tables went; there is no way back from then on.
    async fn drop_began_at(&self) -> Option<DateTime<Utc>> {
        self.0.drop_began_at
    }

    /// Where an operator gets all of his rows as a zip, by GET at this endpoint.
    async fn export_path(&self) -> String {
        format!("/dealers/{}/export", self.0.id)
    }

    /// What can be done to him as he is now.
    async fn possible_actions(&self) -> Vec<DealerAction> {
        self.0.possible()
    }

    /// What was done to him, the latest first.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn actions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, 1 to 200; 50 if left out.")] first: Option<i32>,
    ) -> AppResult<Vec<ActionRecord>> {
        let first = usize::try_from(first.unwrap_or(SOME_ACTIONS)).unwrap_or_default();
        if !(1..=MAX_ACTIONS).contains(&first) {
            let message = format!("must be between 1 and {MAX_ACTIONS}");
            return Err(AppError::bad_input("first", message));
        }
        let scope = OperatorScope::of(ctx)?;
        let rows = scope.load_list(ActionsByDealer(self.0.id)).await?;
        Ok(rows.into_iter().take(first).map(ActionRecord).collect())
    }

    /// Who may do everything at his shop, the first one first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn owners(&self, ctx: &Context<'_>) -> AppResult<Vec<Owner>> {
        let scope = OperatorScope::of(ctx)?;
        let rows = scope.load_list(OwnersByDealer(self.0.id)).await?;
        Ok(rows.into_iter().map(Owner).collect())
    }
}

/// Something that was done to a dealer.
pub struct ActionRecord(ActionRow);

/// Something that was done to a dealer as a tenant. Never changed afterwards.
#[Object]
impl ActionRecord {
    /// What was done, such as SUSPEND.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// By whom, such as `operator:alice` or `cli:root`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// Why, in his words; null if he gave none.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What the action's name does not say.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// A person who owns a shop.
pub struct Owner(pub OwnerRow);

/// A person who may do everything at a dealer's shop.
#[Object]
impl Owner {
    /// Opaque id of the user.
    async fn id(&self) -> ID {
        self.0.user.into()
    }

    /// Address he signs in with.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Name of the person.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// Lookups of single dealers.
#[derive(Default)]
pub struct OperatorDealerQuery;

#[Object]
impl OperatorDealerQuery {
    /// The dealer with this id, whatever his status; null if there is none.
    async fn dealer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "His id.")] id: DealerId,
    ) -> AppResult<Option<OperatorDealer>> {
        let entry = OperatorScope::of(ctx)?.load(DealerById(id)).await?;
        Ok(entry.map(OperatorDealer))
    }
}

list_query! {
    /// The list of dealers.
    OperatorDealerListQuery: query,
    /// Dealers, page by page, whatever their statuses.
    dealers -> OperatorDealer,
    filter: DealerWhere = "Which dealers; all if left out.",
    order: DealerOrder as DealerSort = "At most 3 keys; by name if left out.",
    through: OperatorScope,
}
