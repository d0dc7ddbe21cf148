//! SQL of slots.

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::cron_slots;
use crate::db::error::DbResult;
use crate::jobs::model::JobId;

/// The latest slot of a name.
pub(super) async fn last(conn: &mut ControlConn, name: &str) -> DbResult<Option<DateTime<Utc>>> {
    let query = cron_slots::table
        .filter(cron_slots::name.eq(name))
        .select(max(cron_slots::slot));
    Ok(query.first(&mut **conn).await?)
}

/// Adds a slot; false if somebody else has. Waits for him who is about to.
pub(super) async fn add(
    conn: &mut ControlConn,
    (name, slot): (&str, DateTime<Utc>),
    job: Option<JobId>,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let query = diesel::insert_into(cron_slots::table)
        .values((
            cron_slots::name.eq(name),
            cron_slots::slot.eq(slot),
            cron_slots::job_id.eq(job),
            cron_slots::at.eq(now),
        ))
        .on_conflict_do_nothing();
    Ok(query.execute(&mut **conn).await? == 1)
}
