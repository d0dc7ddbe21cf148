//! Hearing which dealers have changed and what was revoked, wherever and by whomever.
//!
//! The logs `platform.dealer_changes` and `platform.revocations` say what has
//! changed. Entries stay for an hour, and are read from the place where the last
//! reading ended. That place is no number but a snapshot: what it does not see is
//! what has been committed since, in whatever order transactions began and ended.
//! `NOTIFY` says when to read, and no more: whoever can run a statement can notify,
//! but not write to the logs.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Double, Integer, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::connect::Connector;
use super::error::{DbError, DbResult};
use super::hearing;
use crate::kernel::ids::DealerId;

/// More changes than this between two readings count as all dealers.
const AT_MOST: usize = 1000;
/// Most revocations that are read at once: more than any hour should see.
const MOST_REVOCATIONS: i32 = 500_000;
/// A reading so long after the last one may find the log cut: half of what is
/// kept, in seconds.
const TOO_LATE_S: f64 = 1800.0;

/// The name by which an administrator finds the connection.
const SETUP: &str = "SET search_path = ''; SET statement_timeout = 5000; \
                     SET application_name = 'tubex watch'; LISTEN tubex_dealers; LISTEN tubex_revocations";
/// Rows that a restored database has brought along bear ids of a server that was
/// further; those are yet to come here, so they are left out.
const MISSED: &str = "\
    SELECT pg_current_snapshot()::text AS snapshot, \
           extract(epoch FROM clock_timestamp())::float8 AS at, \
           pg_snapshot_xmin(pg_current_snapshot()) < pg_snapshot_xmin($1::text::pg_snapshot) AS restarted, \
           ARRAY(SELECT dealer_id FROM platform.dealer_changes \
                 WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint \
                   AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint \
                   AND NOT pg_visible_in_snapshot(xid::text::xid8, $1::text::pg_snapshot) \
                 LIMIT 1001) AS dealers, \
           ARRAY(SELECT concat_ws(' ', kind, subject, epoch) FROM platform.revocations \
                 WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint \
                   AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint \
                   AND NOT pg_visible_in_snapshot(xid::text::xid8, $1::text::pg_snapshot) \
                 LIMIT $2) AS revocations";
const STILL_REVOKED: &str = "\
    SELECT concat_ws(' ', kind, subject, epoch) AS told FROM platform.revocations \
    WHERE at > now() - interval '20 minutes' ORDER BY at DESC LIMIT $1";
const FORGET_OLD: &str = "\
    DELETE FROM platform.dealer_changes WHERE at < now() - interval '1 hour'; \
    DELETE FROM platform.revocations WHERE at < now() - interval '1 hour'";
/// A snapshot that sees all that is done; nobody is at work with such an id.
const NEWEST: &str = "9223372036854775807:9223372036854775807:";

/// A connection that hears of changed dealers.
pub struct ChangeFeed {
    conn: AsyncPgConnection,
    place: Place,
}

/// How far the log has been read.
struct Place {
    snapshot: String,
    at: f64,
}

/// What has happened since the last reading.
#[derive(Debug)]
pub struct Missed {
    /// Who has changed.
    pub dealers: Dealers,
    /// What was revoked, in the words of `platform.revocations`.
    pub revocations: Vec<String>,
}

/// Dealers who have changed since the last reading.
#[derive(Debug, PartialEq, Eq)]
pub enum Dealers {
    /// These.
    These(Vec<DealerId>),
    /// So many, or so long ago, that any dealer may have.
    Anybody,
}

#[derive(QueryableByName)]
struct Reading {
    #[diesel(sql_type = Text)]
    snapshot: String,
    #[diesel(sql_type = Double)]
    at: f64,
    #[diesel(sql_type = Bool)]
    restarted: bool,
    #[diesel(sql_type = Array<Uuid>)]
    dealers: Vec<DealerId>,
    #[diesel(sql_type = Array<Text>)]
    revocations: Vec<String>,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    told: String,
}

impl ChangeFeed {
    /// Listens, and reads the log from now on.
    pub async fn open(connector: &Connector, url: &str) -> DbResult<Self> {
        let away = |error: ConnectionError| DbError::Away(error.to_string());
        let mut conn = connector.connect(url, SETUP).await.map_err(away)?;
        let reading = read(&mut conn, NEWEST).await?;
        let place = Place {
            snapshot: reading.snapshot,
            at: reading.at,
        };
        Ok(Self { conn, place })
    }

    /// Waits until there may be something to read. What the notifications say is
    /// not believed, since a dealer's role can notify as well: `NOTIFY` is no
    /// function that could be taken from it. However many there are, they are one
    /// reason to read. Nothing is lost if the caller stops waiting.
    pub async fn heard(&mut self) -> DbResult<()> {
        hearing::heard(&mut self.conn).await
    }

    /// What has happened since the last call, heard of or not.
    pub async fn catch_up(&mut self) -> DbResult<Missed> {
        let reading = read(&mut self.conn, &self.place.snapshot).await?;
        let too_late = reading.restarted || reading.at - self.place.at > TOO_LATE_S;
        self.place = Place {
            snapshot: reading.snapshot,
            at: reading.at,
        };
        let revocations = if too_late {
            still_revoked(&mut self.conn).await?
        } else {
            reading.revocations
        };
        let dealers = if too_late || reading.dealers.len() > AT_MOST {
            Dealers::Anybody
        } else {
            Dealers::These(reading.dealers)
        };
        Ok(Missed {
            dealers,
            revocations,
        })
    }

    /// What was revoked so lately that tokens for it may still be about.
    pub async fn still_revoked(&mut self) -> DbResult<Vec<String>> {
        still_revoked(&mut self.conn).await
    }

    /// Deletes what every node has read long ago.
    pub async fn tidy(&mut self) -> DbResult<()> {
        Ok(self.conn.batch_execute(FORGET_OLD).await?)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "diesel has no words for snapshots"
)]
async fn read(conn: &mut AsyncPgConnection, since: &str) -> DbResult<Reading> {
    let query = diesel::sql_query(MISSED)
        .bind::<Text, _>(since)
        .bind::<Integer, _>(MOST_REVOCATIONS);
    Ok(query.get_result(conn).await?)
}

/// As [`ChangeFeed::still_revoked`], over any connection.
#[expect(
    clippy::disallowed_methods,
    reason = "words of the log, as they are told"
)]
pub async fn still_revoked(conn: &mut AsyncPgConnection) -> DbResult<Vec<String>> {
    let query = diesel::sql_query(STILL_REVOKED).bind::<Integer, _>(MOST_REVOCATIONS);
    let told: Vec<Told> = query.load(conn).await?;
    Ok(told.into_iter().map(|row| row.told).collect())
}
