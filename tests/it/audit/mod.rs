//! The audit log: nothing changes without a row in it, nobody can touch it, and what is
//! changed all the same shows.

mod cli;
mod coverage;
mod guarded;
mod impersonated;
mod listed;
mod refused;
mod sealed;
mod tampered;
mod transferred;
mod written;

use std::sync::Arc;

use serde_json::Value;
use tubex::db::observe::StatementCount;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::audit::seal::Sealer;
use tubex::tenancy::audit::verify::{Walked, walk};
use tubex::tenancy::schema_name::SchemaName;
use tubex::tenancy::{Access, TenantTx};

use crate::support::{Server, owner};

/// A writing transaction of the system at a dealer.
async fn begin(server: &Server, dealer: DealerId) -> TenantTx {
    let context = server.app.directory.admit_system(dealer, "test").await;
    let count = StatementCount::default();
    let tenants = &server.app.tenants;
    let begun = tenants.begin(Arc::new(context.unwrap()), Access::Write, &count);
    begun.await.unwrap()
}

/// The rows of a log as JSON, the first one first, of those that fit `condition`.
async fn log(schema: &str, condition: &str) -> Vec<Value> {
    let query =
        format!("SELECT to_jsonb(l)::text FROM {schema}.audit_log l WHERE {condition} ORDER BY id");
    let rows = owner().await.query(&query, &[]).await.unwrap();
    let parsed = |row: &tokio_postgres::Row| serde_json::from_str(row.get(0)).unwrap();
    rows.iter().map(parsed).collect()
}

/// Seals the log of a dealer, as by `sealer`; gives how many rows and emptied parts.
async fn seal_by(server: &Server, sealer: Sealer, schema: &str) -> (usize, usize) {
    let schema: SchemaName = schema.parse().unwrap();
    let owner = &server.app.core.owner;
    owner
        .run(move |conn| sealer.dealer(conn, &schema))
        .await
        .unwrap()
}

async fn seal(server: &Server, schema: &str) -> usize {
    let sealer = server.app.core.audit_sealer(15);
    seal_by(server, sealer, schema).await.0
}

/// Walks the chain of a dealer.
async fn verified(server: &Server, schema: &str) -> Walked {
    let schema: SchemaName = schema.parse().unwrap();
    let owner = &server.app.core.owner;
    owner
        .run(move |conn| walk(conn, &schema, None))
        .await
        .unwrap()
}

/// The part of the log in which the newest row stands.
pub async fn part(schema: &str) -> i64 {
    let rows = log(schema, "true").await;
    rows.last().unwrap()["slot"].as_i64().unwrap()
}
