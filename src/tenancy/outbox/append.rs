//! Writing events down.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use serde_json::Value;
use uuid::Uuid;

use crate::events::{Audience, Fact};
use crate::tenancy::context::{Actor, TenantContext};

/// Most events of one transaction; work that tells more commits in between.
const MOST: usize = 10_000;

/// Facts told to a transaction, by column.
#[derive(Default)]
pub(in crate::tenancy) struct Told {
    names: Vec<&'static str>,
    versions: Vec<i16>,
    entities: Vec<&'static str>,
    entity_ids: Vec<Uuid>,
    customers: Vec<Option<Uuid>>,
    public: Vec<bool>,
    payloads: Vec<Value>,
}

impl Told {
    pub(in crate::tenancy) fn push<F: Fact>(&mut self, fact: &F) {
        let kind = F::KIND;
        self.names.push(kind.name);
        self.versions.push(kind.version);
        self.entities.push(kind.entity);
        self.entity_ids.push(fact.entity());
        self.customers.push(fact.customer());
        self.public.push(kind.audience == Audience::Everybody);
        self.payloads.push(fact.payload());
    }

    pub(in crate::tenancy) const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The statements that write them, or an error if they are too many.
    pub(in crate::tenancy) fn written(
        self,
        context: &TenantContext,
        request: Option<Uuid>,
        at: DateTime<Utc>,
    ) -> QueryResult<(Raise, Append)> {
        let count = self.names.len();
        if count > MOST {
            let text = format!("{count} events in one transaction, of {MOST} at most");
            return Err(diesel::result::Error::QueryBuilderError(text.into()));
        }
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let append = Append {
            count,
            actor: actor(context),
            told: self,
            request,
            at,
        };
        Ok((Raise { count }, append))
    }
}

/// Raises the counter by the number of events. A statement of its own, and not one
/// within the other: Citus can not plan those.
#[derive(QueryId)]
pub(in crate::tenancy) struct Raise {
    count: i64,
}

// diesel has no words for a row that is there already and is added to.
impl QueryFragment<Pg> for Raise {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO event_counter AS c (one, last) VALUES (1, ");
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(") ON CONFLICT (one) DO UPDATE SET last = c.last + EXCLUDED.last");
        Ok(())
    }
}

/// Adds events under the ids that the counter was raised by.
#[derive(QueryId)]
pub(in crate::tenancy) struct Append {
    count: i64,
    told: Told,
    actor: String,
    request: Option<Uuid>,
    at: DateTime<Utc>,
}

// diesel has no words for rows out of arrays, which make it the same statement for any
// number of events.
impl QueryFragment<Pg> for Append {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO events (id, name, version, entity, entity_id, customer_id, is_public, \
             payload, actor, request_id, at) SELECT counter.last - ",
        );
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(
            " + told.n, told.name, told.version, told.entity, told.entity_id, told.customer_id, \
             told.is_public, told.payload, ",
        );
        out.push_bind_param::<Text, _>(&self.actor)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.request)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.at)?;
        out.push_sql(" FROM event_counter AS counter, unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.told.names)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SmallInt>, _>(&self.told.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.told.entities)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.told.entity_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.told.customers)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Bool>, _>(&self.told.public)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Jsonb>, _>(&self.told.payloads)?;
        out.push_sql(
            ") WITH ORDINALITY AS told \
             (name, version, entity, entity_id, customer_id, is_public, payload, n)",
        );
        Ok(())
    }
}

/// Who it is, and in whose name: `usr_… by operator alice`.
fn actor(context: &TenantContext) -> String {
    let principal = match context.actor() {
        Actor::System(part) => return format!("system {part}"),
        Actor::User(principal) => principal,
    };
    let user = principal.user();
    if let Some(operator) = principal.impersonator() {
        return format!("{user} by operator {operator}");
    }
    if let Some(key) = principal.api_key() {
        return format!("{user} by key {}", key.id);
    }
    match principal.application() {
        Some(application) => format!("{user} by application {}", application.client),
        None => user.to_string(),
    }
}
