//! Dealers as operators see them.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::DealerWhere;
use super::loader::{DealerById, OwnersByDealer};
use super::model::{DealerEntry, OwnerRow};
use super::query::{self, DealerOrder, DealerSort};
use super::scope::OperatorScope;
use crate::error::AppResult;
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::Source;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;

/// A company that runs its shop here.
#[derive(Clone)]
pub struct OperatorDealer(pub DealerEntry);

impl From<DealerEntry> for OperatorDealer {
    fn from(entry: DealerEntry) -> Self {
        Self(entry)
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

    /// Who may do everything at his shop, the first one first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn owners(&self, ctx: &Context<'_>) -> AppResult<Vec<Owner>> {
        let scope = OperatorScope::of(ctx)?;
        let rows = scope.load_list(OwnersByDealer(self.0.id)).await?;
        Ok(rows.into_iter().map(Owner).collect())
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
