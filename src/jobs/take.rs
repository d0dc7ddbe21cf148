//! Taking jobs: some at a time, dealers in turn.
//!
//! Those that may be taken stand in lanes, one for each dealer and kind. A search goes
//! from lane to lane by the index, however long they are, and begins where the last one
//! ended; each dealer on the way gets one job before any gets a second. Hardly more rows
//! are locked than are taken: each lane is asked for its share. Diesel has no words for
//! that.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::model::JobId;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::ids::DealerId;

/// Least and most lanes that one search passes; in between, as many as jobs are wanted.
const LANES: (i32, i32) = (8, 64);

/// The parameters: 1, 2 the lane behind which to begin; 3 most lanes; 4, 5 kinds, and
/// most of each; 6, 7 dealers with jobs here, and how many; 8 most of a dealer; 9 most
/// jobs; 10 worker; 11 lease in seconds.
const TAKE: &str = "\
WITH RECURSIVE lane AS ( \
    (SELECT 1 AS n, coalesce(dealer_id, '00000000-0000-0000-0000-000000000000') AS dealer, kind \
     FROM platform.jobs \
     WHERE state = 'QUEUED' \
       AND (coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind) > ($1, $2) \
     ORDER BY coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind LIMIT 1) \
    UNION ALL \
    SELECT lane.n + 1, next.dealer, next.kind \
    FROM lane CROSS JOIN LATERAL ( \
        SELECT coalesce(dealer_id, '00000000-0000-0000-0000-000000000000') AS dealer, kind \
        FROM platform.jobs \
        WHERE state = 'QUEUED' \
          AND (coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind) > (lane.dealer, lane.kind) \
        ORDER BY coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind LIMIT 1) next \
    WHERE lane.n < $3), \
open AS MATERIALIZED ( \
    SELECT lane.n, lane.dealer, lane.kind, wanted.most, \
           greatest($8 - coalesce(held.jobs, 0), 0) AS room \
    FROM lane JOIN unnest($4, $5) AS wanted (kind, most) ON wanted.kind = lane.kind \
    LEFT JOIN unnest($6, $7) AS held (dealer, jobs) ON held.dealer = lane.dealer \
    WHERE coalesce((SELECT status FROM platform.dealers WHERE id = lane.dealer), 'ACTIVE') = 'ACTIVE'), \
share AS (SELECT ceil($9::float8 / greatest(count(*), 1))::int AS rows FROM open WHERE room > 0), \
waiting AS ( \
    SELECT job.id, open.n, open.kind, open.most, open.room, \
           row_number() OVER (PARTITION BY open.dealer \
                              ORDER BY job.priority, job.run_at, job.id) AS place \
    FROM open CROSS JOIN share CROSS JOIN LATERAL ( \
        SELECT id, priority, run_at FROM platform.jobs \
        WHERE state = 'QUEUED' \
          AND coalesce(dealer_id, '00000000-0000-0000-0000-000000000000') = open.dealer \
          AND kind = open.kind \
        ORDER BY priority, run_at, id LIMIT least(open.room, open.most, share.rows) \
        FOR UPDATE SKIP LOCKED) job), \
in_turn AS ( \
    SELECT id, n, place, most, row_number() OVER (PARTITION BY kind ORDER BY place, n) AS of_kind \
    FROM waiting WHERE place <= room), \
chosen AS MATERIALIZED ( \
    SELECT id, n, place FROM in_turn WHERE of_kind <= most ORDER BY place, n LIMIT $9), \
taken AS ( \
    UPDATE platform.jobs \
    SET state = 'RUNNING', attempts = attempts + 1, token = token + 1, worker = $10, \
        started_at = now(), locked_until = now() + make_interval(secs => $11) \
    WHERE id = ANY (ARRAY(SELECT id FROM chosen)) \
    RETURNING id, dealer_id, kind, payload, token, attempts, max_attempts, \
              unique_key IS NOT NULL AS is_unique, \
              extract(epoch FROM now() - run_at)::float8 AS waited) \
SELECT seen.n AS lanes, seen.dealer AS seen_dealer, seen.kind AS seen_kind, \
       taken.id, taken.dealer_id, taken.kind, taken.payload, taken.token, taken.attempts, \
       taken.max_attempts, taken.is_unique, taken.waited \
FROM (SELECT n, dealer, kind FROM lane ORDER BY n DESC LIMIT 1) seen \
LEFT JOIN (taken JOIN chosen USING (id)) ON true \
ORDER BY chosen.place, chosen.n";

/// A lane: a dealer, or nobody, and a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    dealer: Uuid,
    kind: String,
}

/// What a worker is ready to take.
pub(super) struct Wish<'a> {
    /// Behind this lane.
    pub(super) after: &'a Lane,
    /// Of these kinds, at most so many of each.
    pub(super) kinds: Vec<(&'static str, i32)>,
    /// Dealers he is at work for, and how many jobs of each he has.
    pub(super) held: Vec<(Uuid, i32)>,
    /// Most of one dealer, those included.
    pub(super) per_dealer: i32,
    /// So many.
    pub(super) most: usize,
    /// His name.
    pub(super) worker: &'a str,
    /// For so long.
    pub(super) lease: Duration,
}

impl Wish<'_> {
    fn lanes(&self) -> i32 {
        let (least, most) = LANES;
        i32::try_from(self.most).map_or(most, |lanes| lanes.clamp(least, most))
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Catch {
    /// The jobs, in the order in which dealers had their turns.
    pub(super) jobs: Vec<Taken>,
    /// Where the next search begins; none if there are no lanes behind those seen.
    pub(super) next: Option<Lane>,
}

/// A job that has been taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: JobId,
    pub(super) dealer: Option<DealerId>,
    pub(super) kind: String,
    pub(super) payload: Value,
    pub(super) token: i64,
    pub(super) attempts: i32,
    pub(super) max_attempts: i32,
    pub(super) is_unique: bool,
    pub(super) waited: Duration,
}

impl Taken {
    /// As a lane's name.
    pub(super) fn lane(&self) -> Lane {
        Lane {
            dealer: self.dealer.map_or(Uuid::nil(), DealerId::uuid),
            kind: self.kind.clone(),
        }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    lanes: i32,
    #[diesel(sql_type = SqlUuid)]
    seen_dealer: Uuid,
    #[diesel(sql_type = Text)]
    seen_kind: String,
    #[diesel(embed)]
    job: Option<Found>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: JobId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    dealer_id: Option<DealerId>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
    #[diesel(sql_type = BigInt)]
    token: i64,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Integer)]
    max_attempts: i32,
    #[diesel(sql_type = Bool)]
    is_unique: bool,
    #[diesel(sql_type = Double)]
    waited: f64,
}

/// Takes what there is for the worker.
#[expect(
    clippy::disallowed_methods,
    reason = "diesel has no words for going from lane to lane"
)]
pub(super) async fn take(conn: &mut ControlConn, wish: &Wish<'_>) -> DbResult<Catch> {
    let (kinds, rooms): (Vec<&str>, Vec<i32>) = wish.kinds.iter().copied().unzip();
    let (dealers, counts): (Vec<Uuid>, Vec<i32>) = wish.held.iter().copied().unzip();
    let most = i64::try_from(wish.most).unwrap_or(i64::MAX);
    let query = diesel::sql_query(TAKE)
        .bind::<SqlUuid, _>(wish.after.dealer)
        .bind::<Text, _>(&wish.after.kind)
        .bind::<Integer, _>(wish.lanes())
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Integer>, _>(rooms)
        .bind::<Array<SqlUuid>, _>(dealers)
        .bind::<Array<Integer>, _>(counts)
        .bind::<Integer, _>(wish.per_dealer)
        .bind::<BigInt, _>(most)
        .bind::<Text, _>(wish.worker)
        .bind::<Double, _>(wish.lease.as_secs_f64());
    let rows: Vec<Row> = query.load(&mut **conn).await?;
    Ok(Catch::of(rows, wish))
}

impl Catch {
    fn of(rows: Vec<Row>, wish: &Wish<'_>) -> Self {
        let [first, ..] = rows.as_slice() else {
            return Self::default();
        };
        let seen = Lane {
            dealer: first.seen_dealer,
            kind: first.seen_kind.clone(),
        };
        let has_more = first.lanes >= wish.lanes();
        let jobs: Vec<Taken> = rows
            .into_iter()
            .filter_map(|row| row.job)
            .map(Taken::from)
            .collect();
        let next = match jobs.last() {
            // Whoever comes behind has not had his turn in this round.
            Some(last) if jobs.len() >= wish.most => Some(last.lane()),
            _ => has_more.then_some(seen),
        };
        Self { jobs, next }
    }
}

impl From<Found> for Taken {
    fn from(found: Found) -> Self {
        Self {
            id: found.id,
            dealer: found.dealer_id,
            kind: found.kind,
            payload: found.payload,
            token: found.token,
            attempts: found.attempts,
            max_attempts: found.max_attempts,
            is_unique: found.is_unique,
            waited: Duration::try_from_secs_f64(found.waited).unwrap_or_default(),
        }
    }
}
