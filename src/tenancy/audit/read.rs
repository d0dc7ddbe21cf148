//! Reading the log: its rows, and what became of some records, the latest first.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::db::error::DbResult;
use crate::db::views::audit_log;
use crate::tenancy::tx::TenantTx;

/// A row of the log.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_log, check_for_backend(Pg))]
pub struct AuditRow {
    /// Its number. Later rows have higher ones, those of one transaction in their order.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done, in capitals.
    pub action: String,
    /// The table, or `operation`.
    pub entity: String,
    /// First column of the row's key, or the operation.
    pub entity_id: String,
    /// The other columns of its key.
    pub part: Option<String>,
    /// What changed, as it was.
    pub old: Option<Columns>,
    /// What changed, as it became.
    pub new: Option<Columns>,
    /// By whom.
    pub actor: String,
    /// The operator who acted as the actor.
    pub impersonator: Option<String>,
    /// The key or application that acted as the actor.
    pub via: Option<String>,
    /// In which request.
    pub request_id: Option<Uuid>,
    /// In which transaction.
    pub tx: i64,
}

/// Values by column, as the database wrote them: numbers keep all their digits.
#[derive(Clone, Debug, FromSqlRow, AsExpression)]
#[diesel(sql_type = Jsonb)]
pub struct Columns(pub BTreeMap<String, Box<RawValue>>);

impl FromSql<Jsonb, Pg> for Columns {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let Some((1, text)) = value.as_bytes().split_first() else {
            return Err("a jsonb of an unknown version".into());
        };
        Ok(Self(serde_json::from_slice(text)?))
    }
}

/// A record whose rows are asked for: of which table, and which.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The table.
    pub entity: &'static str,
    /// First column of its key.
    pub entity_id: String,
}

/// The newest rows of each subject.
#[derive(QueryId)]
struct History {
    entities: Vec<&'static str>,
    entity_ids: Vec<String>,
    /// Only those in which this column changed.
    column: Option<&'static str>,
    most: i64,
}

impl Query for History {
    type SqlType = (
        BigInt,
        Timestamptz,
        Text,
        Text,
        Text,
        Nullable<Text>,
        Nullable<Jsonb>,
        Nullable<Jsonb>,
        Text,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<SqlUuid>,
        BigInt,
    );
}

// diesel knows no LATERAL, and so no page for each of several keys.
impl QueryFragment<Pg> for History {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT l.id, l.at, l.action, l.entity, l.entity_id, l.part, l.old, l.new, l.actor, \
             l.impersonator, l.via, l.request_id, l.tx FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&self.entities)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.entity_ids)?;
        out.push_sql(
            ") AS wanted (entity, entity_id) CROSS JOIN LATERAL (SELECT * FROM audit_log \
             WHERE audit_log.entity = wanted.entity AND audit_log.entity_id = wanted.entity_id \
             AND (",
        );
        out.push_bind_param::<Nullable<Text>, _>(&self.column)?;
        out.push_sql(" IS NULL OR jsonb_exists(audit_log.old, ");
        out.push_bind_param::<Nullable<Text>, _>(&self.column)?;
        out.push_sql(") OR jsonb_exists(audit_log.new, ");
        out.push_bind_param::<Nullable<Text>, _>(&self.column)?;
        out.push_sql(")) ORDER BY audit_log.id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(") AS l");
        Ok(())
    }
}

/// The newest `most` rows of each of these, by subject in no order.
pub async fn history(
    tx: &mut TenantTx,
    subjects: Vec<Subject>,
    most: i64,
) -> DbResult<Vec<AuditRow>> {
    load(tx, subjects, None, most).await
}

/// As [`history`], of the rows that tell of one column.
pub async fn history_of_column(
    tx: &mut TenantTx,
    subjects: Vec<Subject>,
    column: &'static str,
    most: i64,
) -> DbResult<Vec<AuditRow>> {
    load(tx, subjects, Some(column), most).await
}

async fn load(
    tx: &mut TenantTx,
    subjects: Vec<Subject>,
    column: Option<&'static str>,
    most: i64,
) -> DbResult<Vec<AuditRow>> {
    let (entities, entity_ids) = subjects
        .into_iter()
        .map(|subject| (subject.entity, subject.entity_id))
        .unzip();
    let query = History {
        entities,
        entity_ids,
        column,
        most,
    };
    Ok(query.load(tx).await?)
}
