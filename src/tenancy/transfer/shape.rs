//! Which tables a schema has, by its catalogue, and in which order they fill.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};

use super::error::{FileFault, TransferError};
use crate::db::TENANT_TABLES;
use crate::db::owner::OwnerConn;
use crate::tenancy::migrate::MigrationSet;
use crate::tenancy::schema_name::SchemaName;

/// A table as it is read and filled.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Table {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    /// Whether it is a plain table, and not a view, a sequence or the like.
    #[diesel(sql_type = Bool)]
    pub(super) is_plain: bool,
    /// Whether it has policies that hide rows from some callers.
    #[diesel(sql_type = Bool)]
    pub(super) has_policies: bool,
    /// The stored columns; generated ones are not.
    #[diesel(sql_type = Array<Text>)]
    pub(super) columns: Vec<String>,
    /// The primary key as SQL. Texts go by bytes, so that the order is the same
    /// on every server.
    #[diesel(sql_type = Array<Text>)]
    order: Vec<String>,
    /// Other tables that it refers to.
    #[diesel(sql_type = Array<Text>)]
    parents: Vec<String>,
}

/// What a file does not hold: events have been told, and those of a restored dealer
/// begin anew (`stage`).
const LEFT_OUT: &[&str] = &["event_counter", "events"];

/// Everything in a schema, found by what depends on it: an index serves that,
/// where a search by schema would read the catalogue of all dealers.
///
/// The audit log is read and filled by its parts. What numbers it goes on behind its last
/// row (`stage`).
const CATALOGUE: &str = r#"
SELECT c.relname::text AS name, c.relkind = 'r' AS is_plain,
       c.relrowsecurity AS has_policies,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0
               AND NOT a.attisdropped AND a.attgenerated = ''
             ORDER BY a.attnum) AS columns,
       ARRAY(SELECT quote_ident(a.attname)
                    || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END
             FROM pg_constraint k
             CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS part (attnum, position)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum
             WHERE k.conrelid = c.oid AND k.contype = 'p'
             ORDER BY part.position) AS "order",
       ARRAY(SELECT DISTINCT parent.relname::text
             FROM pg_constraint k JOIN pg_class parent ON parent.oid = k.confrelid
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND parent.oid <> c.oid) AS parents
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid
WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)::oid
  AND d.classid = 'pg_class'::regclass
  AND c.relname NOT IN ('__diesel_schema_migrations', 'audit_ids', 'audit_log')
ORDER BY name"#;

/// The tables of `schema` at `version`, by name.
///
/// Refuses a schema with anything in it that this program does not know, since
/// that would be left out without a word.
pub(super) fn tables(
    conn: &mut OwnerConn,
    schema: &SchemaName,
    version: &str,
) -> Result<Vec<Table>, TransferError> {
    let mut tables = relations(conn, schema)?;
    for table in &tables {
        if !table.is_plain || !TENANT_TABLES.contains(&table.name.as_str()) {
            return Err(TransferError::Unknown(table.name.clone()));
        }
        if table.order.is_empty() {
            return Err(TransferError::NoKey(table.name.clone()));
        }
    }
    // An older version may lack some; which, only its migrations know.
    if MigrationSet::tenant()?.newest() == Some(version) {
        let is_there = |name: &str| tables.iter().any(|table| table.name == name);
        if let Some(name) = TENANT_TABLES.iter().find(|name| !is_there(name)) {
            return Err(TransferError::Lacking((*name).to_owned()));
        }
    }
    tables.retain(|table| !LEFT_OUT.contains(&table.name.as_str()));
    Ok(tables)
}

#[expect(
    clippy::disallowed_methods,
    reason = "diesel has no arrays of subqueries, and this is one round trip"
)]
pub(super) fn relations(
    conn: &mut OwnerConn,
    schema: &SchemaName,
) -> Result<Vec<Table>, TransferError> {
    let query = diesel::sql_query(CATALOGUE).bind::<Text, _>(schema.as_str());
    Ok(query.load(conn)?)
}

impl Table {
    /// Its name as SQL.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// Reads all rows in the order of the key.
    pub(super) fn copy_out(&self) -> String {
        let (columns, table, order) = (self.column_list(), self.quoted(), self.order.join(", "));
        format!(
            "COPY (SELECT {columns} FROM {table} ORDER BY {order}) \
             TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')"
        )
    }

    /// Takes rows as [`Table::copy_out`] gives them.
    pub(super) fn copy_in(&self) -> String {
        let (table, columns) = (self.quoted(), self.column_list());
        format!(
            "COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')"
        )
    }

    fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        names.join(", ")
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables of a new schema as the rows at hand will fill them: with the
/// columns of `given`, which must be the schema's, parents before children.
pub(super) fn plan<'a>(
    mut tables: Vec<Table>,
    given: impl Iterator<Item = (&'a str, &'a [String])>,
) -> Result<Vec<Table>, TransferError> {
    let mut planned = Vec::with_capacity(tables.len());
    let fault = |table: &str, fault| FileFault::Table {
        table: table.to_owned(),
        fault,
    };
    for (name, columns) in given {
        let place = tables.iter().position(|table| table.name == name);
        let place = place.ok_or_else(|| fault(name, "its schema version has no such table"))?;
        let mut table = tables.swap_remove(place);
        if sorted(&table.columns) != sorted(columns) {
            return Err(fault(name, "its columns are not those of its schema version").into());
        }
        table.columns = columns.to_vec();
        planned.push(table);
    }
    match tables.first() {
        Some(missing) => Err(fault(&missing.name, "the manifest does not name it").into()),
        None => parents_first(planned),
    }
}

fn sorted(names: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn parents_first(mut left: Vec<Table>) -> Result<Vec<Table>, TransferError> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| left.iter().any(|other| table.parents.contains(&other.name));
        let (waiting, ready): (Vec<_>, Vec<_>) = left.iter().cloned().partition(waits);
        if ready.is_empty() {
            let names = waiting.into_iter().map(|table| table.name).collect();
            return Err(TransferError::Cycle(names));
        }
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        Table {
            name: name.to_owned(),
            is_plain: true,
            has_policies: false,
            columns: vec!["id".to_owned()],
            order: vec!["id".to_owned()],
            parents: parents.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn parents_fill_before_their_children() {
        let tables = vec![table("a", &["b", "c"]), table("b", &["c"]), table("c", &[])];
        let ordered = parents_first(tables).unwrap();
        let names: Vec<_> = ordered.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["c", "b", "a"]);
    }

    #[test]
    fn a_ring_is_refused_with_its_tables() {
        let tables = vec![table("a", &["b"]), table("b", &["a"]), table("c", &[])];
        let fault = parents_first(tables).unwrap_err().to_string();
        assert!(fault.contains("a, b"), "{fault}");
    }

    #[test]
    fn tables_and_columns_must_be_those_of_the_version() {
        let given = |columns: &[&str]| -> Vec<String> {
            columns.iter().map(|name| (*name).to_owned()).collect()
        };
        let (id, more) = (given(&["id"]), given(&["id", "more"]));
        let tables = || vec![table("a", &[]), table("b", &[])];
        let whole = [("b", &id[..]), ("a", &id[..])];
        assert!(plan(tables(), whole.into_iter()).is_ok());
        for wrong in [
            vec![("a", &id[..])],
            vec![("a", &id[..]), ("b", &more[..])],
            vec![("a", &id[..]), ("b", &id[..]), ("c", &id[..])],
        ] {
            assert!(plan(tables(), wrong.into_iter()).is_err());
        }
    }
}
