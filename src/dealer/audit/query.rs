//! SQL of the audit log.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::keyset::{
    Compare, OrderDirection, Ordering, Page, PageRequest, Predicate, SortKey, compare_column,
    count_rows, foreign_cursor, load_page, order_column,
};
use crate::db::views::audit_log;
use crate::error::AppResult;
use crate::tenancy::TenantTx;
pub use crate::tenancy::audit::read::AuditRow;

/// A condition on the log.
pub type AuditCondition = Predicate<audit_log::table>;

/// The one order of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditSort {
    /// By its number, as it was written.
    Id,
}

impl AuditSort {
    /// The latest first.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "as other lists, whose callers choose"
    )]
    pub fn keys(_nothing: Option<()>) -> AppResult<Vec<(Self, OrderDirection)>> {
        Ok(vec![(Self::Id, OrderDirection::Desc)])
    }
}

impl SortKey<audit_log::table> for AuditSort {
    type Row = AuditRow;

    const LIST: &'static str = "audit_log";

    fn value(&self, row: &Self::Row) -> String {
        row.id.to_string()
    }

    fn compare(&self, how: Compare, value: &str) -> AppResult<AuditCondition> {
        let value: i64 = value.parse().map_err(|_| foreign_cursor())?;
        Ok(compare_column!(audit_log::id, how, value))
    }

    fn ordering(&self, direction: OrderDirection) -> Ordering<audit_log::table> {
        order_column!(audit_log::id, direction)
    }
}

/// One page of the log.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<AuditCondition>,
    keys: &[(AuditSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<AuditRow>> {
    Ok(load_page!(tx, audit_log as AuditRow, filter: filter, keys: keys, page: page))
}

/// How many rows match.
pub async fn count(tx: &mut TenantTx, filter: Option<AuditCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, audit_log, filter: filter))
}
