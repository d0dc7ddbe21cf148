//! Keyset pages: `WHERE (sort keys, id) > (cursor)` over any list of sort keys.
//!
//! A cursor holds the values of the sort keys and the id of one row. The page
//! after it needs no OFFSET, so page 1,000 costs what page 1 costs, and rows
//! inserted meanwhile neither repeat nor vanish.

use diesel::expression::expression_types::NotSelectable;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use serde::{Deserialize, Serialize};

use crate::error::{AppError, AppResult};

/// A condition over the rows of table `T`.
pub type Predicate<T> = Box<dyn BoxableExpression<T, Pg, SqlType = Nullable<Bool>>>;

/// A sort expression over the rows of table `T`.
pub type Ordering<T> = Box<dyn BoxableExpression<T, Pg, SqlType = NotSelectable>>;

/// Which way a sort key runs.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderDirection {
    /// Smallest, earliest or A first.
    Asc,
    /// Largest, latest or Z first.
    Desc,
}

impl OrderDirection {
    /// The other way round.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// How a row's key compares with a cursor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Behind the cursor in ascending order.
    Greater,
    /// Before it.
    Less,
    /// The same value.
    Equal,
}

/// A sort key of a table: knows its column, and its value in a row.
pub trait SortKey<T>: Clone + std::fmt::Debug {
    /// The rows this key sorts.
    type Row;

    /// Name of the list, which its cursors bear.
    const LIST: &'static str;

    /// The key's value in `row`, as text that `compare` reads back.
    fn value(&self, row: &Self::Row) -> String;

    /// The column compared with a value of [`SortKey::value`].
    fn compare(&self, how: Compare, value: &str) -> AppResult<Predicate<T>>;

    /// ORDER BY this key.
    fn ordering(&self, direction: OrderDirection) -> Ordering<T>;
}

/// Where a page begins: the sort values of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The list and its order, without which the values mean something else.
    pub order: String,
    /// The row's value of each sort key.
    pub values: Vec<String>,
}

impl Cursor {
    /// The position of `row` under `keys`.
    pub fn of<T, K: SortKey<T>>(keys: &[(K, OrderDirection)], row: &K::Row) -> Self {
        Self {
            order: order_name(keys),
            values: keys.iter().map(|(key, _)| key.value(row)).collect(),
        }
    }
}

/// The list and its keys, as in `products Name Asc Id Asc`.
fn order_name<T, K: SortKey<T>>(keys: &[(K, OrderDirection)]) -> String {
    let keys = keys
        .iter()
        .map(|(key, direction)| format!("{key:?} {direction:?}"));
    let names: Vec<String> = std::iter::once(K::LIST.to_owned()).chain(keys).collect();
    names.join(" ")
}

/// The size and the place of a page.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Most rows on the page.
    pub size: usize,
    /// The row the page is beside.
    pub cursor: Option<Cursor>,
    /// Whether the page ends before the cursor instead of starting behind it.
    pub backward: bool,
}

/// The rows of one page, in the order asked for.
#[derive(Debug)]
pub struct Page<R> {
    /// At most `size` rows.
    pub rows: Vec<R>,
    /// Whether there are rows before the first.
    pub has_previous: bool,
    /// Whether there are rows behind the last.
    pub has_next: bool,
}

impl PageRequest {
    /// Rows to fetch: one more than the page, which tells whether there are more.
    pub fn fetch_limit(&self) -> i64 {
        i64::try_from(self.size)
            .unwrap_or(i64::MAX)
            .saturating_add(1)
    }

    /// The direction in which the database walks: backward pages are read in
    /// reverse and turned round afterwards.
    pub const fn walk(&self, direction: OrderDirection) -> OrderDirection {
        if self.backward {
            direction.reversed()
        } else {
            direction
        }
    }

    /// The rows beyond the cursor, or `None` for the first page.
    ///
    /// For keys a, b: `a >= x AND (a > x OR (a = x AND b > y))`. The leading
    /// term is implied by the rest; it is what lets an index on a start there.
    pub fn beyond<T: 'static, K: SortKey<T>>(
        &self,
        keys: &[(K, OrderDirection)],
    ) -> AppResult<Option<Predicate<T>>> {
        let Some(Cursor { order, values }) = &self.cursor else {
            return Ok(None);
        };
        if values.len() != keys.len() || *order != order_name(keys) {
            return Err(foreign_cursor());
        }
        let mut nested: Option<Predicate<T>> = None;
        for ((key, direction), value) in keys.iter().zip(values).rev() {
            let how = match self.walk(*direction) {
                OrderDirection::Asc => Compare::Greater,
                OrderDirection::Desc => Compare::Less,
            };
            let past = key.compare(how, value)?;
            nested = Some(match nested {
                None => past,
                Some(rest) => {
                    let tie: Predicate<T> = Box::new(key.compare(Compare::Equal, value)?.and(rest));
                    let bound: Predicate<T> = Box::new(
                        key.compare(how, value)?
                            .or(key.compare(Compare::Equal, value)?),
                    );
                    let either: Predicate<T> = Box::new(past.or(tie));
                    Box::new(bound.and(either))
                }
            });
        }
        Ok(nested)
    }

    /// Cuts the extra row off and turns a backward page round.
    pub fn page<R>(&self, mut rows: Vec<R>) -> Page<R> {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let beside = self.cursor.is_some();
        if self.backward {
            rows.reverse();
        }
        let (has_previous, has_next) = if self.backward {
            (more, beside)
        } else {
            (beside, more)
        };
        Page {
            rows,
            has_previous,
            has_next,
        }
    }
}

/// The error of a cursor that was made for another list or another order.
pub fn foreign_cursor() -> AppError {
    AppError::bad_input(
        "after",
        "this cursor belongs to another list or another orderBy; start without it",
    )
}

/// Compares a column with a bound value, as a [`Predicate`].
macro_rules! compare_column {
    ($column:expr, $how:expr, $value:expr) => {
        match $how {
            $crate::db::keyset::Compare::Greater => Box::new($column.gt($value).nullable()),
            $crate::db::keyset::Compare::Less => Box::new($column.lt($value).nullable()),
            $crate::db::keyset::Compare::Equal => Box::new($column.eq($value).nullable()),
        }
    };
}
pub(crate) use compare_column;

/// Orders by a column or expression, as an [`Ordering`].
macro_rules! order_column {
    ($column:expr, $direction:expr) => {
        match $direction {
            $crate::db::keyset::OrderDirection::Asc => Box::new($column.asc()),
            $crate::db::keyset::OrderDirection::Desc => Box::new($column.desc()),
        }
    };
}
pub(crate) use order_column;

/// Loads one page of a table: filter, place, order, one row more than asked.
macro_rules! load_page {
    ($tx:expr, $table:ident as $row:ty, filter: $filter:expr, keys: $keys:expr, page: $page:expr) => {{
        let mut query = $table::table.select(<$row>::as_select()).into_boxed();
        if let Some(condition) = $filter {
            query = query.filter(condition);
        }
        if let Some(beyond) = $page.beyond($keys)? {
            query = query.filter(beyond);
        }
        for (key, direction) in $keys {
            let walk = $page.walk(*direction);
            query = query.then_order_by($crate::db::keyset::SortKey::ordering(key, walk));
        }
        let rows: Vec<$row> = query
            .limit($page.fetch_limit())
            .load($tx)
            .await
            .map_err($crate::db::error::DbError::from)?;
        $page.page(rows)
    }};
}
pub(crate) use load_page;

/// Counts the rows of a table that match.
macro_rules! count_rows {
    ($tx:expr, $table:ident, filter: $filter:expr) => {{
        let mut query = $table::table.count().into_boxed();
        if let Some(condition) = $filter {
            query = query.filter(condition);
        }
        query
            .get_result::<i64>($tx)
            .await
            .map_err($crate::db::error::DbError::from)?
    }};
}
pub(crate) use count_rows;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(size: usize, backward: bool, cursor: bool) -> PageRequest {
        PageRequest {
            size,
            backward,
            cursor: cursor.then(|| Cursor {
                order: "a list".into(),
                values: vec!["x".into()],
            }),
        }
    }

    #[test]
    fn first_page_of_more() {
        let page = request(2, false, false).page(vec![1, 2, 3]);
        assert_eq!(
            (page.rows, page.has_previous, page.has_next),
            (vec![1, 2], false, true)
        );
    }

    #[test]
    fn last_page() {
        let page = request(2, false, true).page(vec![3]);
        assert_eq!(
            (page.rows, page.has_previous, page.has_next),
            (vec![3], true, false)
        );
    }

    #[test]
    fn backward_pages_come_out_in_order() {
        let page = request(2, true, true).page(vec![5, 4, 3]);
        assert_eq!(
            (page.rows, page.has_previous, page.has_next),
            (vec![4, 5], true, true)
        );
    }

    #[test]
    fn nothing() {
        let page = request(2, true, false).page(Vec::<i32>::new());
        assert_eq!(
            (page.rows, page.has_previous, page.has_next),
            (vec![], false, false)
        );
    }
}
