//! SQL of impersonations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Text, Uuid};
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::model::ImpersonationRow;
use crate::db::control::ControlConn;
use crate::db::control_tables::impersonations;
use crate::db::error::DbResult;
use crate::kernel::ids::{DealerId, SessionId};

diesel::define_sql_function! {
    /// Adds to a dealer's audit log.
    #[sql_name = "platform.note_for_dealer"]
    fn note_for_dealer(dealer: Uuid, doer: Text, deed: Text, which: Text, detail: Jsonb);
}

/// Tells the dealer in his audit log that an operator began to see his shop as a user
/// does.
pub async fn tell_dealer(conn: &mut ControlConn, row: &ImpersonationRow) -> DbResult<()> {
    let doer = format!("operator:{}", row.operator);
    let detail = json!({
        "user": row.user_id.to_string(),
        "reason": row.reason,
        "read_only": row.read_only,
        "impersonation": row.id.to_string(),
    });
    let call = note_for_dealer(
        row.dealer_id,
        doer,
        "IMPERSONATED",
        "dealerImpersonate",
        detail,
    );
    diesel::select(call).execute(&mut **conn).await?;
    Ok(())
}

/// Adds an impersonation.
pub async fn insert(conn: &mut ControlConn, row: &ImpersonationRow) -> DbResult<()> {
    let query = diesel::insert_into(impersonations::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// The impersonation with this id, whatever has become of it.
pub async fn find(conn: &mut ControlConn, id: SessionId) -> DbResult<Option<ImpersonationRow>> {
    let query = impersonations::table
        .find(id)
        .select(ImpersonationRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// Impersonations at a dealer, the latest first, begun before the one `before`.
pub async fn find_many(
    conn: &mut ControlConn,
    dealer: DealerId,
    before: Option<SessionId>,
    at_most: i64,
) -> DbResult<Vec<ImpersonationRow>> {
    let mut query = impersonations::table
        .filter(impersonations::dealer_id.eq(dealer))
        .order(impersonations::id.desc())
        .limit(at_most)
        .select(ImpersonationRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(impersonations::id.lt(before));
    }
    Ok(query.load(&mut **conn).await?)
}

/// Ends an impersonation; says whether it had not been. Nodes hear of it by a trigger.
pub async fn end(
    conn: &mut ControlConn,
    id: SessionId,
    by: &str,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let open = impersonations::table
        .find(id)
        .filter(impersonations::ended_at.is_null());
    let query = diesel::update(open).set((
        impersonations::ended_at.eq(now),
        impersonations::ended_by.eq(by),
    ));
    Ok(query.execute(&mut **conn).await? > 0)
}
