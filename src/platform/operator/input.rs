//! Which dealers an operator wants to see.

use async_graphql::InputObject;
use diesel::prelude::*;

use super::query::DealerCondition;
use crate::db::control_tables::{dealers, memberships, users};
use crate::error::{AppError, AppResult};
use crate::graphql::filter::{Nested, Where, any_of, bounded, like_literal};
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;

/// Longest text to search for.
const MAX_SEARCH: usize = 200;

/// Which dealers to list. All conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DealerWhere {
    /// Has one of these statuses.
    pub status: Option<Vec<DealerStatus>>,
    /// Has one of these plans.
    pub plan: Option<Vec<String>>,
    /// Has this in his name, upper and lower case being the same; or this is
    /// the whole of his id, of his schema's name, or of an owner's address.
    pub search: Option<String>,
}

impl Where for DealerWhere {
    type Table = dealers::table;

    fn own(&self) -> AppResult<Vec<DealerCondition>> {
        // A schema in stock is no dealer.
        let mut conditions: Vec<DealerCondition> =
            vec![Box::new(dealers::status.ne(DealerStatus::Spare).nullable())];
        if let Some(statuses) = self.status.clone() {
            bounded(statuses.len())?;
            conditions.push(Box::new(dealers::status.eq_any(statuses).nullable()));
        }
        if let Some(plans) = self.plan.clone() {
            bounded(plans.len())?;
            conditions.push(Box::new(dealers::plan.eq_any(plans).nullable()));
        }
        if let Some(text) = &self.search {
            conditions.extend(search(text.trim())?);
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

fn search(text: &str) -> AppResult<Option<DealerCondition>> {
    if !(1..=MAX_SEARCH).contains(&text.chars().count()) {
        let message = format!("must have 1 to {MAX_SEARCH} characters");
        return Err(AppError::bad_input("search", message));
    }
    if let Ok(id) = text.parse::<DealerId>() {
        return Ok(Some(Box::new(dealers::id.eq(id).nullable())));
    }
    let pattern = format!("%{}%", like_literal(text));
    let owned = memberships::table
        .inner_join(users::table)
        .filter(users::email.eq(text.to_lowercase()))
        .select(memberships::dealer_id);
    Ok(any_of::<dealers::table>(vec![
        Box::new(dealers::name.ilike(pattern).nullable()),
        Box::new(dealers::schema_name.eq(text.to_owned()).nullable()),
        Box::new(dealers::id.eq_any(owned).nullable()),
    ]))
}
