//! What the linter refuses, and what it lets pass.

use super::super::set::Step;
use super::*;

/// The rules that refuse `up`, with their lines.
fn refused(up: &str) -> Vec<(usize, &'static str)> {
    let name = "2026-01-01-000001_test".to_owned();
    let step = Step::new("20260101000001".to_owned(), name, up.to_owned(), None);
    let set = MigrationSet::new(vec![step]).unwrap();
    let refusals = lint(&set, "migrations/tenant");
    refusals
        .into_iter()
        .map(|refusal| (refusal.line, refusal.rule))
        .collect()
}

#[test]
fn the_migrations_of_this_program_will_do() {
    let refusals = lint(MigrationSet::tenant().unwrap(), "migrations/tenant");
    let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn each_rule_refuses_what_it_is_for() {
    for (sql, rule) in [
        (
            "ALTER TABLE units ADD COLUMN a text DEFAULT 'x'",
            "add-column-default",
        ),
        (
            "ALTER TABLE units ADD a text, ADD b int DEFAULT 1",
            "add-column-default",
        ),
        (
            "ALTER TABLE units ADD COLUMN a timestamptz DEFAULT now() NOT NULL",
            "add-column-default",
        ),
        (
            "ALTER TABLE units ADD COLUMN a text GENERATED ALWAYS AS (code) STORED",
            "add-column-default",
        ),
        (
            "ALTER TABLE units ADD COLUMN a text NOT NULL",
            "add-column-not-null",
        ),
        (
            "ALTER TABLE units ALTER COLUMN scale TYPE bigint",
            "alter-column-type",
        ),
        (
            "ALTER TABLE units ALTER scale SET DATA TYPE bigint",
            "alter-column-type",
        ),
        (
            "ALTER TABLE a ATTACH PARTITION a_0 FOR VALUES IN (0)",
            "partition",
        ),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA x TO y", "grant"),
        ("REVOKE ALL ON units FROM x", "grant"),
        (
            "DELETE FROM units WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = 1)",
            "catalogue",
        ),
        ("CREATE TABLE public.a (id uuid PRIMARY KEY)", "schema-name"),
        (
            "CREATE TABLE a (id uuid PRIMARY KEY REFERENCES platform.dealers)",
            "schema-name",
        ),
        ("INSERT INTO other.units SELECT 1", "schema-name"),
        ("CREATE INDEX i ON other.units (name)", "schema-name"),
        ("COMMENT ON COLUMN other.units.name IS 'x'", "schema-name"),
        ("SET search_path TO x", "schema-name"),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON units EXECUTE FUNCTION f()",
            "trigger",
        ),
        (
            "CREATE OR REPLACE RULE r AS ON INSERT TO units DO NOTHING",
            "trigger",
        ),
        ("CREATE TYPE colour AS ENUM ('red')", "own-type"),
        ("CREATE DOMAIN code AS text", "own-type"),
        ("CREATE EXTENSION pg_trgm", "extension"),
        ("CREATE TABLE a (id bigserial PRIMARY KEY)", "sequence"),
        (
            "CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
            "sequence",
        ),
        ("CREATE TABLE a (id uuid)", "primary-key"),
        (
            "CREATE INDEX CONCURRENTLY i ON units (name); SELECT 1",
            "concurrently",
        ),
        ("REINDEX TABLE CONCURRENTLY units", "concurrently"),
        ("COMMIT", "transaction"),
        ("DO $$ BEGIN CREATE TYPE x AS ENUM (); END $$", "code"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $f$ SELECT 1; $f$",
            "code",
        ),
    ] {
        assert_eq!(refused(sql), [(1, rule)], "{sql}");
    }
}

#[test]
fn what_can_not_be_spread_is_refused() {
    for (sql, rule) in [
        (
            "ALTER TABLE units ADD COLUMN a text CHECK (a <> '')",
            "spread-constraint",
        ),
        (
            "ALTER TABLE units DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (scale > 0)",
            "spread-constraint",
        ),
        (
            "ALTER TABLE units ALTER name SET STORAGE EXTERNAL",
            "spread-alter",
        ),
        (
            "ALTER TABLE units ALTER name SET STATISTICS 9",
            "spread-alter",
        ),
        ("ALTER TABLE units CLUSTER ON units_pkey", "spread-alter"),
        (
            "ALTER TABLE units ALTER name DROP EXPRESSION",
            "spread-alter",
        ),
        ("ALTER TABLE units RENAME CONSTRAINT a TO b", "spread-alter"),
        (
            "ALTER TABLE units ALTER CONSTRAINT a DEFERRABLE",
            "spread-alter",
        ),
        ("ALTER TABLE units DISABLE TRIGGER ALL", "spread-alter"),
        ("ALTER TABLE units INHERIT jobs", "spread-alter"),
        (
            "CREATE TABLE a (PRIMARY KEY (id)) INHERITS (units)",
            "spread-table",
        ),
        ("CREATE TEMP TABLE a (id uuid PRIMARY KEY)", "spread-table"),
        ("CREATE TABLE a OF units (PRIMARY KEY (id))", "spread-table"),
        (
            "CREATE POLICY a ON jobs USING (customer_id = (SELECT id FROM customers LIMIT 1))",
            "spread-policy",
        ),
        (
            "CREATE POLICY a ON jobs USING (customer_id IS NULL)",
            "spread-null",
        ),
    ] {
        assert_eq!(refused(sql), [(1, rule)], "{sql}");
    }
    for sql in [
        "ALTER TABLE units ADD CONSTRAINT c CHECK (name <> ''); ALTER TABLE units DROP CONSTRAINT c",
        "ALTER TABLE units ADD COLUMN a text, ADD COLUMN b text",
        "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON jobs USING (status = 'ACTIVE')",
        "ALTER TABLE units ADD COLUMN a uuid REFERENCES categories (id)",
    ] {
        assert_eq!(refused(sql), [], "{sql}");
    }
}

#[test]
fn the_cheap_forms_will_do() {
    for sql in [
        "ALTER TABLE units ADD COLUMN a text",
        "ALTER TABLE units ADD COLUMN IF NOT EXISTS a text NULL",
        "ALTER TABLE units ADD COLUMN a text; ALTER TABLE units ALTER COLUMN a SET DEFAULT 'x';
         UPDATE units SET a = 'x'; ALTER TABLE units ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE units ADD CONSTRAINT c CHECK (name IS NOT NULL) NOT VALID",
        "CREATE TABLE a (id uuid PRIMARY KEY, kind text NOT NULL DEFAULT 'X' CHECK (kind IN ('X')))",
        "ALTER TABLE units DROP COLUMN a",
        "UPDATE units SET name = c.name FROM categories c JOIN products p ON p.id = c.id",
        "COMMENT ON COLUMN units.name IS 'GRANT; CREATE TYPE public.x'",
        "INSERT INTO units (name) VALUES ('it''s a trigger; DO')",
        "CREATE INDEX i ON units (lower(name))",
        "CREATE INDEX CONCURRENTLY i ON units (lower(name))",
    ] {
        assert_eq!(refused(sql), [], "{sql}");
    }
}

#[test]
fn the_line_is_that_of_the_fault() {
    let sql = "-- A comment; with DEFAULT.\nALTER TABLE units\n  ADD COLUMN a text,\n  ADD COLUMN b text DEFAULT 'x';\n\nCREATE TYPE x AS ENUM ();";
    assert_eq!(refused(sql), [(4, "add-column-default"), (6, "own-type")]);
}

#[test]
fn an_index_that_another_one_covers_is_needless() {
    let table = "CREATE TABLE a (id uuid PRIMARY KEY, b text, c text, UNIQUE (b, c));\n";
    for (index, is_needless) in [
        ("CREATE INDEX i ON a (b)", true),
        ("CREATE INDEX i ON a (id)", true),
        ("CREATE INDEX i ON a (c)", false),
        ("CREATE INDEX i ON a (b) WHERE c IS NULL", false),
        ("CREATE INDEX i ON a (c, b); CREATE INDEX j ON a (c)", true),
        ("CREATE INDEX i ON other (b)", false),
    ] {
        let found = refused(&format!("{table}{index}"));
        let wanted: &[_] = if is_needless {
            &[(2, indexes::RULE)]
        } else {
            &[]
        };
        assert_eq!(found, wanted, "{index}");
    }
}

#[test]
fn an_exception_has_a_reason_and_a_use() {
    let fault = "ALTER TABLE units ADD COLUMN a text DEFAULT 'x'";
    let with = |comment: &str| refused(&format!("-- {comment}\n{fault}"));
    assert_eq!(
        with("lint: allow add-column-default: a dozen dealers, on version 18"),
        []
    );
    assert_eq!(with("lint: allow add-column-default"), [(1, "exception")]);
    assert_eq!(
        with("lint: allow grant: of no use at all here"),
        [(2, "add-column-default"), (1, "exception")]
    );
}
