//! The surface of bulk operations: mutations.

use async_graphql::{Context, Object};

use super::graphql::BulkOperation;
use super::input::{BulkExportStartInput, BulkImportStartInput, BulkOperationCancelInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::idempotency::require_key;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of bulkImportStart.
    BulkImportStartPayload {
        /// The import; null if it was refused.
        bulk_operation: BulkOperation
    }
}

payload! {
    /// Result of bulkExportStart.
    BulkExportStartPayload {
        /// The export; null if it was refused.
        bulk_operation: BulkOperation
    }
}

payload! {
    /// Result of bulkOperationCancel.
    BulkOperationCancelPayload {
        /// The operation; null if it was refused.
        bulk_operation: BulkOperation
    }
}

/// Mutations on bulk operations.
#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Begins to import an uploaded file. Lines are taken as the mutations of their records
    /// take input, 200 at a time. Needs the permission to change the records, too:
    /// products:manage for PRODUCTS and PRICES, customers:manage for CUSTOMERS, stock:adjust
    /// for STOCK. STOCK needs a key, since a change that is brought in twice counts twice.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_import_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to import.")] input: BulkImportStartInput,
    ) -> AppResult<BulkImportStartPayload> {
        if input.kind.adds_up() {
            require_key(ctx)?;
        }
        let unit = ctx.unit()?;
        let parts = (ctx.service()?, ctx.service()?);
        let result = service::start_import(&mut *unit.tx().await?, parts, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Begins to write records into a file. Needs the permission to read them, too.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_export_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to export.")] input: BulkExportStartInput,
    ) -> AppResult<BulkExportStartPayload> {
        let unit = ctx.unit()?;
        let queue = ctx.service()?;
        let result = service::start_export(&mut *unit.tx().await?, queue, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Ends an import or export before its time; what it has done stays.
    #[graphql(guard = P::BulkRun, directive = has_permission::apply(P::BulkRun))]
    async fn bulk_operation_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: BulkOperationCancelInput,
    ) -> AppResult<BulkOperationCancelPayload> {
        let unit = ctx.unit()?;
        let result = service::cancel(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
