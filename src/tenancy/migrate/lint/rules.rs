//! The rules that look at one statement.

use super::super::statements::{Statement, Token};

/// What is refused, and what to do instead.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) advice: &'static str,
    /// The line at fault.
    pub(super) finds: fn(&Statement<'_>) -> Option<usize>,
}

/// A rule with an exception that no comment has to ask for.
pub(super) const CONCURRENTLY: &str = "concurrently";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "add-column-default",
        advice: "a column added with a default or a generated value has PostgreSQL look through \
                 all indexes of all dealers, for each of them; ADD COLUMN without, then ALTER \
                 COLUMN … SET DEFAULT, UPDATE, ALTER COLUMN … SET NOT NULL",
        finds: |s| added_columns(s, has_default),
    },
    Rule {
        name: "add-column-not-null",
        advice: "it fails wherever there are rows; ADD COLUMN without, UPDATE, then ALTER COLUMN … \
                 SET NOT NULL",
        finds: |s| added_columns(s, |column| is_not_null(column) && !has_default(column)),
    },
    Rule {
        name: "alter-column-type",
        advice: "the table is rewritten under a lock, and yesterday's program can not read it; add \
                 a column of the new type, write both, fill it, drop the old one a release later",
        finds: altered_type,
    },
    Rule {
        name: "grant",
        advice: "default privileges of the schema give the dealer's role its tables; GRANT … ON \
                 ALL TABLES looks through the tables of all dealers; leave it out",
        finds: |s| {
            let starts: [&[&str]; 3] = [&["grant"], &["revoke"], &["alter", "default"]];
            starts.iter().find_map(|start| s.begins(start))
        },
    },
    Rule {
        name: "catalogue",
        advice: "the catalogs hold the tables of all dealers, and a look takes long; name the \
                 tables, which are the same everywhere",
        finds: |s| s.line_of_any(CATALOGUE),
    },
    Rule {
        name: "schema-name",
        advice: "a migration runs in each dealer's schema, on whose path it stands; write the bare \
                 name, and set no path",
        finds: schema_name,
    },
    Rule {
        name: "trigger",
        advice: "nobody sees triggers and rules in the program, and each has to work where schemas are \
                 spread over servers; do it in the service that writes the table. That of the audit \
                 log is attached to every table by itself",
        finds: |s| created(s, &["trigger", "rule"]),
    },
    Rule {
        name: "own-type",
        advice: "a type in each schema has another number in each, which drivers remember; use \
                 text with a CHECK (in Rust: `text_enum!`)",
        finds: |s| created(s, &["type", "domain"]),
    },
    Rule {
        name: "extension",
        advice: "extensions are made once, by the control set, in `public`",
        finds: |s| created(s, &["extension"]),
    },
    Rule {
        name: "sequence",
        advice: "a sequence needs grants of its own, and its values differ where schemas are spread \
                 over servers; ids are UUIDs that the program makes",
        finds: |s| {
            s.line_of_any(&["serial", "bigserial", "smallserial"])
                .or_else(|| s.line_of(&["as", "identity"]))
                .or_else(|| created(s, &["sequence"]))
        },
    },
    Rule {
        name: "partition",
        advice: "to make a partition, PostgreSQL looks through the constraints of all dealers; make \
                 tables beside each other, and a view",
        finds: |s| {
            s.line_of(&["partition", "of"])
                .or_else(|| s.line_of(&["partition", "by"]))
                .or_else(|| s.line_of(&["attach", "partition"]))
        },
    },
    Rule {
        name: "primary-key",
        advice: "a table without a primary key can not be moved while it is in use; give it one",
        finds: |s| {
            let line = s.begins(&["create", "table"])?;
            s.line_of(&["primary", "key"]).is_none().then_some(line)
        },
    },
    Rule {
        name: CONCURRENTLY,
        advice: "it can not run in the dealer's transaction, and waits for the queries of all other \
                 dealers; write a plain index, or if tables may be large, CREATE INDEX \
                 CONCURRENTLY in a migration of its own, with a metadata.toml that says \
                 `run_in_transaction = false`",
        finds: |s| s.line_of_any(&["concurrently"]),
    },
    Rule {
        name: "transaction",
        advice: "all of a dealer's migrations are one transaction, which the runner begins and ends",
        finds: |s| {
            let words = [
                "begin",
                "start",
                "commit",
                "rollback",
                "end",
                "savepoint",
                "vacuum",
            ];
            words.iter().find_map(|word| s.begins(&[word]))
        },
    },
    Rule {
        name: "code",
        advice: "what a block or function does can not be checked here, nor moved between \
                 servers; write plain statements",
        finds: |s| {
            s.begins(&["do"])
                .or_else(|| created(s, &["function", "procedure"]))
        },
    },
];

const CATALOGUE: &[&str] = &[
    "information_schema",
    "relnamespace",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_depend",
    "pg_index",
    "pg_indexes",
    "pg_namespace",
    "pg_proc",
    "pg_tables",
    "pg_type",
];

/// What is added to a table and is no column.
pub(super) const CONSTRAINTS: &[&str] = &[
    "constraint",
    "primary",
    "unique",
    "foreign",
    "check",
    "exclude",
];

/// Words in front of a table's name.
const BEFORE_TABLE: &[&str] = &[
    "table",
    "references",
    "into",
    "update",
    "from",
    "join",
    "only",
    "exists",
    "index",
    "view",
];

/// The line of an added column that `is_wrong`.
fn added_columns(statement: &Statement<'_>, is_wrong: fn(&[Token]) -> bool) -> Option<usize> {
    statement.begins(&["alter", "table"])?;
    statement.actions().into_iter().find_map(|action| {
        let add = action.iter().position(|token| token.text == "add")?;
        let column = action.get(add + 1..)?;
        let first = column.first()?;
        let is_column = !CONSTRAINTS.contains(&first.text.as_str());
        (is_column && is_wrong(column)).then_some(first.line)
    })
}

fn has_default(column: &[Token]) -> bool {
    let mut tokens = column.iter();
    tokens.any(|token| matches!(token.text.as_str(), "default" | "generated"))
}

fn is_not_null(column: &[Token]) -> bool {
    let mut pairs = column.windows(2);
    pairs.any(|pair| matches!(pair, [not, null] if not.text == "not" && null.text == "null"))
}

fn altered_type(statement: &Statement<'_>) -> Option<usize> {
    statement.begins(&["alter", "table"])?;
    statement.actions().into_iter().find_map(|action| {
        let found = action.windows(3).find(|window| {
            let [before, name, word] = window else {
                return false;
            };
            let behind_column =
                matches!(before.text.as_str(), "alter" | "column") && name.text != "column";
            let behind_set = before.text == "set" && name.text == "data";
            word.text == "type" && (behind_column || behind_set)
        })?;
        // ADD COLUMN x type: `type` is the name of a type there.
        let adds = action.iter().any(|token| token.text == "add");
        let line = found.last().map(|token| token.line);
        if adds { None } else { line }
    })
}

/// The line of CREATE or ALTER of one of these kinds.
fn created(statement: &Statement<'_>, kinds: &[&str]) -> Option<usize> {
    let first = statement.tokens.first()?;
    if !matches!(first.text.as_str(), "create" | "alter") {
        return None;
    }
    let adverbs = ["or", "replace", "constraint", "event", "temporary", "temp"];
    let mut words = statement.tokens.iter().skip(1);
    let kind = words.find(|token| !adverbs.contains(&token.text.as_str()))?;
    kinds.contains(&kind.text.as_str()).then_some(first.line)
}

fn schema_name(statement: &Statement<'_>) -> Option<usize> {
    let tokens = &statement.tokens;
    let is_index = statement.line_of(&["index"]).is_some();
    let qualified = tokens.windows(3).find_map(|window| {
        let [before, name, dot] = window else {
            return None;
        };
        let is_place = BEFORE_TABLE.contains(&before.text.as_str())
            || (is_index && before.text == "on")
            || matches!(name.text.as_str(), "public" | "platform" | "pg_catalog");
        (is_place && dot.text == ".").then_some(name.line)
    });
    // One dot is a column of a table, two are a column of a schema's table.
    let twice = tokens.windows(4).find_map(|window| {
        let [a, first, _, second] = window else {
            return None;
        };
        (first.text == "." && second.text == ".").then_some(a.line)
    });
    qualified
        .or(twice)
        .or_else(|| statement.line_of_any(&["search_path", "set_config"]))
        .or_else(|| statement.line_of(&["set", "schema"]))
        .or_else(|| created(statement, &["schema"]))
}
