//! All dealers at a glance: the stock of schemas, and how far they are migrated.

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::graphql::OperatorDealer;
use super::loader::DealerById;
use super::model::{FailureRow, StatusCount};
use super::query;
use super::scope::OperatorScope;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::page_cost;
use crate::graphql::context::Source;
use crate::jobs::figures as jobs;
use crate::platform::mail::Backlog;
use crate::platform::webhooks::figures as webhooks;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::migrate::{MigrateError, MigrationSet};
use crate::tenancy::state::{Migrated, migrated_on};

/// Most failures of one answer.
const MAX_FAILURES: i32 = 200;

/// How many dealers there are, and how they are.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Rows of the directory by status.
    pub statuses: Vec<StatusCount>,
    /// Dealers whose schemas lack migrations.
    pub behind: i64,
    /// Those of them who are refused until they have been migrated.
    pub refused: i64,
    /// Mails that wait to be sent.
    pub mails: Backlog,
    /// Jobs that are not done.
    pub jobs: jobs::Backlog,
    /// Where dealers' events are sent.
    pub webhooks: webhooks::Backlog,
}

impl Census {
    /// Counts them now, in ten statements.
    pub async fn take(control: &ControlPool) -> Result<Self, MigrateError> {
        let mut conn = control.checkout().await?;
        let (behind, refused) = behind(&mut conn).await?;
        Ok(Self {
            statuses: query::count_by_status(&mut conn).await?,
            behind,
            refused,
            mails: Backlog::take(&mut conn).await?,
            jobs: jobs::Backlog::take(&mut conn).await?,
            webhooks: webhooks::Backlog::take(&mut conn).await?,
        })
    }

    /// Schemas in stock: those that are whole, and those still being made.
    pub fn spares(&self) -> (i64, i64) {
        let spare = |count: &&StatusCount| count.status == DealerStatus::Spare;
        let count = self.statuses.iter().find(spare);
        count.map_or((0, 0), |count| {
            (count.whole, count.rows.saturating_sub(count.whole))
        })
    }
}

async fn behind(conn: &mut ControlConn) -> Result<(i64, i64), MigrateError> {
    Ok(match migrated_on(conn).await? {
        Migrated::Control { behind, refused } => (behind, refused),
        // The control plane is not ready for this program; neither are they.
        Migrated::Nothing => (0, 0),
    })
}

fn fault(error: MigrateError) -> AppError {
    match error {
        MigrateError::Db(error) => error.into(),
        other => AppError::internal(other),
    }
}

/// The stock of schemas that a registration takes from.
#[derive(SimpleObject)]
pub struct Spares {
    /// Schemas a new dealer can have at once.
    ready: i64,
    /// Schemas that are being made.
    filling: i64,
}

/// How many dealers have a status.
#[derive(SimpleObject)]
pub struct DealerCount {
    /// The status.
    status: DealerStatus,
    /// How many dealers have it.
    count: i64,
}

/// How far the dealers' schemas are migrated.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Migrations {
    /// Newest migration this program knows.
    newest: Option<String>,
    /// Oldest migration with which this program can serve a dealer.
    needed: Option<String>,
    /// Dealers whose schemas lack migrations.
    behind: i64,
    /// Those of them who are refused until they have been migrated.
    refused: i64,
}

#[ComplexObject]
impl Migrations {
    /// Dealers whose last migration failed, the latest first.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn failed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, 1 to 200; 50 if left out.")] first: Option<i32>,
    ) -> AppResult<Vec<MigrationFailure>> {
        let first = first.unwrap_or(50);
        if !(1..=MAX_FAILURES).contains(&first) {
            let message = format!("must be between 1 and {MAX_FAILURES}");
            return Err(AppError::bad_input("first", message));
        }
        let scope = OperatorScope::of(ctx)?;
        let rows = query::find_failures(&mut *scope.tx().await?, first.into()).await?;
        scope.spend(rows.len())?;
        Ok(rows.into_iter().map(MigrationFailure).collect())
    }
}

/// A failed migration.
pub struct MigrationFailure(FailureRow);

/// A dealer whose last migration failed. It goes with the next that succeeds.
#[Object]
impl MigrationFailure {
    /// Opaque id of the dealer.
    async fn dealer_id(&self) -> ID {
        self.0.dealer_id.into()
    }

    /// The dealer; null if the row is a schema in stock.
    async fn dealer(&self, ctx: &Context<'_>) -> AppResult<Option<OperatorDealer>> {
        let scope = OperatorScope::of(ctx)?;
        let entry = scope.load(DealerById(self.0.dealer_id)).await?;
        Ok(entry.map(OperatorDealer))
    }

    /// What the database said.
    async fn cause(&self) -> &str {
        &self.0.cause
    }

    /// When it failed.
    async fn failed_at(&self) -> DateTime<Utc> {
        self.0.failed_at
    }
}

/// Queries on all dealers together.
#[derive(Default)]
pub struct FleetQuery;

#[Object]
impl FleetQuery {
    /// How many dealers there are, by status. Statuses that nobody has are left
    /// out.
    #[graphql(complexity = "child_complexity * 7 + 1")]
    async fn dealer_counts(&self, ctx: &Context<'_>) -> AppResult<Vec<DealerCount>> {
        let scope = OperatorScope::of(ctx)?;
        let counts = query::count_by_status(&mut *scope.tx().await?).await?;
        let dealers = counts
            .into_iter()
            .filter(|count| count.status != DealerStatus::Spare);
        Ok(dealers
            .map(|StatusCount { status, rows, .. }| DealerCount {
                status,
                count: rows,
            })
            .collect())
    }

    /// The stock of schemas that a registration takes from.
    async fn spares(&self, ctx: &Context<'_>) -> AppResult<Spares> {
        let scope = OperatorScope::of(ctx)?;
        let census = Census {
            statuses: query::count_by_status(&mut *scope.tx().await?).await?,
            ..Census::default()
        };
        let (ready, filling) = census.spares();
        Ok(Spares { ready, filling })
    }

    /// How far the dealers' schemas are migrated, as this node's program sees it.
    async fn migrations(&self, ctx: &Context<'_>) -> AppResult<Migrations> {
        let scope = OperatorScope::of(ctx)?;
        let set = MigrationSet::tenant().map_err(fault)?;
        let (behind, refused) = behind(&mut *scope.tx().await?).await.map_err(fault)?;
        Ok(Migrations {
            newest: set.newest().map(str::to_owned),
            needed: set.needed().map(str::to_owned),
            behind,
            refused,
        })
    }
}
