//! SQL of members and of dealers' own roles.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{MemberRow, RoleChanges};
use crate::auth::role::{RoleCode, RoleId};
use crate::db::control::ControlConn;
use crate::db::control_tables::{invitations, memberships, roles, users};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::error::{AppError, AppResult};
use crate::graphql::order::sort_keys;
use crate::kernel::ids::{CustomerId, DealerId, UserId};
use crate::platform::identity::model::{MembershipRow, UserRow};
use crate::platform::reads::DealerConn;
use crate::tenancy::dealer_roles::{RoleRow, dealer_roles};

/// A condition on members.
pub type MemberCondition = Predicate<memberships::table>;

sort_keys! {
    table: memberships, row: MemberRow,
    field: /// What members can be sorted by.
        MemberOrderField,
    order: /// One sort key of members.
        MemberOrder,
    sort: MemberSort,
    keys: {
        /// By the time they joined.
        Since => created_at: DateTime<Utc>,
    },
    ties: { Id => user_id },
    default: Since Asc,
}

/// One page of the dealer's members, with the persons.
pub(super) async fn page(
    conn: &mut DealerConn,
    filter: Option<MemberCondition>,
    keys: &[(MemberSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<MemberRow>> {
    let filter = Some(at(conn.dealer, filter));
    let found: Page<MembershipRow> = load_page!(
        &mut **conn.control(), memberships as MembershipRow, filter: filter, keys: keys, page: page
    );
    let ids: Vec<UserId> = found.rows.iter().map(|row| row.user_id).collect();
    let dealer = conn.dealer;
    let dealers = Arc::new(dealer_roles(conn.control(), dealer).await?);
    let mut persons = persons(conn.control(), ids).await?;
    let with_person = |row: MembershipRow| {
        let person = persons.remove(&row.user_id);
        let person = person.ok_or_else(|| AppError::internal("a member is no user"))?;
        Ok(MemberRow::new(row, person, Arc::clone(&dealers)))
    };
    Ok(Page {
        rows: found
            .rows
            .into_iter()
            .map(with_person)
            .collect::<AppResult<_>>()?,
        has_previous: found.has_previous,
        has_next: found.has_next,
    })
}

/// How many members match.
pub(super) async fn count(
    conn: &mut DealerConn,
    filter: Option<MemberCondition>,
) -> AppResult<i64> {
    let filter = Some(at(conn.dealer, filter));
    Ok(count_rows!(&mut **conn.control(), memberships, filter: filter))
}

fn at(dealer: DealerId, filter: Option<MemberCondition>) -> MemberCondition {
    let own = memberships::dealer_id.eq(dealer).nullable();
    match filter {
        Some(filter) => Box::new(own.and(filter)),
        None => Box::new(own),
    }
}

async fn persons(conn: &mut ControlConn, ids: Vec<UserId>) -> DbResult<HashMap<UserId, UserRow>> {
    let rows: Vec<UserRow> = users::table
        .filter(users::id.eq_any(ids))
        .select(UserRow::as_select())
        .load(&mut **conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// A member of the dealer.
pub(super) async fn find_member(
    conn: &mut ControlConn,
    dealer: DealerId,
    user: UserId,
) -> DbResult<Option<(MembershipRow, UserRow)>> {
    let query = memberships::table
        .inner_join(users::table)
        .filter(memberships::dealer_id.eq(dealer))
        .filter(memberships::user_id.eq(user))
        .select((MembershipRow::as_select(), UserRow::as_select()));
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Gives a member these roles in place of those he has.
pub(super) async fn update_member(
    conn: &mut ControlConn,
    before: &MembershipRow,
    new_roles: &[RoleCode],
    customer: Option<CustomerId>,
) -> QueryResult<MembershipRow> {
    let row = memberships::table.find((before.user_id, before.dealer_id));
    let query = diesel::update(row)
        .set((
            memberships::roles.eq(new_roles.to_vec()),
            memberships::customer_id.eq(customer),
            memberships::version.eq(memberships::version + 1),
        ))
        .returning(MembershipRow::as_returning());
    query.get_result(&mut **conn).await
}

/// Ends a membership.
pub(super) async fn delete_member(
    conn: &mut ControlConn,
    member: &MembershipRow,
) -> QueryResult<()> {
    let row = memberships::table.find((member.user_id, member.dealer_id));
    diesel::delete(row)
        .execute(&mut **conn)
        .await
        .map(|_rows| ())
}

/// One of the dealer's own roles.
pub(super) async fn find_role(
    conn: &mut ControlConn,
    dealer: DealerId,
    id: RoleId,
) -> DbResult<Option<RoleRow>> {
    let query = roles::table
        .filter(roles::dealer_id.eq(dealer))
        .filter(roles::id.eq(id))
        .select(RoleRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Adds a role.
pub(super) async fn insert_role(conn: &mut ControlConn, row: &RoleRow) -> QueryResult<()> {
    let query = diesel::insert_into(roles::table).values(row.clone());
    query.execute(&mut **conn).await.map(|_rows| ())
}

/// Changes a role.
pub(super) async fn update_role(
    conn: &mut ControlConn,
    id: RoleId,
    changes: RoleChanges,
) -> QueryResult<RoleRow> {
    let query = diesel::update(roles::table.find(id))
        .set((changes, roles::version.eq(roles::version + 1)))
        .returning(RoleRow::as_returning());
    query.get_result(&mut **conn).await
}

/// Removes a role.
pub(super) async fn delete_role(conn: &mut ControlConn, id: RoleId) -> DbResult<()> {
    diesel::delete(roles::table.find(id))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// How many members of the dealer have this role.
pub(super) async fn count_holders(
    conn: &mut ControlConn,
    dealer: DealerId,
    role: RoleCode,
) -> DbResult<i64> {
    let query = memberships::table
        .filter(memberships::dealer_id.eq(dealer))
        .filter(memberships::roles.contains(vec![role]))
        .count();
    Ok(query.get_result(&mut **conn).await?)
}

/// How many open invitations of the dealer offer this role.
pub(super) async fn count_offers(
    conn: &mut ControlConn,
    dealer: DealerId,
    role: RoleCode,
    now: DateTime<Utc>,
) -> DbResult<i64> {
    let query = invitations::table
        .filter(invitations::dealer_id.eq(dealer))
        .filter(invitations::accepted_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .filter(invitations::roles.contains(vec![role]))
        .count();
    Ok(query.get_result(&mut **conn).await?)
}
