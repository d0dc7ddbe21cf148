//! Giving the tables of a schema their triggers, and taking rights from its role.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Bool, Nullable, Text};

use super::tables::{BOOKS, HIDDEN, LEFT_OUT, LOG, columns_of, is_audited};
use crate::db::owner::OwnerConn;
use crate::db::pipeline::pipeline;
use crate::tenancy::schema_name::SchemaName;

/// Name of the trigger of every table.
const TRIGGER: &str = "audit";

/// A table, or a view, as it stands. Found by what depends on the schema: an index serves that.
const TABLES: &str = "\
    SELECT c.relname::text AS name, \
           ARRAY(SELECT a.attname::text FROM pg_constraint k \
                 CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS part (attnum, position) \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum \
                 WHERE k.conrelid = c.oid AND k.contype = 'p' ORDER BY part.position) AS key, \
           (SELECT t.tgargs FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = $2) AS told, \
           c.relkind = 'v' AS is_view, \
           has_table_privilege($1, c.oid, 'INSERT') AS is_open, \
           has_table_privilege($1, c.oid, 'UPDATE, DELETE') AS is_mutable \
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid \
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)::oid \
      AND d.classid = 'pg_class'::regclass AND c.relkind IN ('r', 'v') \
    ORDER BY name";

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    key: Vec<String>,
    /// The words of its trigger as PostgreSQL keeps them, each with a zero behind it.
    #[diesel(sql_type = Nullable<Binary>)]
    told: Option<Vec<u8>>,
    /// Views have no rows of their own, and no trigger.
    #[diesel(sql_type = Bool)]
    is_view: bool,
    /// Whether the dealer's role adds rows.
    #[diesel(sql_type = Bool)]
    is_open: bool,
    /// Whether the dealer's role changes or deletes rows.
    #[diesel(sql_type = Bool)]
    is_mutable: bool,
}

/// Gives every table of the schema on the path what it lacks, if the schema has a log.
pub(in crate::tenancy) fn attach(conn: &mut OwnerConn, schema: &SchemaName) -> QueryResult<()> {
    #[expect(clippy::disallowed_methods, reason = "diesel knows no catalogs")]
    let query = diesel::sql_query(TABLES);
    let query = query
        .bind::<Text, _>(schema.as_str())
        .bind::<Text, _>(TRIGGER);
    let tables: Vec<Table> = query.load(conn)?;
    if !tables
        .iter()
        .any(|table| LOG.contains(&table.name.as_str()))
    {
        return Ok(());
    }
    let lacking = tables.iter().flat_map(|table| table.lacks(schema));
    let lacking: Vec<String> = lacking.collect();
    if lacking.is_empty() {
        return Ok(());
    }
    // A Citus coordinator takes triggers only so.
    conn.batch_execute("SET LOCAL citus.enable_unsafe_triggers = on")?;
    let statements: Vec<&str> = lacking.iter().map(String::as_str).collect();
    pipeline(conn, &statements)
}

impl Table {
    /// The statements that give it what it lacks.
    fn lacks(&self, schema: &SchemaName) -> impl Iterator<Item = String> {
        self.right_too_many(schema)
            .into_iter()
            .chain(self.trigger())
    }

    /// Takes from the dealer's role what it may not do.
    fn right_too_many(&self, schema: &SchemaName) -> Option<String> {
        let name = self.name.as_str();
        let (rights, has_some) = if LOG.contains(&name) {
            ("INSERT, UPDATE, DELETE", self.is_open)
        } else if BOOKS.contains(&name) {
            ("UPDATE, DELETE", self.is_mutable)
        } else {
            return None;
        };
        let (table, role) = (quoted(name), schema.quoted());
        has_some.then(|| format!("REVOKE {rights} ON {table} FROM {role}"))
    }

    /// The statement that gives it the trigger, if it has another one or none.
    fn trigger(&self) -> Option<String> {
        if self.is_view || !is_audited(&self.name) {
            return None;
        }
        let words = self.words();
        let told: Vec<u8> = words
            .iter()
            .flat_map(|word| [word.as_bytes(), b"\0"].concat())
            .collect();
        let words = words
            .map(|word| format!("'{}'", word.replace('\'', "''")))
            .join(", ");
        let create = || {
            format!(
                "CREATE OR REPLACE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON {} \
             FOR EACH ROW EXECUTE FUNCTION spine.audit({words})",
                quoted(&self.name)
            )
        };
        (self.told.as_ref() != Some(&told)).then(create)
    }

    /// What the trigger is told: the table, its key, what is left out, what is hidden.
    fn words(&self) -> [String; 4] {
        [
            self.name.clone(),
            self.key.join(","),
            columns_of(LEFT_OUT, &self.name),
            columns_of(HIDDEN, &self.name),
        ]
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
