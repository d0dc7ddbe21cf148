//! Diesel's table modules, written from the migrated schema.
//!
//! The diesel command line would do the same, but it needs libpq to build.

use std::fmt::Write;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use tubex::db::owner::OwnerConn;

/// A generated file and the schema it comes from.
pub struct Source<'a> {
    pub file: &'a str,
    pub set: &'a str,
    pub schema: &'a str,
    pub prefix: &'a str,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Bool)]
    not_null: bool,
    #[diesel(sql_type = Array<Text>)]
    primary_key: Vec<String>,
}

const COLUMNS: &str = "
SELECT c.relname::text AS table_name, a.attname::text AS name, t.typname::text AS type_name,
       a.attnotnull AS not_null,
       ARRAY(SELECT ka.attname::text
             FROM pg_constraint con
             CROSS JOIN unnest(con.conkey) WITH ORDINALITY AS k(attnum, position)
             JOIN pg_attribute ka ON ka.attrelid = con.conrelid AND ka.attnum = k.attnum
             WHERE con.conrelid = c.oid AND con.contype = 'p'
             ORDER BY k.position) AS primary_key
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%'
ORDER BY c.relname, a.attnum";

#[derive(QueryableByName)]
struct ForeignKey {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Text)]
    parent: String,
    #[diesel(sql_type = Text)]
    column_name: String,
}

/// Keys of one column to another table. Where a table refers to another twice,
/// diesel can join neither by itself, so those are left out.
const FOREIGN_KEYS: &str = "
SELECT child.relname::text AS child, parent.relname::text AS parent, a.attname::text AS column_name
FROM pg_constraint con
JOIN pg_class child ON child.oid = con.conrelid
JOIN pg_class parent ON parent.oid = con.confrelid
JOIN pg_namespace n ON n.oid = child.relnamespace
JOIN pg_attribute a ON a.attrelid = child.oid AND a.attnum = con.conkey[1]
WHERE n.nspname = $1 AND con.contype = 'f' AND array_length(con.conkey, 1) = 1
  AND con.conrelid <> con.confrelid
  AND 1 = (SELECT count(*) FROM pg_constraint twin
           WHERE twin.conrelid = con.conrelid AND twin.confrelid = con.confrelid
             AND twin.contype = 'f')
ORDER BY child.relname, parent.relname";

/// Diesel's name of a Postgres type.
fn sql_type(name: &str) -> &'static str {
    match name {
        "_text" => "Array<Text>",
        "bool" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "int2" => "Int2",
        "int4" => "Int4",
        "int8" => "Int8",
        "jsonb" => "Jsonb",
        "numeric" => "Numeric",
        "text" => "Text",
        "timestamptz" => "Timestamptz",
        "uuid" => "Uuid",
        other => panic!("no diesel type is known for {other}; add it here"),
    }
}

/// The macro call as rustfmt would have it.
fn same_query(tables: &[&str]) -> String {
    let call = "crate::db::in_one_query::in_one_query!";
    let line = format!("{call}({});\n", tables.join(", "));
    if line.len() <= 101 {
        return line;
    }
    let rows: String = tables
        .iter()
        .flat_map(|table| ["    ", table, ",\n"])
        .collect();
    format!("{call}(\n{rows});\n")
}

/// The names for those who treat all tables alike.
fn list(tables: &[&str]) -> String {
    let rows: String = tables
        .iter()
        .flat_map(|table| ["    \"", table, "\",\n"])
        .collect();
    format!("\n/// The names of all tables.\npub const TABLES: &[&str] = &[\n{rows}];\n")
}

impl Source<'_> {
    /// Fails if the committed file is not what the migrations make; writes it
    /// first if `RENEW_TABLES` is set.
    pub fn compare(&self, conn: &mut OwnerConn) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/db")
            .join(self.file);
        let wanted = self.render(conn);
        if std::env::var_os("RENEW_TABLES").is_some() {
            std::fs::write(&path, &wanted).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == wanted,
            "src/db/{} is not what migrations/{} makes; renew it by \
             `RENEW_TABLES=1 cargo test --test it diesels_tables`",
            self.file,
            self.set,
        );
    }

    fn render(&self, conn: &mut OwnerConn) -> String {
        let query = diesel::sql_query(COLUMNS).bind::<Text, _>(self.schema);
        let columns: Vec<Column> = query.load(conn).unwrap();
        let mut text = format!(
            "// @generated from migrations/{}; `cargo test` says how to renew it.\n",
            self.set
        );
        let tables: Vec<&[Column]> = columns
            .chunk_by(|a, b| a.table_name == b.table_name)
            .collect();
        for table in &tables {
            self.render_table(table, &mut text);
        }
        text.push('\n');
        let query = diesel::sql_query(FOREIGN_KEYS).bind::<Text, _>(self.schema);
        let keys: Vec<ForeignKey> = query.load(conn).unwrap();
        for ForeignKey {
            child,
            parent,
            column_name,
        } in keys
        {
            writeln!(
                text,
                "diesel::joinable!({child} -> {parent} ({column_name}));"
            )
            .unwrap();
        }
        let names: Vec<&str> = tables
            .iter()
            .map(|table| table[0].table_name.as_str())
            .collect();
        text.push_str(&same_query(&names));
        if self.prefix.is_empty() {
            text.push_str(&list(&names));
        }
        text
    }

    fn render_table(&self, columns: &[Column], text: &mut String) {
        let (name, key) = (&columns[0].table_name, columns[0].primary_key.join(", "));
        writeln!(
            text,
            "\ndiesel::table! {{\n    {}{name} ({key}) {{",
            self.prefix
        )
        .unwrap();
        for column in columns {
            let mut ty = sql_type(&column.type_name).to_owned();
            if !column.not_null {
                ty = format!("Nullable<{ty}>");
            }
            writeln!(text, "        {} -> {ty},", column.name).unwrap();
        }
        text.push_str("    }\n}\n");
    }
}
