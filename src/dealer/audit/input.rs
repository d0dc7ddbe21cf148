//! Inputs of the audit log: its filter.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::AuditAction;
use super::query::AuditCondition;
use crate::db::views::audit_log;
use crate::error::{AppError, AppResult};
use crate::graphql::filter::{Nested, Where, common_era};
use crate::kernel::ids;

/// Which rows of the audit log. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this kind of record, as in `products`; `operation` for what happened to none.
    pub entity: Option<String>,
    /// Of this record: its id.
    pub entity_id: Option<ID>,
    /// By this actor: the id of a user, or a part of the system as in `system:provisioning`.
    pub actor: Option<String>,
    /// Of this kind.
    pub action: Option<AuditAction>,
    /// At or after this.
    pub from: Option<DateTime<Utc>>,
    /// Before this.
    pub to: Option<DateTime<Utc>>,
    /// In this request.
    pub request_id: Option<ID>,
}

impl Where for AuditFilter {
    type Table = audit_log::table;

    fn own(&self) -> AppResult<Vec<AuditCondition>> {
        let mut conditions: Vec<AuditCondition> = Vec::new();
        if let Some(entity) = self.entity.clone() {
            conditions.push(Box::new(audit_log::entity.eq(entity).nullable()));
        }
        if let Some(id) = &self.entity_id {
            conditions.push(Box::new(audit_log::entity_id.eq(key_of(id)).nullable()));
        }
        if let Some(actor) = self.actor.clone() {
            conditions.push(Box::new(audit_log::actor.eq(actor).nullable()));
        }
        if let Some(action) = self.action {
            conditions.push(Box::new(audit_log::action.eq(action.as_str()).nullable()));
        }
        if let Some(from) = self.from {
            conditions.push(Box::new(audit_log::at.ge(common_era(from)?).nullable()));
        }
        if let Some(to) = self.to {
            conditions.push(Box::new(audit_log::at.lt(common_era(to)?).nullable()));
        }
        if let Some(id) = &self.request_id {
            let fault = || AppError::bad_input("filter.requestId", "this is no id of a request");
            let id = Uuid::try_parse(id).map_err(|_| fault())?;
            conditions.push(Box::new(audit_log::request_id.eq(id)));
        }
        Ok(conditions)
    }

    fn nested(&self) -> Nested<'_, Self> {
        Nested {
            and: &[],
            or: &[],
            not: None,
        }
    }
}

/// An id as the log keeps it.
fn key_of(id: &str) -> String {
    ids::split(id).map_or_else(|| id.to_owned(), |(_, uuid)| uuid.to_string())
}
