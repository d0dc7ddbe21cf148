//! Writing down what happened to no row: changes that were refused, operators who
//! look in.
//!
//! Each is a transaction of its own, since the one it is about was undone. How many
//! refusals a dealer may have written in a minute is bounded on each node, or whoever
//! has a thousand a second refused fills his disk; of the others their number is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Jsonb, Nullable, Text};
use diesel::{Connection, QueryResult};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::tables::IDS;
use super::words::{NOTES, system};
use crate::db::error::DbResult;
use crate::db::observe::StatementCount;
use crate::db::owner::OwnerConn;
use crate::kernel::ids::DealerId;
use crate::tenancy::context::TenantContext;
use crate::tenancy::schema_name::SchemaName;
use crate::tenancy::tx::{Access, TenantPool};

/// Refusals of one dealer that a node writes down in a minute.
pub const MOST_A_MINUTE: u32 = 60;
/// Over how long they are counted.
const WINDOW: Duration = Duration::from_mins(1);

diesel::define_sql_function! {
    /// Adds to the log of the dealer whose role is set.
    #[sql_name = "spine.audit_note"]
    fn audit_note(deed: Text, what: Text, which: Text, detail: Nullable<Jsonb>);
}

/// Something that happened to no row.
#[derive(Clone, Debug)]
pub struct Note {
    /// What kind of thing, in capitals: `REFUSED`, `IMPERSONATED`.
    pub deed: &'static str,
    /// What it was about: `operation`, or a kind of record.
    pub entity: &'static str,
    /// Which one.
    pub entity_id: String,
    /// What else there is to say; at most 8 KiB as JSON.
    pub detail: Value,
}

impl Note {
    /// About an operation of the API.
    pub const fn of_operation(deed: &'static str, operation: String, detail: Value) -> Self {
        Self {
            deed,
            entity: "operation",
            entity_id: operation,
            detail,
        }
    }
}

impl TenantPool {
    /// Writes a note, in the name of whoever `context` says, whatever he may do there.
    pub async fn note(
        &self,
        context: &TenantContext,
        request: Option<Uuid>,
        note: Note,
    ) -> DbResult<()> {
        let context = Arc::new(context.to_note());
        let words = self.first_words(&context, Access::Write, NOTES);
        let begun = (Access::Write, words);
        let count = StatementCount::default();
        let mut tx = self.begin_with(context, begun, &count).await?;
        if let Some(request) = request {
            tx = tx.of_request(request);
        }
        let call = audit_note(note.deed, note.entity, note.entity_id, Some(note.detail));
        diesel::select(call).execute(&mut tx).await?;
        tx.commit().await
    }

    /// Writes down that a change was refused, and why, unless there were too many of
    /// late. Goes on to its end even if the caller goes away.
    pub async fn note_refused(
        &self,
        context: &TenantContext,
        request: Uuid,
        operation: String,
        why: Value,
    ) -> DbResult<()> {
        let dealer = context.dealer().id;
        match self.refusals().admit(dealer, Instant::now()) {
            Admitted::Written => {}
            Admitted::Counted => return Ok(()),
            Admitted::First => {
                self.tell_later(context.clone());
                return Ok(());
            }
        }
        let (pool, context) = (self.clone(), context.clone());
        let note = Note::of_operation("REFUSED", operation, why);
        let writing = async move { pool.note(&context, Some(request), note).await };
        self.connector().run(writing).await
    }

    /// Says at the end of the minute how many were not written down.
    fn tell_later(&self, context: TenantContext) {
        let pool = self.clone();
        self.spawn(async move {
            tokio::time::sleep(WINDOW).await;
            let dealer = context.dealer().id;
            let left_out = pool.refusals().close(dealer);
            let detail = json!({ "count": left_out });
            let note = Note::of_operation("LEFT_OUT", "*".to_owned(), detail);
            let context = context.read_by("audit");
            if let Err(error) = pool.note(&context, None, note).await {
                tracing::warn!(%dealer, left_out, %error, "refused changes are not in the audit log");
            }
        });
    }
}

/// How many refusals each dealer had written down of late.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<HashMap<DealerId, Window>>>);

struct Window {
    began: Instant,
    written: u32,
    left_out: u64,
}

/// What is done about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admitted {
    /// It is written down.
    Written,
    /// It is the first that is only counted; somebody has to tell their number.
    First,
    /// It is only counted.
    Counted,
}

impl Refusals {
    fn admit(&self, dealer: DealerId, now: Instant) -> Admitted {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a number to tell is kept until it is told.
        windows
            .retain(|_, window| window.left_out > 0 || now.duration_since(window.began) < WINDOW);
        let window = windows.entry(dealer).or_insert(Window {
            began: now,
            written: 0,
            left_out: 0,
        });
        if window.written < MOST_A_MINUTE {
            window.written += 1;
            return Admitted::Written;
        }
        window.left_out += 1;
        if window.left_out == 1 {
            Admitted::First
        } else {
            Admitted::Counted
        }
    }

    /// Begins anew; gives how many were left out.
    fn close(&self, dealer: DealerId) -> u64 {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.remove(&dealer).map_or(0, |window| window.left_out)
    }
}

/// Lets the ids of a schema that was filled from elsewhere go on behind its rows, and
/// says in its log that it was.
pub(in crate::tenancy) fn arrived(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    let (name, quoted, actor) = (schema.as_str(), schema.quoted(), system("transfer"));
    conn.transaction(|conn| {
        conn.batch_execute(&actor)?;
        conn.batch_execute(&format!(
            "SELECT setval('{quoted}.{IDS}', coalesce(max(id), 0) + 1) FROM {quoted}.audit_log"
        ))?;
        conn.batch_execute(&format!(
            "SELECT spine.audit_put('{name}', 'ARRIVED', 'operation', 'transfer', NULL, NULL, NULL)"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_not_written() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        let (dealer, other) = (DealerId::generate(), DealerId::generate());
        for _ in 0..MOST_A_MINUTE {
            assert_eq!(refusals.admit(dealer, now), Admitted::Written);
        }
        assert_eq!(refusals.admit(dealer, now), Admitted::First);
        assert_eq!(refusals.admit(dealer, now), Admitted::Counted);
        assert_eq!(refusals.admit(other, now), Admitted::Written);
        assert_eq!(refusals.close(dealer), 2);
        assert_eq!(refusals.admit(dealer, now), Admitted::Written);
    }

    #[test]
    fn who_was_refused_long_ago_is_forgotten() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        refusals.admit(DealerId::generate(), now);
        refusals.admit(DealerId::generate(), now + WINDOW);
        assert_eq!(refusals.0.lock().unwrap().len(), 1);
    }
}
