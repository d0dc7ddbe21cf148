//! The surface of bulk operations: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::loader::{BulkOperationById, ErrorsByOperation};
use super::model::{
    BulkDirection, BulkErrorRow, BulkFormat, BulkKind, BulkOnError, BulkOperationId,
    BulkOperationRow, BulkState,
};
use super::query;
use crate::dealer::files::graphql::File;
use crate::dealer::files::loader::FileById;
use crate::error::{AppError, AppResult};
use crate::files::FileId;
use crate::graphql::connection::list_cost;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most operations of one list.
const MOST: i32 = 200;

/// An import or export.
#[derive(Clone)]
pub struct BulkOperation(pub BulkOperationRow);

impl From<BulkOperationRow> for BulkOperation {
    fn from(row: BulkOperationRow) -> Self {
        Self(row)
    }
}

/// An import or export of many records.
#[Object(directive = has_permission::apply(P::BulkRun))]
impl BulkOperation {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Into the shop or out of it.
    async fn direction(&self) -> BulkDirection {
        self.0.direction
    }

    /// What the lines are.
    async fn kind(&self) -> BulkKind {
        self.0.kind
    }

    /// The form of the file.
    async fn format(&self) -> BulkFormat {
        self.0.format
    }

    /// What is done about lines that can not be taken.
    async fn on_error(&self) -> BulkOnError {
        self.0.on_error
    }

    /// Whether nothing is changed.
    async fn is_dry_run(&self) -> bool {
        self.0.is_dry_run
    }

    /// Where it stands.
    async fn state(&self) -> BulkState {
        self.0.state
    }

    /// Why it could not be done; null if it could.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// How much of the input is done, in hundredths; of an export 0, then 100.
    async fn progress(&self) -> i64 {
        match (self.0.state, self.0.input_size) {
            (BulkState::Done, _) => 100,
            (_, 0) => 0,
            (_, size) => self
                .0
                .place
                .saturating_mul(100)
                .checked_div(size)
                .unwrap_or_default(),
        }
    }

    /// The last line of the input that is done.
    async fn line(&self) -> i64 {
        self.0.line
    }

    /// Records added by an import; of a dry run those that would be.
    async fn created(&self) -> i64 {
        self.0.created
    }

    /// Records changed by an import.
    async fn updated(&self) -> i64 {
        self.0.updated
    }

    /// Lines of an import that say what is so already.
    async fn unchanged(&self) -> i64 {
        self.0.unchanged
    }

    /// Lines of an import that could not be taken.
    async fn failed(&self) -> i64 {
        self.0.failed
    }

    /// Records written by an export.
    async fn written(&self) -> i64 {
        self.0.written
    }

    /// What is wrong with lines of the input: the first 100 faults.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn errors(&self, ctx: &Context<'_>) -> AppResult<Vec<BulkError>> {
        let rows = ctx.unit()?.load_list(ErrorsByOperation(self.0.id)).await?;
        Ok(rows.into_iter().map(BulkError).collect())
    }

    /// All faults that were noted, 10,000 at most, as CSV; there when the import is over,
    /// for seven days. Needs what importing the records needs.
    async fn error_file(&self, ctx: &Context<'_>) -> AppResult<Option<File>> {
        self.permit(ctx)?;
        file(ctx, self.0.error_file_id).await
    }

    /// What an export has written; there when it is over, for seven days. Needs what
    /// reading the records needs.
    async fn output_file(&self, ctx: &Context<'_>) -> AppResult<Option<File>> {
        self.permit(ctx)?;
        file(ctx, self.0.output_file_id).await
    }

    /// When it was ordered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was over; null until then.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

impl BulkOperation {
    /// The files hold records of its kind, whoever has ordered it.
    fn permit(&self, ctx: &Context<'_>) -> AppResult<()> {
        let row = &self.0;
        let needed = match row.direction {
            BulkDirection::Import => row.kind.to_import(),
            BulkDirection::Export => row.kind.to_export(),
        };
        needed.iter().try_for_each(|needed| ctx.require(*needed))
    }
}

async fn file(ctx: &Context<'_>, id: Option<FileId>) -> AppResult<Option<File>> {
    match id {
        Some(id) => Ok(ctx.unit()?.load(FileById(id)).await?.map(File)),
        None => Ok(None),
    }
}

/// What is wrong with a line.
pub struct BulkError(BulkErrorRow);

/// What is wrong with a line of an import.
#[Object(directive = has_permission::apply(P::BulkRun))]
impl BulkError {
    /// The line, from 1.
    async fn line(&self) -> i64 {
        self.0.line
    }

    /// The column; null if it is all of the line.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// A code as those of userErrors.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What would be right.
    async fn message(&self) -> &str {
        &self.0.message
    }
}

/// Queries on bulk operations.
#[derive(Default)]
pub struct BulkQuery;

#[Object]
impl BulkQuery {
    /// One import or export; null if there is none. They are kept for 30 days.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_operation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: BulkOperationId,
    ) -> AppResult<Option<BulkOperation>> {
        let row = ctx.unit()?.load(BulkOperationById(id)).await?;
        Ok(row.map(BulkOperation))
    }

    /// The dealer's imports and exports, the latest first.
    #[graphql(
        guard = P::BulkRun,
        directive = has_permission::apply(P::BulkRun),
        complexity = "list_cost(child_complexity)"
    )]
    async fn bulk_operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 200.", default = 50)] first: i32,
        #[graphql(desc = "Only those before this one.")] before: Option<BulkOperationId>,
    ) -> AppResult<Vec<BulkOperation>> {
        if !(1..=MOST).contains(&first) {
            return Err(AppError::bad_input("first", "must be from 1 to 200"));
        }
        let unit = ctx.unit()?;
        let rows = query::latest(&mut *unit.tx().await?, before, first.into()).await?;
        unit.spend(rows.len())?;
        Ok(rows.into_iter().map(BulkOperation).collect())
    }
}
