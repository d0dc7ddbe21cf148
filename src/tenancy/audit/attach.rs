//! Giving the tables of a schema their triggers, and taking rights from its role.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Bool, Nullable, Text};

use super::tables::{HIDDEN, LEFT_OUT, LOG, PARTS, columns_of, is_audited};
use crate::db::owner::OwnerConn;
use crate::db::pipeline::pipeline;
use crate::tenancy::schema_name::SchemaName;

/// Name of the trigger of every table.
const TRIGGER: &str = "audit";

/// A table as it stands. Found by what depends on the schema: an index serves that.
const TABLES: &str = "\
    SELECT c.relname::text AS name, \
           ARRAY(SELECT a.attname::text FROM pg_constraint k \
                 CROSS JOIN unnest(k.conkey) WITH ORDINALITY AS part (attnum, position) \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum \
                 WHERE k.conrelid = c.oid AND k.contype = 'p' ORDER BY part.position) AS key, \
           (SELECT t.tgargs FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = $2) AS told, \
           has_table_privilege($1, c.oid, 'INSERT') AS is_open \
    FROM pg_depend d JOIN pg_class c ON c.oid = d.objid \
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)::oid \
      AND d.classid = 'pg_class'::regclass AND c.relkind IN ('r', 'p') \
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
    /// Whether the dealer's role adds rows.
    #[diesel(sql_type = Bool)]
    is_open: bool,
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
    let lacking = tables.iter().filter_map(|table| table.lacks(schema));
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
    /// The statement that gives it what it lacks.
    fn lacks(&self, schema: &SchemaName) -> Option<String> {
        let (table, role) = (quoted(&self.name), schema.quoted());
        if LOG.contains(&self.name.as_str()) {
            let revoke = format!("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}");
            return self.is_open.then_some(revoke);
        }
        if PARTS.contains(&self.name.as_str()) {
            return self
                .is_open
                .then(|| format!("REVOKE ALL ON {table} FROM {role}"));
        }
        if !is_audited(&self.name) {
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
                "CREATE OR REPLACE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION spine.audit({words})"
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
