//! The login role of the request pool.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use secrecy::{ExposeSecret, SecretString};

use super::migrate::MigrateError;
use crate::db::owner::OwnerConn;

/// Makes the request role if it is missing, and takes from it what it must not
/// have. It owns nothing and inherits nothing: without `SET ROLE` to a dealer
/// it can read no table.
pub fn prepare_request_role(
    conn: &mut OwnerConn,
    role: &str,
    password: Option<&SecretString>,
) -> Result<(), MigrateError> {
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    conn.transaction(|conn| {
        let state = state(conn, role)?;
        if state.is_none() {
            let login = password.map_or_else(String::new, |password| {
                format!("PASSWORD {}", literal(password.expose_secret()))
            });
            conn.batch_execute(&format!("CREATE ROLE {quoted} LOGIN NOINHERIT {login}"))?;
        }
        // Roles belong to the whole server, where two changes of one at the
        // same time are an error: what is right already is left alone.
        if !state.is_some_and(|state| state.is_ready()) {
            conn.batch_execute(&format!(
                "ALTER ROLE {quoted} NOINHERIT; ALTER ROLE {quoted} SET search_path = ''"
            ))?;
        }
        Ok(())
    })
}

/// Takes `set_config` from everybody but superusers, where the owner may.
///
/// The request role is a member of every dealer's role, and `set_config` can
/// change the role in the middle of a SELECT; `SET ROLE` can not, since a prepared
/// statement holds one command. Says whether the door is closed.
pub fn close_role_switch(conn: &mut OwnerConn) -> Result<bool, MigrateError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no has_function_privilege"
    )]
    let open = diesel::dsl::sql::<Bool>(
        "has_function_privilege('public', 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE')",
    );
    if !diesel::select(open).get_result::<bool>(conn)? {
        return Ok(true);
    }
    if !is_superuser(conn)? {
        tracing::warn!("the owner is no superuser: have one run `{CLOSE_SWITCH}` in this database");
        return Ok(false);
    }
    conn.batch_execute(CLOSE_SWITCH)?;
    Ok(true)
}

/// Lets the request role ask how much memory its own backend takes, where the
/// owner may. Without it backends are bounded by statements and dealers only.
pub fn open_scales(conn: &mut OwnerConn, role: &str) -> Result<bool, MigrateError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel has no has_function_privilege"
    )]
    let open = diesel::dsl::sql::<Bool>("has_function_privilege(")
        .bind::<Text, _>(role)
        .sql(", 'pg_catalog.pg_get_backend_memory_contexts()', 'EXECUTE')");
    if diesel::select(open).get_result::<bool>(conn)? {
        return Ok(true);
    }
    let role = role.replace('"', "\"\"");
    let grant = format!(
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_get_backend_memory_contexts() TO \"{role}\""
    );
    if !is_superuser(conn)? {
        tracing::warn!("the owner is no superuser: have one run `{grant}` in this database");
        return Ok(false);
    }
    conn.batch_execute(&grant)?;
    Ok(true)
}

const CLOSE_SWITCH: &str =
    "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC";

fn is_superuser(conn: &mut OwnerConn) -> QueryResult<bool> {
    #[expect(clippy::disallowed_methods, reason = "diesel has no current_setting")]
    let answer = diesel::dsl::sql::<Bool>("current_setting('is_superuser') = 'on'");
    diesel::select(answer).get_result(conn)
}

/// What a role has of its own.
#[derive(Queryable)]
struct RoleState {
    inherits: bool,
    settings: Option<Vec<Option<String>>>,
}

impl RoleState {
    /// Inherits nothing, and sees no table by any bare name on a connection
    /// that did not come through a tenant transaction.
    fn is_ready(&self) -> bool {
        let mut settings = self.settings.iter().flatten().flatten();
        !self.inherits && settings.any(|setting| setting == "search_path=\"\"")
    }
}

fn state(conn: &mut OwnerConn, role: &str) -> QueryResult<Option<RoleState>> {
    diesel::table! {
        pg_catalog.pg_roles (rolname) {
            rolname -> Text,
            rolinherit -> Bool,
            rolconfig -> Nullable<Array<Nullable<Text>>>,
        }
    }
    pg_roles::table
        .filter(pg_roles::rolname.eq(role))
        .select((pg_roles::rolinherit, pg_roles::rolconfig))
        .first(conn)
        .optional()
}

/// A text as SQL, for statements that take no parameters.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_where_it_should() {
        assert_eq!(literal(r"a'b\c"), r"E'a\'b\\c'");
    }
}
