//! SQL of secrets.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::webhook_secrets;
use crate::db::error::DbResult;
use crate::platform::webhooks::model::{EndpointId, SecretRow};

/// The secrets of endpoints that are used at `now`, each endpoint's latest first.
pub async fn in_use(
    conn: &mut ControlConn,
    endpoints: &[EndpointId],
    now: DateTime<Utc>,
) -> DbResult<Vec<SecretRow>> {
    let query = webhook_secrets::table
        .filter(webhook_secrets::endpoint_id.eq_any(endpoints))
        .filter(
            webhook_secrets::expires_at
                .is_null()
                .or(webhook_secrets::expires_at.gt(now)),
        )
        .order((webhook_secrets::endpoint_id, webhook_secrets::id.desc()))
        .select(SecretRow::as_select());
    Ok(query.load(&mut **conn).await?)
}

/// Adds a secret.
pub async fn insert(conn: &mut ControlConn, row: &SecretRow) -> DbResult<()> {
    let query = diesel::insert_into(webhook_secrets::table).values(row.clone());
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Has the present secret of an endpoint end at `end`, and throws away those that have
/// ended.
pub async fn retire(
    conn: &mut ControlConn,
    endpoint: EndpointId,
    now: DateTime<Utc>,
    end: DateTime<Utc>,
) -> DbResult<()> {
    let own = webhook_secrets::endpoint_id.eq(endpoint);
    diesel::update(webhook_secrets::table)
        .filter(own)
        .filter(webhook_secrets::expires_at.is_null())
        .set(webhook_secrets::expires_at.eq(end))
        .execute(&mut **conn)
        .await?;
    diesel::delete(webhook_secrets::table)
        .filter(own)
        .filter(webhook_secrets::expires_at.le(now))
        .execute(&mut **conn)
        .await?;
    Ok(())
}

/// Throws all secrets of an endpoint away.
pub async fn delete_all(conn: &mut ControlConn, endpoint: EndpointId) -> DbResult<()> {
    let own = webhook_secrets::table.filter(webhook_secrets::endpoint_id.eq(endpoint));
    diesel::delete(own).execute(&mut **conn).await?;
    Ok(())
}
