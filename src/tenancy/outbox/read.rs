//! Reading events.

use chrono::{DateTime, Utc};
use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::db::error::DbResult;
use crate::db::tenant_tables::{event_counter, events};
use crate::events::{Event, EventId};
use crate::tenancy::tx::TenantTx;

/// Which events there are: those behind `before`, up to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tenancy) struct Extent {
    pub(in crate::tenancy) before: EventId,
    pub(in crate::tenancy) last: EventId,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg))]
struct EventRow {
    id: i64,
    name: String,
    version: i16,
    entity: String,
    entity_id: Uuid,
    customer_id: Option<Uuid>,
    is_public: bool,
    payload: Value,
    actor: String,
    request_id: Option<Uuid>,
    at: DateTime<Utc>,
}

/// The events that can be read at this moment.
pub(in crate::tenancy) async fn extent(tx: &mut TenantTx) -> DbResult<Extent> {
    let oldest = events::table.select(min(events::id)).single_value();
    let counter = event_counter::table.select((event_counter::last, oldest));
    let found: Option<(i64, Option<i64>)> = counter.first(tx).await.optional()?;
    let (last, oldest) = found.unwrap_or_default();
    let before = oldest.map_or(last, |oldest| oldest.saturating_sub(1));
    Ok(Extent {
        before: EventId::new(before),
        last: EventId::new(last),
    })
}

/// To which kinds of records events happened.
pub(in crate::tenancy) struct Heads {
    /// The last event that can be read at this moment; 0 if there was none.
    pub(in crate::tenancy) last: i64,
    /// The kinds, without those to which nothing happened.
    pub(in crate::tenancy) kinds: Vec<Head>,
}

/// A kind of record to which something happened.
pub(in crate::tenancy) struct Head {
    pub(in crate::tenancy) entity: String,
    /// The last event.
    pub(in crate::tenancy) newest: i64,
    /// How many there are.
    pub(in crate::tenancy) count: i64,
}

#[derive(QueryableByName)]
struct HeadRow {
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = Nullable<Text>)]
    entity: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    newest: Option<i64>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// To which kinds of records the events behind `after` happened, of the last `most`.
pub(in crate::tenancy) async fn heads(tx: &mut TenantTx, after: i64, most: i64) -> DbResult<Heads> {
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel can not group by what may be missing"
    )]
    let query = diesel::sql_query(
        "SELECT c.last, e.entity, max(e.id) AS newest, count(e.id) AS count \
         FROM event_counter c LEFT JOIN events e ON e.id > $1 AND e.id > c.last - $2 \
         GROUP BY c.last, e.entity",
    );
    let query = query.bind::<BigInt, _>(after).bind::<BigInt, _>(most);
    let rows: Vec<HeadRow> = query.load(tx).await?;
    let last = rows.iter().map(|row| row.last).max().unwrap_or_default();
    let head = |row: HeadRow| {
        let (entity, newest, count) = (row.entity?, row.newest?, row.count);
        Some(Head {
            entity,
            newest,
            count,
        })
    };
    let kinds = rows.into_iter().filter_map(head).collect();
    Ok(Heads { last, kinds })
}

/// The events behind `after`, oldest first, `most` of them.
pub(in crate::tenancy) async fn after(
    tx: &mut TenantTx,
    after: EventId,
    most: i64,
) -> DbResult<Vec<Event>> {
    let page = events::table
        .filter(events::id.gt(after.number()))
        .order(events::id)
        .limit(most)
        .select(EventRow::as_select());
    let rows: Vec<EventRow> = page.load(tx).await?;
    Ok(rows.into_iter().map(Event::from).collect())
}

impl TenantTx {
    /// The events behind `behind`, oldest first, `most` of them.
    pub async fn events_after(&mut self, behind: EventId, most: i64) -> DbResult<Vec<Event>> {
        after(self, behind, most).await
    }

    /// As [`TenantTx::events_after`], of what was told from `from` on and before `to`.
    pub async fn events_of_time(
        &mut self,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        behind: EventId,
        most: i64,
    ) -> DbResult<Vec<Event>> {
        let page = events::table
            .filter(events::id.gt(behind.number()))
            .filter(events::at.ge(from).and(events::at.lt(to)))
            .order(events::id)
            .limit(most)
            .select(EventRow::as_select());
        let rows: Vec<EventRow> = page.load(self).await?;
        Ok(rows.into_iter().map(Event::from).collect())
    }

    /// The newest event that this transaction sees.
    pub async fn last_event(&mut self) -> DbResult<EventId> {
        let last = event_counter::table.select(event_counter::last);
        let last: Option<i64> = last.first(self).await.optional()?;
        Ok(EventId::new(last.unwrap_or_default()))
    }
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            id: EventId::new(row.id),
            name: row.name,
            version: row.version,
            entity: row.entity,
            entity_id: row.entity_id,
            customer: row.customer_id,
            is_public: row.is_public,
            payload: row.payload,
            actor: row.actor,
            request: row.request_id,
            at: row.at,
        }
    }
}
