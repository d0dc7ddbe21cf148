//! The surface of warehouses.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::{
    WarehouseArchiveInput, WarehouseCreateInput, WarehouseUpdateInput, WarehouseWhere,
};
use super::loader::{WarehouseByCode, WarehouseById};
use super::model::{WarehouseId, WarehouseKind, WarehouseRow};
use super::query::{self, WarehouseOrder, WarehouseSort};
use super::service;
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::found::{by_one_key, there};
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// A place where goods lie.
#[derive(Clone)]
pub struct Warehouse(pub WarehouseRow);

impl From<WarehouseRow> for Warehouse {
    fn from(row: WarehouseRow) -> Self {
        Self(row)
    }
}

/// A place where goods lie: a yard, a store.
#[Object(directive = has_permission::apply(P::WarehousesRead))]
impl Warehouse {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of place it is.
    async fn kind(&self) -> WarehouseKind {
        self.0.kind
    }

    /// When it was archived; null while it is in use.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A warehouse that a foreign key says is there.
pub(crate) async fn warehouse_of(ctx: &Context<'_>, id: WarehouseId) -> AppResult<Warehouse> {
    Ok(Warehouse(there(ctx, WarehouseById(id)).await?))
}

/// Queries on warehouses.
#[derive(Default)]
pub struct WarehouseQuery;

#[Object]
impl WarehouseQuery {
    /// One warehouse, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::WarehousesRead, directive = has_permission::apply(P::WarehousesRead))]
    async fn warehouse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<WarehouseId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<Warehouse>> {
        let keys = (id.map(WarehouseById), code.map(WarehouseByCode));
        let message = "name the warehouse by exactly one of id and code";
        Ok(by_one_key(ctx, keys, message).await?.map(Warehouse))
    }
}

list_query! {
    /// The list of warehouses.
    WarehouseListQuery: query,
    /// The dealer's warehouses.
    warehouses -> Warehouse,
    needs: WarehousesRead,
    filter: WarehouseWhere = "Which warehouses.",
    order: WarehouseOrder as WarehouseSort = "Sort keys, at most 3; by code if absent.",
}

payload! {
    /// Result of warehouseCreate.
    WarehouseCreatePayload {
        /// The new warehouse; null if it was refused.
        warehouse: Warehouse
    }
}

payload! {
    /// Result of warehouseUpdate.
    WarehouseUpdatePayload {
        /// The changed warehouse; null if the change was refused.
        warehouse: Warehouse
    }
}

payload! {
    /// Result of warehouseArchive.
    WarehouseArchivePayload {
        /// The archived warehouse; null if it was refused.
        warehouse: Warehouse
    }
}

/// Mutations on warehouses.
#[derive(Default)]
pub struct WarehouseMutation;

#[Object]
impl WarehouseMutation {
    /// Adds a warehouse.
    #[graphql(guard = P::WarehousesManage, directive = has_permission::apply(P::WarehousesManage))]
    async fn warehouse_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The warehouse.")] input: WarehouseCreateInput,
    ) -> AppResult<WarehouseCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a warehouse.
    #[graphql(guard = P::WarehousesManage, directive = has_permission::apply(P::WarehousesManage))]
    async fn warehouse_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: WarehouseUpdateInput,
    ) -> AppResult<WarehouseUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Archives a warehouse. Refused while goods lie there or are reserved, and while a transfer,
    /// a purchase order, a count, a delivery, a return or a confirmed order of it is open.
    #[graphql(guard = P::WarehousesManage, directive = has_permission::apply(P::WarehousesManage))]
    async fn warehouse_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: WarehouseArchiveInput,
    ) -> AppResult<WarehouseArchivePayload> {
        let unit = ctx.unit()?;
        let result = service::archive(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
