//! A migration that is one index, built as the size of the table asks for.
//!
//! A plain build keeps writers out for as long as it takes, a concurrent one
//! waits for the snapshots of all dealers and can not be undone with the rest. So
//! small tables get the one, large tables the other.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::statements::Statement;
use crate::db::engine::has_citus;
use crate::db::owner::OwnerConn;
use crate::tenancy::schema_name::SchemaName;

/// `CREATE INDEX CONCURRENTLY`, the only statement of its migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IndexStep {
    /// Name of the index.
    name: String,
    /// Name of the table.
    table: String,
    /// `UNIQUE ` or nothing.
    unique: &'static str,
    /// Its name, and all that follows.
    rest: String,
}

impl IndexStep {
    /// The index, if that is all that the statements of a migration make.
    pub(super) fn find(statements: &[Statement<'_>]) -> Option<Self> {
        let [statement] = statements else {
            return None;
        };
        let rest = behind(statement.text, "create")?;
        let (unique, rest) = match behind(rest, "unique") {
            Some(rest) => ("UNIQUE ", rest),
            None => ("", rest),
        };
        let rest = behind(behind(rest, "index")?, "concurrently")?;
        let or_not = ["if", "not", "exists"].into_iter().try_fold(rest, behind);
        let rest = or_not.unwrap_or(rest);
        // A word each, since a comment between them would not have passed.
        let words = if or_not.is_some() { 6 } else { 3 };
        let mut words = statement
            .tokens
            .iter()
            .skip(words + usize::from(!unique.is_empty()))
            .map(|token| token.text.as_str())
            .filter(|word| *word != "only");
        let (name, on, table) = (words.next()?, words.next()?, words.next()?);
        (on == "on").then(|| Self {
            name: name.to_owned(),
            table: table.to_owned(),
            unique,
            rest: rest.to_owned(),
        })
    }
}

/// What follows a word at the beginning of `text`.
fn behind<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    let is_word = start.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace);
    is_word.then(|| rest.trim_start())
}

impl IndexStep {
    /// For the dealer's transaction.
    pub(super) fn plain(&self) -> String {
        format!("CREATE {}INDEX {}", self.unique, self.rest)
    }

    /// For a transaction of its own.
    pub(super) fn concurrent(&self) -> String {
        format!("CREATE {}INDEX CONCURRENTLY {}", self.unique, self.rest)
    }

    /// Whether the table, which need not be there, has more than so many rows:
    /// as the planner estimates them, and where nothing is known of them, by the
    /// bytes of short ones.
    pub(super) fn is_large(
        &self,
        conn: &mut OwnerConn,
        schema: &SchemaName,
        rows: i64,
    ) -> QueryResult<bool> {
        #[derive(QueryableByName)]
        struct Size {
            #[diesel(sql_type = BigInt)]
            rows: i64,
        }
        // A coordinator's own file of a table that is elsewhere is empty.
        let bytes = if has_citus(conn)? {
            "CASE WHEN EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = pg_class.oid)
             THEN citus_relation_size(pg_class.oid) ELSE pg_relation_size(pg_class.oid) END"
        } else {
            "pg_relation_size(pg_class.oid)"
        };
        let query = format!(
            "SELECT CASE WHEN relpages > 0 AND reltuples > 0
                 THEN (reltuples / relpages
                       * (bytes / current_setting('block_size')::bigint))::bigint
                 ELSE bytes / 64 END AS rows
             FROM pg_class, LATERAL (SELECT {bytes} AS bytes) AS size
             WHERE pg_class.oid = to_regclass($1)"
        );
        #[expect(clippy::disallowed_methods, reason = "diesel knows no sizes")]
        let size = diesel::sql_query(query)
            .bind::<Text, _>(qualified(schema, &self.table))
            .get_result::<Size>(conn)
            .optional()?;
        Ok(size.is_some_and(|size| size.rows > rows))
    }

    /// Whether the index can be used; none if there is none.
    pub(super) fn is_valid(
        &self,
        conn: &mut OwnerConn,
        schema: &SchemaName,
    ) -> QueryResult<Option<bool>> {
        diesel::table! {
            pg_catalog.pg_index (indexrelid) {
                indexrelid -> Oid,
                indisvalid -> Bool,
            }
        }
        diesel::define_sql_function! { fn to_regclass(name: Text) -> Nullable<Oid>; }
        let index = to_regclass(qualified(schema, &self.name));
        pg_index::table
            .filter(pg_index::indexrelid.nullable().eq(index))
            .select(pg_index::indisvalid)
            .first(conn)
            .optional()
    }

    /// Takes away what a build that was broken off has left.
    pub(super) fn drop_statement(&self, schema: &SchemaName) -> String {
        format!("DROP INDEX {}", qualified(schema, &self.name))
    }
}

fn qualified(schema: &SchemaName, name: &str) -> String {
    format!("{}.\"{}\"", schema.quoted(), name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::statements::statements;
    use super::*;

    fn one(up: &str) -> Option<IndexStep> {
        IndexStep::find(&statements(up))
    }

    #[test]
    fn one_concurrent_index_has_two_forms() {
        let up = "-- Faster.\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i\n  ON ONLY units (lower(name)) WHERE code <> ';';\n";
        let index = one(up).unwrap();
        assert_eq!((index.name.as_str(), index.table.as_str()), ("i", "units"));
        let rest = "i\n  ON ONLY units (lower(name)) WHERE code <> ';'";
        assert_eq!(index.plain(), format!("CREATE UNIQUE INDEX {rest}"));
        assert_eq!(
            index.concurrent(),
            format!("CREATE UNIQUE INDEX CONCURRENTLY {rest}")
        );
        let short = one("create index concurrently i on units (name)");
        assert_eq!(short.unwrap().plain(), "CREATE INDEX i on units (name)");
    }

    #[test]
    fn anything_else_is_no_such_step() {
        for up in [
            "CREATE INDEX i ON units (name)",
            "CREATE INDEX CONCURRENTLY i ON units (name); SELECT 1",
            "CREATE INDEX CONCURRENTLY ON units (name)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX INDEX CONCURRENTLY i",
            "",
        ] {
            assert_eq!(one(up), None, "{up}");
        }
    }
}
