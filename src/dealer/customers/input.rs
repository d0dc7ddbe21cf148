//! Inputs of customers: filters.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::query::CustomerCondition;
use crate::db::tenant_tables::customers;
use crate::error::AppResult;
use crate::graphql::filter::{StringFilter, Where, nested_where, where_archived, where_text};

/// Which customers to list. All conditions of one level must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CustomerWhere {
    /// On the account code.
    pub code: Option<StringFilter>,
    /// On the name.
    pub name: Option<StringFilter>,
    /// Only archived ones (true), or only those in use (false).
    pub archived: Option<bool>,
    /// All of these hold.
    #[graphql(name = "AND")]
    pub and: Option<Vec<CustomerWhere>>,
    /// At least one of these holds.
    #[graphql(name = "OR")]
    pub or: Option<Vec<CustomerWhere>>,
    /// This does not hold.
    #[graphql(name = "NOT")]
    pub not: Option<Box<CustomerWhere>>,
}

impl Where for CustomerWhere {
    type Table = customers::table;

    fn own(&self) -> AppResult<Vec<CustomerCondition>> {
        let mut conditions: Vec<CustomerCondition> = Vec::new();
        where_text!(conditions, customers::code, &self.code);
        where_text!(conditions, customers::name, &self.name);
        where_archived!(conditions, customers::archived_at, self.archived);
        Ok(conditions)
    }

    nested_where!();
}
