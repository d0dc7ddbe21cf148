//! The login role of the request pool.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
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
