//! Moving a dealer to another server of a Citus cluster, while he works.
//!
//! The engine does it: it copies the schema's tables by logical replication and
//! switches over in a moment in which writers wait.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::migrate::{MigrateError, Target, turn_key};
use crate::db::engine::{Engine, EngineFault};
use crate::db::error::DbError;
use crate::db::owner::{OwnerConn, OwnerPool};

/// Longest wait for writers at the switch; the move is given up behind it.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// A server of the cluster, by the name that its coordinator knows.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Server {
    /// Name or address.
    #[diesel(sql_type = Text)]
    host: String,
    /// Port.
    #[diesel(sql_type = Integer)]
    port: i32,
}

/// A text that names no server.
#[derive(Debug, thiserror::Error)]
#[error("must be HOST:PORT, as the coordinator knows the server")]
pub struct NotAServer;

/// Why a dealer was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One server holds all schemas.
    #[error(
        "there is nowhere to move to: this database is {0}, and only Citus spreads schemas over \
         servers (docs/guides/scale-out.md)"
    )]
    NotSpread(Engine),
    /// The engine is not as wanted.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// The schema is on the coordinator alone.
    #[error(
        "{0} was made before the database had Citus; \
         SELECT citus_schema_distribute('{0}') makes it movable (docs/guides/scale-out.md)"
    )]
    NotAUnit(String),
    /// The cluster has no such server.
    #[error("--to {to}: the cluster has no such server; it has {known}")]
    NoServer {
        /// What was asked for.
        to: Server,
        /// The servers there are.
        known: String,
    },
    /// Another process migrates or moves the dealer.
    #[error("another process is at work on this dealer's schema; try again when it is done")]
    Busy,
    /// The engine refused, or the database is away.
    #[error("the schema was not moved: {0}")]
    Db(#[from] DbError),
    /// The dealer is unknown.
    #[error(transparent)]
    Directory(#[from] MigrateError),
}

impl From<diesel::result::Error> for MoveError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl FromStr for Server {
    type Err = NotAServer;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = text.rsplit_once(':').ok_or(NotAServer)?;
        let port: u16 = port.parse().map_err(|_| NotAServer)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
        if host.is_empty() || !host.chars().all(is_name) {
            return Err(NotAServer);
        }
        Ok(Self {
            host: host.to_owned(),
            port: port.into(),
        })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Where a dealer was before he was moved to `to`. Blocks until he is there;
/// a dealer who is there already is left alone.
pub fn move_dealer(owner: &OwnerPool, target: &Target, to: &Server) -> Result<Server, MoveError> {
    let engine = owner.engine()??;
    if !matches!(engine, Engine::Citus { .. }) {
        return Err(MoveError::NotSpread(engine));
    }
    owner.run_apart(|conn| {
        let servers = servers(conn)?;
        if !servers.contains(to) {
            let known: Vec<String> = servers.iter().map(ToString::to_string).collect();
            return Err(MoveError::NoServer {
                to: to.clone(),
                known: known.join(", "),
            });
        }
        let not_a_unit = || MoveError::NotAUnit(target.schema.clone());
        let from = place(conn, &target.schema)?.ok_or_else(not_a_unit)?;
        if from != *to {
            relocate(conn, &target.schema, to)?;
        }
        Ok(from)
    })
}

#[expect(clippy::disallowed_methods, reason = "diesel does not know Citus")]
fn servers(conn: &mut OwnerConn) -> QueryResult<Vec<Server>> {
    let query = "SELECT nodename AS host, nodeport AS port FROM pg_dist_node
        WHERE isactive AND shouldhaveshards AND noderole = 'primary' ORDER BY 1, 2";
    diesel::sql_query(query).load(conn)
}

/// On which server a schema's tables are; none if it is not spread.
#[expect(clippy::disallowed_methods, reason = "diesel does not know Citus")]
fn place(conn: &mut OwnerConn, schema: &str) -> QueryResult<Option<Server>> {
    let query = "SELECT DISTINCT node.nodename AS host, node.nodeport AS port
        FROM pg_dist_schema AS unit
        JOIN pg_dist_partition AS part USING (colocationid)
        JOIN pg_dist_shard AS shard USING (logicalrelid)
        JOIN pg_dist_placement AS placement USING (shardid)
        JOIN pg_dist_node AS node USING (groupid)
        WHERE unit.schemaid = to_regnamespace($1) AND node.noderole = 'primary'";
    let query = diesel::sql_query(query).bind::<Text, _>(schema);
    query.get_result(conn).optional()
}

/// Under the lock of the migrations, so that no table changes on the way.
#[expect(clippy::disallowed_methods, reason = "diesel does not know Citus")]
fn relocate(conn: &mut OwnerConn, schema: &str, to: &Server) -> Result<(), MoveError> {
    diesel::define_sql_function! { fn pg_try_advisory_lock(key: BigInt) -> Bool; }
    diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }
    let key = turn_key(&schema.parse().map_err(MigrateError::from)?);
    let lock = diesel::select(pg_try_advisory_lock(hashtextextended(key, 0)));
    if !lock.get_result::<bool>(conn)? {
        return Err(MoveError::Busy);
    }
    let limit = format!("SET lock_timeout = {}", LOCK_WAIT.as_millis());
    conn.batch_execute(&limit)?;
    diesel::sql_query("SELECT citus_schema_move($1::regnamespace, $2, $3)")
        .bind::<Text, _>(schema)
        .bind::<Text, _>(&to.host)
        .bind::<Integer, _>(to.port)
        .execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_and_a_port() {
        for text in ["db2.example:5432", "10.0.0.7:5433", "[::1]:5432"] {
            assert_eq!(text.parse::<Server>().unwrap().to_string(), text);
        }
        for text in ["db2.example", ":5432", "db2:port", "a'b:1", "db2:99999"] {
            assert!(text.parse::<Server>().is_err(), "{text}");
        }
    }
}
