//! The surface of suppliers: mutations.

use async_graphql::{Context, Object};

use super::graphql::Supplier;
use super::input::{SupplierCreateInput, SupplierUpdateInput, SupplierVersionInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

payload! {
    /// Result of supplierCreate.
    SupplierCreatePayload {
        /// The new supplier; null if it was refused.
        supplier: Supplier
    }
}

payload! {
    /// Result of supplierUpdate.
    SupplierUpdatePayload {
        /// The changed supplier; null if the change was refused.
        supplier: Supplier
    }
}

payload! {
    /// Result of supplierArchive.
    SupplierArchivePayload {
        /// The archived supplier; null if it was refused.
        supplier: Supplier
    }
}

payload! {
    /// Result of supplierRestore.
    SupplierRestorePayload {
        /// The supplier as it is now; null if it was refused.
        supplier: Supplier
    }
}

/// Mutations on suppliers.
#[derive(Default)]
pub struct SupplierMutation;

#[Object]
impl SupplierMutation {
    /// Adds a supplier.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The supplier.")] input: SupplierCreateInput,
    ) -> AppResult<SupplierCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a supplier.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: SupplierUpdateInput,
    ) -> AppResult<SupplierUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a supplier. Refused while a purchase order is open.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SupplierVersionInput,
    ) -> AppResult<SupplierArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a supplier out of the archive.
    #[graphql(guard = P::SuppliersManage, directive = has_permission::apply(P::SuppliersManage))]
    async fn supplier_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: SupplierVersionInput,
    ) -> AppResult<SupplierRestorePayload> {
        let unit = ctx.unit()?;
        let result = service::restore(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
