//! SQL over the directory, for operators.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{FailureRow, OwnerRow, StatusCount};
use crate::auth::role::RoleCode;
use crate::db::control::ControlConn;
use crate::db::control_tables::{dealer_actions, dealers, memberships, migration_failures, users};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::lifecycle::{ActionRow, DealerRecord};
use crate::tenancy::directory::DealerStatus;

/// A condition on dealers.
pub type DealerCondition = Predicate<dealers::table>;

sort_keys! {
    table: dealers, row: DealerRecord,
    field: /// What dealers can be sorted by.
        DealerOrderField,
    order: /// One sort key of dealers.
        DealerOrder,
    sort: DealerSort,
    keys: {
        /// By name.
        Name => name: String,
        /// By the time of registration.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: Name Asc,
}

/// One page of dealers.
pub async fn page(
    conn: &mut ControlConn,
    filter: Option<DealerCondition>,
    keys: &[(DealerSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<DealerRecord>> {
    Ok(load_page!(&mut **conn, dealers as DealerRecord, filter: filter, keys: keys, page: page))
}

/// How many dealers match.
pub async fn count(conn: &mut ControlConn, filter: Option<DealerCondition>) -> AppResult<i64> {
    Ok(count_rows!(&mut **conn, dealers, filter: filter))
}

/// The dealers with these ids; a schema in stock is no dealer.
pub async fn find_many(conn: &mut ControlConn, ids: &[DealerId]) -> DbResult<Vec<DealerRecord>> {
    let query = dealers::table
        .filter(dealers::id.eq_any(ids.to_vec()))
        .filter(dealers::status.ne(DealerStatus::Spare))
        .select(DealerRecord::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// The owners of these dealers, in the order they became that.
pub async fn find_owners(conn: &mut ControlConn, ids: &[DealerId]) -> DbResult<Vec<OwnerRow>> {
    let query = memberships::table
        .inner_join(users::table)
        .filter(memberships::dealer_id.eq_any(ids.to_vec()))
        .filter(memberships::roles.contains(vec![RoleCode::OWNER]))
        .order((memberships::created_at, memberships::user_id))
        .select((memberships::dealer_id, users::id, users::email, users::name));
    Ok(query.load(&mut **conn).await?)
}

/// What was done to these dealers, the latest first; at most `limit` rows.
pub async fn find_actions(
    conn: &mut ControlConn,
    ids: &[DealerId],
    limit: i64,
) -> DbResult<Vec<ActionRow>> {
    let query = dealer_actions::table
        .filter(dealer_actions::dealer_id.eq_any(ids.to_vec()))
        .order(dealer_actions::id.desc())
        .limit(limit)
        .select(ActionRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// The rows of the directory by their status.
pub async fn count_by_status(conn: &mut ControlConn) -> DbResult<Vec<StatusCount>> {
    let query = dealers::table.group_by(dealers::status).select((
        dealers::status,
        count_star(),
        diesel::dsl::count(dealers::schema_version),
    ));
    Ok(query.load(&mut **conn).await?)
}

/// The dealers whose last migration failed, the latest first.
pub async fn find_failures(conn: &mut ControlConn, limit: i64) -> DbResult<Vec<FailureRow>> {
    let query = migration_failures::table
        .order((
            migration_failures::failed_at.desc(),
            migration_failures::dealer_id,
        ))
        .limit(limit)
        .select(FailureRow::as_select());
    Ok(query.load(&mut **conn).await?)
}
