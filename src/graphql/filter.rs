//! Typed operators of `where` arguments.

use async_graphql::InputObject;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::scalars::Decimal;
use crate::db::keyset::Predicate;
use crate::error::{AppError, AppResult};

diesel::define_sql_function! {
    /// The first of two values that is there.
    fn coalesce(value: Nullable<Bool>, otherwise: Bool) -> Nullable<Bool>;
}

/// Levels of AND, OR and NOT a `where` may nest.
pub const MAX_DEPTH: usize = 4;
/// Most values of a `oneOf`, and most branches of an AND or OR.
pub const MAX_VALUES: usize = 200;

/// Conditions on a text.
#[derive(InputObject, Clone, Debug, Default)]
pub struct StringFilter {
    /// Is exactly this.
    pub eq: Option<String>,
    /// Is one of these, at most 200.
    pub one_of: Option<Vec<String>>,
    /// Begins with this, upper and lower case being the same.
    pub starts_with: Option<String>,
}

/// Conditions on an exact decimal.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DecimalFilter {
    /// Is exactly this.
    pub eq: Option<Decimal>,
    /// Is at least this.
    pub gte: Option<Decimal>,
    /// Is at most this.
    pub lte: Option<Decimal>,
}

/// Conditions on a point in time.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DateTimeFilter {
    /// Is at or after this.
    pub gte: Option<DateTime<Utc>>,
    /// Is before this.
    pub lt: Option<DateTime<Utc>>,
}

/// Conditions on a day.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DateFilter {
    /// Is this day or a later one.
    pub gte: Option<NaiveDate>,
    /// Is this day or an earlier one.
    pub lte: Option<NaiveDate>,
}

/// Declares the conditions on ids of one kind.
macro_rules! id_filter {
    ($name:ident, $id:ty, $what:literal) => {
        #[doc = concat!("Conditions on the id of ", $what, ".")]
        #[derive(async_graphql::InputObject, Clone, Debug, Default)]
        pub struct $name {
            /// Is this one.
            pub eq: Option<$id>,
            /// Is one of these, at most 200.
            pub one_of: Option<Vec<$id>>,
        }
    };
}
pub(crate) use id_filter;

/// A `where` argument over table `T`: its own conditions and how they nest.
pub trait Where: Sized {
    /// The table whose rows are chosen.
    type Table: 'static;

    /// The conditions of this level.
    fn own(&self) -> AppResult<Vec<Predicate<Self::Table>>>;

    /// The nested levels, by operator.
    fn nested(&self) -> Nested<'_, Self>;

    /// The whole as one condition, if there is any.
    fn predicate(&self) -> AppResult<Option<Predicate<Self::Table>>> {
        at_depth(self, 1)
    }
}

/// The AND, OR and NOT of a `where`.
pub struct Nested<'a, W> {
    /// All of these hold.
    pub and: &'a [W],
    /// At least one of these holds.
    pub or: &'a [W],
    /// This does not hold.
    pub not: Option<&'a W>,
}

impl<W> Nested<'_, W> {
    /// Nothing nests.
    pub const NONE: Self = Self {
        and: &[],
        or: &[],
        not: None,
    };
}

fn at_depth<W: Where>(filter: &W, depth: usize) -> AppResult<Option<Predicate<W::Table>>> {
    if depth > MAX_DEPTH {
        let message = format!("may nest AND, OR and NOT at most {MAX_DEPTH} deep");
        return Err(AppError::bad_input("where", message));
    }
    let nested = filter.nested();
    bounded(nested.and.len().max(nested.or.len()))?;
    let branches = |filters: &[W]| -> AppResult<Vec<Predicate<W::Table>>> {
        let found = filters
            .iter()
            .map(|inner| at_depth(inner, depth.saturating_add(1)));
        Ok(found
            .collect::<AppResult<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    };
    let mut all = filter.own()?;
    all.extend(branches(nested.and)?);
    all.extend(any_of(branches(nested.or)?));
    if let Some(inner) = nested.not
        && let Some(condition) = at_depth(inner, depth.saturating_add(1))?
    {
        // What is neither true nor false, for want of a value, does not hold.
        all.push(Box::new(not(coalesce(condition, false))));
    }
    Ok(all_of(all))
}

/// A point in time that the database can hold as well.
pub fn common_era(time: DateTime<Utc>) -> AppResult<DateTime<Utc>> {
    if (1..=9999).contains(&time.year()) {
        return Ok(time);
    }
    let message = "a point in time must lie in the years 1 to 9999";
    Err(AppError::bad_input("where", message))
}

/// A day that the database can hold as well.
pub fn day_of_common_era(day: NaiveDate) -> AppResult<NaiveDate> {
    if (1..=9999).contains(&day.year()) {
        return Ok(day);
    }
    let message = "a day must lie in the years 1 to 9999";
    Err(AppError::bad_input("where", message))
}

/// All of `conditions` hold.
pub fn all_of<T: 'static>(conditions: Vec<Predicate<T>>) -> Option<Predicate<T>> {
    conditions
        .into_iter()
        .reduce(|left, right| Box::new(left.and(right)))
}

/// At least one of `conditions` holds.
pub fn any_of<T: 'static>(conditions: Vec<Predicate<T>>) -> Option<Predicate<T>> {
    conditions
        .into_iter()
        .reduce(|left, right| Box::new(left.or(right)))
}

/// Refuses lists of values beyond [`MAX_VALUES`].
pub fn bounded(values: usize) -> AppResult<()> {
    if values > MAX_VALUES {
        let message = format!("may list at most {MAX_VALUES} values");
        return Err(AppError::bad_input("where", message));
    }
    Ok(())
}

/// A text as the beginning of a LIKE pattern, its own wildcards made literal.
pub fn like_prefix(text: &str) -> String {
    format!("{}%", like_literal(text))
}

/// A text inside a LIKE pattern, its own wildcards made literal.
pub fn like_literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Adds the conditions of a [`StringFilter`] on a text column.
macro_rules! where_text {
    ($conditions:expr, $column:expr, $filter:expr) => {
        if let Some(filter) = $filter {
            if let Some(value) = filter.eq.clone() {
                $conditions.push(Box::new($column.eq(value).nullable()));
            }
            if let Some(values) = filter.one_of.clone() {
                $crate::graphql::filter::bounded(values.len())?;
                $conditions.push(Box::new($column.eq_any(values).nullable()));
            }
            if let Some(prefix) = &filter.starts_with {
                let pattern = $crate::graphql::filter::like_prefix(prefix);
                $conditions.push(Box::new($column.ilike(pattern).nullable()));
            }
        }
    };
}
pub(crate) use where_text;

/// Adds the conditions of an id filter on a `uuid` column.
macro_rules! where_id {
    ($conditions:expr, $column:expr, $filter:expr) => {
        if let Some(filter) = $filter {
            if let Some(value) = filter.eq {
                $conditions.push(Box::new($column.eq(value).nullable()));
            }
            if let Some(values) = filter.one_of.clone() {
                $crate::graphql::filter::bounded(values.len())?;
                $conditions.push(Box::new($column.eq_any(values).nullable()));
            }
        }
    };
}
pub(crate) use where_id;

/// Adds the conditions of a [`DecimalFilter`] on a numeric column.
macro_rules! where_decimal {
    ($conditions:expr, $column:expr, $filter:expr) => {
        if let Some(filter) = $filter {
            if let Some(value) = filter.eq {
                $conditions.push(Box::new($column.eq(value.0).nullable()));
            }
            if let Some(value) = filter.gte {
                $conditions.push(Box::new($column.ge(value.0).nullable()));
            }
            if let Some(value) = filter.lte {
                $conditions.push(Box::new($column.le(value.0).nullable()));
            }
        }
    };
}
pub(crate) use where_decimal;

/// Adds the conditions of a [`DateTimeFilter`] on a timestamp column.
macro_rules! where_time {
    ($conditions:expr, $column:expr, $filter:expr) => {
        if let Some(filter) = $filter {
            if let Some(value) = filter.gte {
                let value = $crate::graphql::filter::common_era(value)?;
                $conditions.push(Box::new($column.ge(value).nullable()));
            }
            if let Some(value) = filter.lt {
                let value = $crate::graphql::filter::common_era(value)?;
                $conditions.push(Box::new($column.lt(value).nullable()));
            }
        }
    };
}
pub(crate) use where_time;

/// Adds the conditions of a [`DateFilter`] on a date column.
macro_rules! where_date {
    ($conditions:expr, $column:expr, $filter:expr) => {
        if let Some(filter) = $filter {
            if let Some(value) = filter.gte {
                let value = $crate::graphql::filter::day_of_common_era(value)?;
                $conditions.push(Box::new($column.ge(value).nullable()));
            }
            if let Some(value) = filter.lte {
                let value = $crate::graphql::filter::day_of_common_era(value)?;
                $conditions.push(Box::new($column.le(value).nullable()));
            }
        }
    };
}
pub(crate) use where_date;

/// Adds the condition on `archived_at`: whether records are archived or not.
macro_rules! where_archived {
    ($conditions:expr, $column:expr, $archived:expr) => {
        match $archived {
            Some(true) => $conditions.push(Box::new($column.is_not_null().nullable())),
            Some(false) => $conditions.push(Box::new($column.is_null().nullable())),
            None => {}
        }
    };
}
pub(crate) use where_archived;

/// Implements [`Where::nested`] over the fields `and`, `or` and `not`.
macro_rules! nested_where {
    () => {
        fn nested(&self) -> $crate::graphql::filter::Nested<'_, Self> {
            $crate::graphql::filter::Nested {
                and: self.and.as_deref().unwrap_or_default(),
                or: self.or.as_deref().unwrap_or_default(),
                not: self.not.as_deref(),
            }
        }
    };
}
pub(crate) use nested_where;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_of_the_caller_are_literal() {
        assert_eq!(like_prefix("50%_\\"), "50\\%\\_\\\\%");
    }
}
