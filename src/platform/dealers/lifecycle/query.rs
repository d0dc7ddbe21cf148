//! SQL of dealers' lives.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Order;
use super::change::Change;
use super::state::DealerAction;
use crate::db::control::ControlConn;
use crate::db::control_tables::{
    dealer_actions, dealers, drop_failures, migration_failures, retired_schemas,
};
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::transfer::Purpose;

/// Longest cause of a failed drop that is kept.
const CAUSE_LIMIT: usize = 2000;

/// A dealer as the operator sees him.
#[derive(Queryable, Selectable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = dealers, check_for_backend(diesel::pg::Pg))]
pub struct DealerRecord {
    /// His id.
    pub id: DealerId,
    /// The company's name.
    pub name: String,
    /// Where his rows are, or were.
    pub schema_name: String,
    /// Where he stands in his life.
    pub status: DealerStatus,
    /// Why the operator put him there, in his words.
    pub status_reason: Option<String>,
    /// Since when; none if he is still as he was made.
    pub status_changed_at: Option<DateTime<Utc>>,
    /// While he is DELETING: when his rows may go.
    pub delete_after: Option<DateTime<Utc>>,
    /// When the first of them went; there is no way back from then on.
    pub drop_began_at: Option<DateTime<Utc>>,
    /// ISO 4217 code of his books.
    pub currency: String,
    /// IANA time zone of his days.
    pub timezone: String,
    /// Newest migration in the schema.
    pub schema_version: Option<String>,
    /// When he was registered.
    pub created_at: DateTime<Utc>,
    /// When he was first opened.
    pub activated_at: Option<DateTime<Utc>>,
    /// The plan that his rate follows from.
    pub plan: String,
}

/// Something that was done to a dealer.
#[derive(Queryable, Selectable, Insertable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = dealer_actions, check_for_backend(diesel::pg::Pg))]
pub struct ActionRow {
    /// Its id, in the order of time.
    pub id: Uuid,
    /// To whom.
    pub dealer_id: DealerId,
    /// What: one of [`DealerAction`], a transfer of his rows, or what later
    /// programs add.
    pub action: String,
    /// By whom.
    pub actor: String,
    /// Why, in his words.
    pub reason: Option<String>,
    /// What the action's name does not say.
    pub detail: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl ActionRow {
    pub(super) fn new(
        order: &Order,
        action: DealerAction,
        detail: Option<String>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            dealer_id: order.dealer,
            action: action.as_str().to_owned(),
            actor: order.actor.clone(),
            reason: order.reason.clone(),
            detail,
            at,
        }
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = dealers)]
struct Written<'a> {
    name: Option<&'a str>,
    plan: Option<&'a str>,
    status: DealerStatus,
    status_reason: Option<Option<String>>,
    status_changed_at: Option<DateTime<Utc>>,
    delete_after: Option<Option<DateTime<Utc>>>,
}

impl<'a> Written<'a> {
    fn new(to: DealerStatus, change: &'a Change, order: &Order, now: DateTime<Utc>) -> Self {
        let is_step = change.is_step();
        Self {
            name: change.name(),
            plan: change.plan(),
            status: to,
            status_reason: is_step.then(|| order.reason.clone()),
            status_changed_at: is_step.then_some(now),
            delete_after: is_step.then_some(change.delete_after()),
        }
    }
}

/// The dealer of this id.
pub(super) async fn find(conn: &mut ControlConn, id: DealerId) -> DbResult<Option<DealerRecord>> {
    let query = dealers::table
        .find(id)
        .filter(dealers::status.ne(DealerStatus::Spare))
        .select(DealerRecord::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Writes the change, if the dealer is as he was when `dealer` was read; none if
/// he is not.
pub(super) async fn change(
    conn: &mut ControlConn,
    dealer: &DealerRecord,
    to: DealerStatus,
    change: &Change,
    (order, now): (&Order, DateTime<Utc>),
) -> DbResult<Option<DealerRecord>> {
    let query = diesel::update(dealers::table.find(dealer.id))
        .filter(dealers::status.eq(dealer.status))
        .filter(dealers::name.eq(&dealer.name))
        .filter(dealers::plan.eq(&dealer.plan))
        .filter(dealers::drop_began_at.is_null())
        .set(Written::new(to, change, order, now))
        .returning(DealerRecord::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Adds to what was done.
pub(in crate::platform::dealers) async fn note(
    conn: &mut ControlConn,
    row: ActionRow,
) -> DbResult<()> {
    let query = diesel::insert_into(dealer_actions::table).values(row);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// What was done to a dealer, the latest first.
pub(super) async fn actions(
    conn: &mut ControlConn,
    dealer: DealerId,
    at_most: i64,
) -> DbResult<Vec<ActionRow>> {
    let query = dealer_actions::table
        .filter(dealer_actions::dealer_id.eq(dealer))
        .order(dealer_actions::id.desc())
        .limit(at_most)
        .select(ActionRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Dealers whose grace is over, the longest waiting first; whose drop failed, comes
/// last, the longest ago first.
pub(super) async fn due(
    conn: &mut ControlConn,
    now: DateTime<Utc>,
    at_most: i64,
) -> DbResult<Vec<DealerId>> {
    let failed_at = drop_failures::failed_at.nullable();
    let query = dealers::table
        .left_join(drop_failures::table)
        .filter(dealers::status.eq(DealerStatus::Deleting))
        .filter(dealers::delete_after.le(now))
        .order((failed_at.asc().nulls_first(), dealers::delete_after))
        .limit(at_most)
        .select(dealers::id);
    Ok(query.load(&mut **conn).await?)
}

/// Takes the way back, unless the dealer has been resumed or has time left.
pub(super) async fn begin_drop(
    conn: &mut ControlConn,
    id: DealerId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::update(dealers::table.find(id))
        .filter(dealers::status.eq(DealerStatus::Deleting))
        .filter(dealers::delete_after.le(now))
        .filter(dealers::drop_began_at.is_null())
        .set(dealers::drop_began_at.eq(now));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Puts a drop that failed on record, in place of an older one of the same dealer.
pub(super) async fn drop_failed(
    conn: &mut ControlConn,
    id: DealerId,
    cause: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let cause: String = cause.chars().take(CAUSE_LIMIT).collect();
    let failure = (
        drop_failures::cause.eq(cause),
        drop_failures::failed_at.eq(now),
    );
    let query = diesel::insert_into(drop_failures::table)
        .values((drop_failures::dealer_id.eq(id), failure.clone()))
        .on_conflict(drop_failures::dealer_id)
        .do_update()
        .set(failure);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// The schemas that restores have put aside for the dealer's present one.
pub(super) async fn replaced_schemas(
    conn: &mut ControlConn,
    id: DealerId,
) -> DbResult<Vec<String>> {
    let query = retired_schemas::table
        .filter(retired_schemas::dealer_id.eq(id))
        .filter(retired_schemas::purpose.eq(Purpose::Replaced))
        .select(retired_schemas::schema_name);
    Ok(query.load(&mut **conn).await?)
}

/// Takes note that such a schema is gone.
pub(super) async fn forget_replaced(conn: &mut ControlConn, schemas: &[String]) -> DbResult<()> {
    let gone = retired_schemas::table.filter(retired_schemas::schema_name.eq_any(schemas));
    diesel::delete(gone).execute(&mut **conn).await?;
    Ok(())
}

/// Notes that the schema is gone; false if that was noted before.
pub(super) async fn end_drop(
    conn: &mut ControlConn,
    id: DealerId,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    diesel::delete(migration_failures::table.find(id))
        .execute(&mut **conn)
        .await?;
    diesel::delete(drop_failures::table.find(id))
        .execute(&mut **conn)
        .await?;
    let none: Option<DateTime<Utc>> = None;
    let query = diesel::update(dealers::table.find(id))
        .filter(dealers::status.eq(DealerStatus::Deleting))
        .filter(dealers::drop_began_at.is_not_null())
        .set((
            dealers::status.eq(DealerStatus::Dropped),
            dealers::status_changed_at.eq(now),
            dealers::delete_after.eq(none),
        ));
    Ok(query.execute(&mut **conn).await? == 1)
}
