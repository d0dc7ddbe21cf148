//! A schema as lines of text, with its own name taken out.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tubex::db::owner::OwnerConn;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Tables, columns, constraints, indexes, comments and rights of `$1`.
const QUERY: &str = "
WITH tables AS (
    SELECT c.oid, c.relname, c.relkind, c.relacl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1
)
SELECT format('relation %s %s %s', relkind, relname,
              (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(relacl) acl)) AS line
    FROM tables
UNION ALL
SELECT format('column %s.%s %s not null %s default %s generated %s comment %s',
              t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              pg_get_expr(d.adbin, d.adrelid), a.attgenerated,
              col_description(a.attrelid, a.attnum))
    FROM tables t
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.relkind IN ('r', 'p')
UNION ALL
SELECT format('constraint %s.%s %s', t.relname, con.conname, pg_get_constraintdef(con.oid))
    FROM tables t JOIN pg_constraint con ON con.conrelid = t.oid
UNION ALL
SELECT format('index %s', pg_get_indexdef(oid)) FROM tables WHERE relkind = 'i'
UNION ALL
SELECT format('trigger %s', pg_get_triggerdef(tr.oid))
    FROM tables t JOIN pg_trigger tr ON tr.tgrelid = t.oid AND NOT tr.tgisinternal
UNION ALL
SELECT format('comment %s %s', relname, obj_description(oid, 'pg_class'))
    FROM tables WHERE obj_description(oid, 'pg_class') IS NOT NULL
UNION ALL
SELECT format('function %s', pg_get_functiondef(p.oid))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1
UNION ALL
SELECT format('type %s', ty.typname)
    FROM pg_type ty JOIN pg_namespace n ON n.oid = ty.typnamespace
    WHERE n.nspname = $1 AND ty.typtype IN ('e', 'd')
ORDER BY line";

/// Equal for schemas that differ in nothing but their name.
pub fn dump(conn: &mut OwnerConn, schema: &str) -> Vec<String> {
    // Definitions leave out the names of schemas that are on the path.
    conn.batch_execute("SET search_path = ''").unwrap();
    let query = diesel::sql_query(QUERY).bind::<Text, _>(schema);
    let lines: Vec<Line> = query.load(conn).unwrap();
    let mut lines: Vec<String> = lines
        .into_iter()
        .map(|row| row.line.replace(schema, "THE_SCHEMA"))
        .collect();
    lines.sort_unstable();
    lines
}
