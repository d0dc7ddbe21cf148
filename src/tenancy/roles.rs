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
        if !exists(conn, role)? {
            let login = password.map_or_else(String::new, |password| {
                format!("PASSWORD {}", literal(password.expose_secret()))
            });
            conn.batch_execute(&format!("CREATE ROLE {quoted} LOGIN NOINHERIT {login}"))?;
        }
        // A connection that did not come through a tenant transaction sees no
        // table by any bare name.
        conn.batch_execute(&format!(
            "ALTER ROLE {quoted} NOINHERIT; ALTER ROLE {quoted} SET search_path = ''"
        ))?;
        Ok(())
    })
}

fn exists(conn: &mut OwnerConn, role: &str) -> QueryResult<bool> {
    diesel::table! {
        pg_catalog.pg_roles (rolname) {
            rolname -> Text,
        }
    }
    let found = pg_roles::table.filter(pg_roles::rolname.eq(role));
    diesel::select(diesel::dsl::exists(found)).get_result(conn)
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
