//! The surface of units.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::input::{UnitCreateInput, UnitUpdateInput, UnitWhere};
use super::loader::{UnitByCode, UnitById};
use super::model::{UnitDimension, UnitId, UnitRow};
use super::query::{self, UnitOrder, UnitSort};
use super::service;
use crate::error::{AppError, AppResult};
use crate::graphql::connection::list_query;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// A unit of measure: bag, tonne, cubic metre, bar.
#[derive(Clone)]
pub struct Unit(pub UnitRow);

impl From<UnitRow> for Unit {
    fn from(row: UnitRow) -> Self {
        Self(row)
    }
}

/// A unit of measure: bag, tonne, cubic metre, bar.
#[Object(directive = has_permission::apply(P::UnitsRead))]
impl Unit {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Unique short code, such as `bag`, `t` or `m3`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the unit measures.
    async fn dimension(&self) -> UnitDimension {
        self.0.dimension
    }

    /// Decimals a quantity in this unit may have; 0 for whole pieces.
    async fn scale(&self) -> i16 {
        self.0.scale
    }

    /// Code of UN/ECE Recommendation 20, if the unit has one.
    async fn rec20_code(&self) -> Option<&str> {
        self.0.rec20_code.as_deref()
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

/// Queries on units.
#[derive(Default)]
pub struct UnitQuery;

#[Object]
impl UnitQuery {
    /// One unit, by exactly one of its keys; null if there is none.
    #[graphql(guard = P::UnitsRead, directive = has_permission::apply(P::UnitsRead))]
    async fn unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<UnitId>,
        #[graphql(desc = "Its code.")] code: Option<String>,
    ) -> AppResult<Option<Unit>> {
        let unit = ctx.unit()?;
        let row = match (id, code) {
            (Some(id), None) => unit.load(UnitById(id)).await?,
            (None, Some(code)) => unit.load(UnitByCode(code)).await?,
            _ => {
                return Err(AppError::bad_input(
                    "id",
                    "name the unit by exactly one of id and code",
                ));
            }
        };
        Ok(row.map(Unit))
    }
}

list_query! {
    /// The list of units.
    UnitListQuery: query,
    /// The dealer's units of measure.
    units -> Unit,
    needs: UnitsRead,
    filter: UnitWhere = "Which units.",
    order: UnitOrder as UnitSort = "Sort keys, at most 3; by code if absent.",
}

payload! {
    /// Result of unitCreate.
    UnitCreatePayload {
        /// The new unit; null if it was refused.
        unit: Unit
    }
}

payload! {
    /// Result of unitUpdate.
    UnitUpdatePayload {
        /// The changed unit; null if the change was refused.
        unit: Unit
    }
}

/// Mutations on units.
#[derive(Default)]
pub struct UnitMutation;

#[Object]
impl UnitMutation {
    /// Adds a unit of measure.
    #[graphql(guard = P::UnitsManage, directive = has_permission::apply(P::UnitsManage))]
    async fn unit_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit.")] input: UnitCreateInput,
    ) -> AppResult<UnitCreatePayload> {
        let unit = ctx.unit()?;
        let result = service::create(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a unit of measure.
    #[graphql(guard = P::UnitsManage, directive = has_permission::apply(P::UnitsManage))]
    async fn unit_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UnitUpdateInput,
    ) -> AppResult<UnitUpdatePayload> {
        let unit = ctx.unit()?;
        let result = service::update(&mut *unit.tx().await?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
