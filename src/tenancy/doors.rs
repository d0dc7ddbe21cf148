//! What PostgreSQL grants to everybody and nobody but the owner may do here.
//!
//! A dealer's role reaches no other dealer's tables. But a few functions, temporary
//! tables, and programs in a language of the server reach beyond a transaction or
//! beyond a schema, and are given to `PUBLIC` with each new database. They are closed by `tubex migrate` as far as the
//! owner may; where he may not, it is said which statements are missing.

use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};

use super::migrate::MigrateError;
use crate::db::owner::OwnerConn;

/// Functions for the owner alone, in all their forms.
const CLOSED: [&str; 20] = [
    // Large objects belong to no schema, and fill the disk outside of all of them.
    "lo_creat",
    "lo_create",
    "lo_from_bytea",
    "lo_open",
    "lo_put",
    "lo_truncate",
    "lo_truncate64",
    "lo_unlink",
    "lowrite",
    // Locks have no owner either: who holds one keeps migrations and fillers
    // waiting, and those of a session outlive the transaction.
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared",
    // Writes to the log of all dealers, whatever becomes of the transaction.
    "pg_logical_emit_message",
    // Says on a channel of the nodes what has not happened.
    "pg_notify",
    // The request role is a member of every dealer's role, and this can change the
    // role in the middle of a SELECT. `SET ROLE` can not: a prepared statement
    // holds one command.
    "set_config",
];

/// The only function that the request role has to be given.
const SCALES: &str = "pg_catalog.pg_get_backend_memory_contexts()";

const STATE: &str = "\
    WITH closed AS ( \
        SELECT oid, proacl, format('pg_catalog.%I(%s)', proname, \
                                   pg_get_function_identity_arguments(oid)) AS name \
        FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY($1)) \
    SELECT ARRAY(SELECT name FROM closed WHERE has_function_privilege('public', oid, 'EXECUTE') \
                 ORDER BY name) AS open, \
           ARRAY(SELECT name FROM closed WHERE NOT EXISTS ( \
                     SELECT FROM aclexplode(proacl) given \
                     WHERE given.privilege_type = 'EXECUTE' AND given.grantee = ( \
                         SELECT oid FROM pg_roles WHERE rolname = current_user)) \
                 ORDER BY name) AS lacking, \
           ARRAY(SELECT quote_ident(lanname) FROM pg_language \
                 WHERE lanispl AND has_language_privilege('public', oid, 'USAGE') \
                 ORDER BY lanname) AS languages, \
           ARRAY(SELECT quote_ident(lanname) FROM pg_language \
                 WHERE lanispl AND NOT EXISTS ( \
                     SELECT FROM aclexplode(lanacl) given \
                     WHERE given.privilege_type = 'USAGE' AND given.grantee = ( \
                         SELECT oid FROM pg_roles WHERE rolname = current_user)) \
                 ORDER BY lanname) AS languages_lacking, \
           has_database_privilege('public', current_database(), 'TEMPORARY') AS temporary, \
           pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), \
                       'USAGE') AS owns_database, \
           current_setting('is_superuser') = 'on' AS is_superuser, \
           has_function_privilege($2, 'pg_catalog.pg_get_backend_memory_contexts()', 'EXECUTE') \
               AS scales, \
           quote_ident($2) AS request_role, \
           quote_ident(current_user) AS owner, \
           quote_ident(current_database()) AS database";

#[derive(QueryableByName)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own"
)]
struct State {
    #[diesel(sql_type = Array<Text>)]
    open: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    lacking: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    languages: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    languages_lacking: Vec<String>,
    #[diesel(sql_type = Bool)]
    temporary: bool,
    #[diesel(sql_type = Bool)]
    owns_database: bool,
    #[diesel(sql_type = Bool)]
    is_superuser: bool,
    #[diesel(sql_type = Bool)]
    scales: bool,
    #[diesel(sql_type = Text)]
    request_role: String,
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    database: String,
}

/// A statement that the database lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The statement.
    pub sql: String,
    /// What is not so without it.
    pub without: &'static str,
    is_ours: bool,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sql, without, .. } = self;
        write!(
            f,
            "{without}: have a superuser run `{sql}` in this database"
        )
    }
}

impl State {
    fn lacking(&self) -> Vec<Lacking> {
        let mut lacking = Vec::new();
        let mut add = |sql, without, is_ours| {
            lacking.push(Lacking {
                sql,
                without,
                is_ours: is_ours || self.is_superuser,
            });
        };
        // Before they are taken from everybody, so that the owner is never without.
        if !self.lacking.is_empty() && !self.is_superuser {
            let (names, owner) = (self.lacking.join(", "), &self.owner);
            let grant = format!("GRANT EXECUTE ON FUNCTION {names} TO {owner}");
            add(
                grant,
                "the owner can not run what he needs, nor pg_dump",
                false,
            );
        }
        if !self.open.is_empty() {
            let names = self.open.join(", ");
            let revoke = format!("REVOKE EXECUTE ON FUNCTION {names} FROM PUBLIC");
            add(
                revoke,
                "dealers' roles can run what is for the owner",
                false,
            );
        }
        if !self.languages_lacking.is_empty() && !self.is_superuser {
            let (names, owner) = (self.languages_lacking.join(", "), &self.owner);
            let grant = format!("GRANT USAGE ON LANGUAGE {names} TO {owner}");
            add(grant, "the owner can not make functions", false);
        }
        // `DO` is one command that holds others, `SET ROLE` among them.
        if !self.languages.is_empty() {
            let names = self.languages.join(", ");
            let revoke = format!("REVOKE USAGE ON LANGUAGE {names} FROM PUBLIC");
            add(
                revoke,
                "dealers' roles can run programs of their own",
                false,
            );
        }
        if self.temporary {
            let revoke = format!("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", self.database);
            let without = "dealers' roles can make temporary tables";
            add(revoke, without, self.owns_database);
        }
        if !self.scales {
            let grant = format!(
                "GRANT EXECUTE ON FUNCTION {SCALES} TO {}",
                self.request_role
            );
            let without = "--memory-per-backend-mib has no effect, so connections are bounded \
                           by statements and dealers only";
            add(grant, without, false);
        }
        lacking
    }
}

/// Closes what is for the owner alone and lets the request role weigh its own
/// backend, as far as the owner may; gives the statements that are left for a
/// superuser, each with a warning.
pub fn close_doors(conn: &mut OwnerConn, role: &str) -> Result<Vec<Lacking>, MigrateError> {
    let all = lacking(conn, role)?.into_iter();
    let (ours, theirs): (Vec<_>, Vec<_>) = all.partition(|one| one.is_ours);
    // First, since an owner who lacks too much gets no further.
    for one in &theirs {
        tracing::warn!("{one}");
    }
    if !ours.is_empty() {
        conn.transaction(|conn| close_ours(conn, role))?;
    }
    Ok(theirs)
}

fn close_ours(conn: &mut OwnerConn, role: &str) -> Result<(), MigrateError> {
    // Two who change the same right at once are an error.
    conn.batch_execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('tubex migrates platform', 0))",
    )?;
    for one in lacking(conn, role)?.iter().filter(|one| one.is_ours) {
        conn.batch_execute(&one.sql)?;
    }
    Ok(())
}

/// The statements that the database lacks for the owner and this request role.
#[expect(
    clippy::disallowed_methods,
    reason = "diesel knows neither the catalogs nor privileges"
)]
pub fn lacking(conn: &mut OwnerConn, role: &str) -> Result<Vec<Lacking>, MigrateError> {
    let query = diesel::sql_query(STATE)
        .bind::<Array<Text>, _>(&CLOSED[..])
        .bind::<Text, _>(role);
    Ok(query.get_result::<State>(conn)?.lacking())
}
