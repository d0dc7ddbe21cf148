//! The switch: one transaction of the control plane, before which nobody sees
//! the new schema and after which everybody does.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::error::TransferError;
use super::manifest::Subject;
use super::retired::{OnRecord, Purpose};
use super::stage::{KEEP_REPLACED, Staged};
use super::{Destination, Transfer};
use crate::db::control::ControlConn;
use crate::db::control_tables::{dealers, migration_failures, retired_schemas};
use crate::db::error::{DbError, DbResult};
use crate::kernel::ids::DealerId;
use crate::tenancy::directory::DealerStatus;
use crate::tenancy::provision::{DealerInsert, NewDealer};

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The schema that serves from now on.
    pub schema: String,
    /// The one that served before.
    pub old_schema: String,
    /// When a sweep may drop it.
    pub drop_after: DateTime<Utc>,
}

/// A new dealer on a staged schema, open at once. The caller adds his owner in
/// the same transaction.
pub async fn dealer_insert_staged_tx(
    conn: &mut ControlConn,
    staged: &Staged,
    new: &NewDealer,
    now: DateTime<Utc>,
) -> Result<DealerId, TransferError> {
    take(conn, staged).await?;
    let row = DealerInsert::open(new, &staged.schema, staged.version.as_deref(), now);
    Ok(row.insert_tx(conn).await?)
}

/// Gives a suspended dealer the staged schema in place of his own, which is kept
/// for a while.
pub async fn dealer_replace_staged_tx(
    conn: &mut ControlConn,
    staged: &Staged,
    dealer: DealerId,
    now: DateTime<Utc>,
) -> Result<Replaced, TransferError> {
    let old_schema = suspended(conn, dealer).await?;
    take(conn, staged).await?;
    let old = OnRecord {
        schema_name: old_schema,
        dealer_id: Some(dealer),
        purpose: Purpose::Replaced,
        retired_at: now,
        drop_after: now + KEEP_REPLACED,
    };
    point(conn, dealer, staged).await?;
    let insert = diesel::insert_into(retired_schemas::table).values(&old);
    insert.execute(&mut **conn).await.map_err(DbError::from)?;
    Ok(Replaced {
        schema: staged.schema.as_str().to_owned(),
        old_schema: old.schema_name,
        drop_after: old.drop_after,
    })
}

impl Transfer {
    /// Refuses a file of another dealer, unless that is wanted, and one with prices
    /// in another currency in any case: nothing converts them.
    pub(super) async fn check_fits(
        &self,
        destination: Destination,
        id: DealerId,
        file: &Subject,
    ) -> Result<(), TransferError> {
        let dealer = self.dealer(id).await?;
        if destination == Destination::Into(id) && file.id != id {
            return Err(TransferError::NotHis {
                dealer: id,
                name: file.name.clone(),
                of: file.id,
            });
        }
        if file.currency != dealer.currency {
            return Err(TransferError::Currency {
                dealer: id,
                his: dealer.currency.clone(),
                file: file.currency.clone(),
            });
        }
        Ok(())
    }

    /// Refuses early what [`dealer_replace_staged_tx`] would refuse after all the work.
    pub async fn check_suspended(&self, id: DealerId) -> Result<(), TransferError> {
        match self.dealer(id).await?.status {
            DealerStatus::Suspended => Ok(()),
            status => Err(TransferError::NotSuspended(id, status)),
        }
    }
}

/// The schema of a dealer, whose row is locked, if he is suspended.
async fn suspended(conn: &mut ControlConn, id: DealerId) -> Result<String, TransferError> {
    let row: Option<(DealerStatus, String)> = dealers::table
        .find(id)
        .select((dealers::status, dealers::schema_name))
        .for_update()
        .first(&mut **conn)
        .await
        .optional()
        .map_err(DbError::from)?;
    match row {
        None => Err(TransferError::NoDealer(id)),
        Some((DealerStatus::Suspended, schema)) => Ok(schema),
        Some((status, _)) => Err(TransferError::NotSuspended(id, status)),
    }
}

/// Takes the staged schema off the record of those that may be dropped.
async fn take(conn: &mut ControlConn, staged: &Staged) -> Result<(), TransferError> {
    let on_record = retired_schemas::table.find(staged.schema.as_str());
    let taken = diesel::delete(on_record)
        .execute(&mut **conn)
        .await
        .map_err(DbError::from)?;
    match taken {
        1 => Ok(()),
        _ => Err(TransferError::Swept),
    }
}

/// The one UPDATE that everybody notices.
async fn point(conn: &mut ControlConn, dealer: DealerId, staged: &Staged) -> DbResult<()> {
    diesel::update(dealers::table.find(dealer))
        .set((
            dealers::schema_name.eq(staged.schema.as_str()),
            dealers::schema_version.eq(staged.version.as_deref()),
        ))
        .execute(&mut **conn)
        .await?;
    // What is on record there was about the old schema.
    let failure = migration_failures::table.find(dealer);
    diesel::delete(failure).execute(&mut **conn).await?;
    Ok(())
}
