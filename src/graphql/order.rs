//! `orderBy` arguments: which sort keys a list has, and their cursor values.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::keyset::{OrderDirection, foreign_cursor};
use crate::error::{AppError, AppResult};

/// Most sort keys of one list.
pub const MAX_KEYS: usize = 3;

/// A column value in a cursor: text that reads back to the same value.
pub trait CursorValue: Sized {
    /// Writes the value.
    fn to_cursor(&self) -> String;
    /// Reads what `to_cursor` wrote.
    fn from_cursor(text: &str) -> AppResult<Self>;
}

impl CursorValue for String {
    fn to_cursor(&self) -> String {
        self.clone()
    }

    fn from_cursor(text: &str) -> AppResult<Self> {
        Ok(text.to_owned())
    }
}

impl CursorValue for DateTime<Utc> {
    fn to_cursor(&self) -> String {
        self.timestamp_micros().to_string()
    }

    fn from_cursor(text: &str) -> AppResult<Self> {
        text.parse()
            .ok()
            .and_then(DateTime::from_timestamp_micros)
            .ok_or_else(foreign_cursor)
    }
}

impl CursorValue for NaiveDate {
    fn to_cursor(&self) -> String {
        self.to_string()
    }

    fn from_cursor(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_| foreign_cursor())
    }
}

impl CursorValue for Decimal {
    fn to_cursor(&self) -> String {
        self.to_string()
    }

    fn from_cursor(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_| foreign_cursor())
    }
}

impl CursorValue for Uuid {
    fn to_cursor(&self) -> String {
        self.simple().to_string()
    }

    fn from_cursor(text: &str) -> AppResult<Self> {
        text.parse().map_err(|_| foreign_cursor())
    }
}

/// The keys asked for, or `default`, made unique by the tie-breaking keys.
///
/// The ties run the way the first key runs, so that one index serves both.
pub fn with_ties<K: Clone + PartialEq>(
    asked: Vec<(K, OrderDirection)>,
    default: &[(K, OrderDirection)],
    ties: &[K],
) -> AppResult<Vec<(K, OrderDirection)>> {
    if asked.len() > MAX_KEYS {
        return Err(AppError::bad_input(
            "orderBy",
            format!("may name at most {MAX_KEYS} fields"),
        ));
    }
    let chosen = if asked.is_empty() {
        default.to_vec()
    } else {
        asked
    };
    let first = chosen.first().map_or(OrderDirection::Asc, |key| key.1);
    let ties = ties.iter().map(|tie| (tie.clone(), first));
    let mut keys: Vec<(K, OrderDirection)> = Vec::new();
    for key in chosen.into_iter().chain(ties) {
        if !keys.iter().any(|seen| seen.0 == key.0) {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Declares the sort keys of a list: the enum and input of the SDL, and the
/// [`SortKey`](crate::db::keyset::SortKey) over the table's columns.
macro_rules! sort_keys {
    (
        table: $table:ident, row: $row:ty,
        field: $(#[$field_doc:meta])* $field:ident,
        order: $(#[$order_doc:meta])* $order:ident,
        sort: $sort:ident,
        keys: { $( $(#[$key_doc:meta])* $key:ident => $column:ident: $type:ty ),+ $(,)? },
        ties: { $( $tie:ident => $tie_column:ident ),+ $(,)? },
        default: $default:ident $direction:ident,
    ) => {
        $(#[$field_doc])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $field { $( $(#[$key_doc])* $key ),+ }

        $(#[$order_doc])*
        #[derive(async_graphql::InputObject, Clone, Copy, Debug)]
        pub struct $order {
            /// What to sort by.
            pub field: $field,
            /// Which way.
            #[graphql(default_with = "crate::db::keyset::OrderDirection::Asc")]
            pub direction: $crate::db::keyset::OrderDirection,
        }

        /// A column the list is sorted by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $sort {
            $( #[doc = concat!("By `", stringify!($column), "`.")] $key, )+
            $( #[doc = concat!("Ties by `", stringify!($tie_column), "`.")] $tie, )+
        }

        impl $sort {
            /// The keys of an `orderBy` argument, ending in a unique one.
            pub fn keys(
                order: Option<Vec<$order>>,
            ) -> $crate::error::AppResult<Vec<(Self, $crate::db::keyset::OrderDirection)>> {
                let asked = order.unwrap_or_default().into_iter().map(|order| {
                    let key = match order.field { $( $field::$key => Self::$key ),+ };
                    (key, order.direction)
                });
                $crate::graphql::order::with_ties(
                    asked.collect(),
                    &[(Self::$default, $crate::db::keyset::OrderDirection::$direction)],
                    &[$( Self::$tie ),+],
                )
            }
        }

        impl $crate::db::keyset::SortKey<$table::table> for $sort {
            type Row = $row;

            const LIST: &'static str = stringify!($table);

            fn value(&self, row: &Self::Row) -> String {
                use $crate::graphql::order::CursorValue;
                match self {
                    $( Self::$key => row.$column.to_cursor(), )+
                    $( Self::$tie => row.$tie_column.uuid().to_cursor(), )+
                }
            }

            fn compare(
                &self,
                how: $crate::db::keyset::Compare,
                value: &str,
            ) -> $crate::error::AppResult<$crate::db::keyset::Predicate<$table::table>> {
                use diesel::prelude::*;
                use $crate::graphql::order::CursorValue;
                Ok(match self {
                    $( Self::$key => {
                        let value = <$type>::from_cursor(value)?;
                        $crate::db::keyset::compare_column!($table::$column, how, value)
                    } )+
                    $( Self::$tie => {
                        let value = <uuid::Uuid>::from_cursor(value)?;
                        $crate::db::keyset::compare_column!($table::$tie_column, how, value)
                    } )+
                })
            }

            fn ordering(
                &self,
                direction: $crate::db::keyset::OrderDirection,
            ) -> $crate::db::keyset::Ordering<$table::table> {
                use diesel::prelude::*;
                match self {
                    $( Self::$key => {
                        $crate::db::keyset::order_column!($table::$column, direction)
                    } )+
                    $( Self::$tie => {
                        $crate::db::keyset::order_column!($table::$tie_column, direction)
                    } )+
                }
            }
        }
    };
}
pub(crate) use sort_keys;

#[cfg(test)]
mod tests {
    use super::*;
    use OrderDirection::{Asc, Desc};

    #[test]
    fn lists_end_in_a_unique_key() {
        let keys = with_ties(vec![("name", Desc)], &[("sku", Asc)], &["id"]).unwrap();
        assert_eq!(keys, [("name", Desc), ("id", Desc)]);
        let keys = with_ties(vec![], &[("sku", Asc)], &["id"]).unwrap();
        assert_eq!(keys, [("sku", Asc), ("id", Asc)]);
    }

    #[test]
    fn a_key_counts_once() {
        let keys = with_ties(vec![("a", Asc), ("a", Desc), ("b", Asc)], &[], &["b"]).unwrap();
        assert_eq!(keys, [("a", Asc), ("b", Asc)]);
    }

    #[test]
    fn too_many_keys_are_refused() {
        let asked = vec![("a", Asc), ("b", Asc), ("c", Asc), ("d", Asc)];
        assert!(with_ties(asked, &[], &["id"]).is_err());
    }

    #[test]
    fn cursor_values_read_back() {
        let time = DateTime::from_timestamp_micros(1_800_000_000_123_456).unwrap();
        assert_eq!(DateTime::from_cursor(&time.to_cursor()).unwrap(), time);
        let price: Decimal = "12.5000".parse().unwrap();
        assert_eq!(Decimal::from_cursor(&price.to_cursor()).unwrap(), price);
        assert!(Uuid::from_cursor("nonsense").is_err());
    }
}
