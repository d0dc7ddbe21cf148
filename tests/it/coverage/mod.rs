//! Every root field has a test that asks for it through GraphQL.
//!
//! Which fields there are is asked of the schema that is served. What tests ask for is read
//! from their texts: a field counts where a string is a GraphQL document with it at its root,
//! or where it is handed by its name to a helper that makes such a document. Comments and the
//! names of functions do not count. The tables that hold all operations against rights and
//! other dealers do not, either, since these send what finds nothing.

mod literals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection};

use self::literals::{Literal, literals};
use crate::support::Server;

/// Files and folders of tests that ask for everything, whatever it is.
const SWEEPS: &[&str] = &[
    "coverage",
    "isolation",
    "permissions/fields.rs",
    "permissions/matrix.rs",
    "permissions/operations.rs",
    "permissions/portal.rs",
    "permissions/table.rs",
];

const ROOTS: &str = "{ __schema { queryType { fields { name } } mutationType { fields { name } }
    subscriptionType { fields { name } } } }";

async fn root_fields() -> BTreeSet<String> {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = dealer.client.get(ROOTS).await["__schema"].clone();
    let mut names = BTreeSet::new();
    for root in ["queryType", "mutationType", "subscriptionType"] {
        let fields = schema[root]["fields"].as_array().unwrap().iter();
        names.extend(fields.map(|field| field["name"].as_str().unwrap().to_owned()));
    }
    names
}

/// The files of tests, those aside that ask for everything.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            if SWEEPS.contains(&name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The root fields that a string asks for.
fn asked(literal: &Literal) -> BTreeSet<String> {
    let text = &literal.text;
    let document = parse_query(text).or_else(|_| parse_query(filled(text)));
    document
        .map(|document| roots(&document))
        .unwrap_or_default()
}

fn roots(document: &ExecutableDocument) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, operation) in document.operations.iter() {
        for selection in &operation.node.selection_set.node.items {
            if let Selection::Field(field) = &selection.node {
                names.insert(field.node.name.node.to_string());
            }
        }
    }
    names
}

/// What `format!` makes of a text whose places are all filled with the same word.
fn filled(text: &str) -> String {
    let mut filled = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '{' | '}' if rest.peek() == Some(&letter) => {
                rest.next();
                filled.push(letter);
            }
            '{' => {
                rest.by_ref().find(|letter| *letter == '}');
                filled.push('x');
            }
            _ => filled.push(letter),
        }
    }
    filled
}

/// What of these fields the tests ask for.
fn covered(fields: &BTreeSet<String>, source: &str) -> BTreeSet<String> {
    let mut covered = BTreeSet::new();
    for literal in literals(source) {
        if literal.is_handed_over && fields.contains(&literal.text) {
            covered.insert(literal.text);
        } else {
            covered.extend(asked(&literal));
        }
    }
    covered
}

#[tokio::test]
async fn every_root_field_is_asked_for_by_a_test() {
    let fields = root_fields().await;
    assert!(fields.len() > 150, "{}", fields.len());
    let mut all = BTreeSet::new();
    for file in files() {
        all.extend(covered(&fields, &std::fs::read_to_string(file).unwrap()));
    }
    let missing: Vec<_> = fields.difference(&all).collect();
    assert!(missing.is_empty(), "no test asks for {missing:?}");
}

/// This very test fails where there is no more than a comment, a name or a table of names.
#[test]
fn only_what_is_asked_for_counts() {
    let fields: BTreeSet<String> = ["orderCreate", "orders"].map(str::to_owned).into();
    for (source, told) in [
        (
            "// { orders { id } }\n/* \"orders\" */ fn orders() {}",
            &[][..],
        ),
        ("let text = \"orders\";", &[]),
        (
            "match name { \"orders\" => 1, \"a\" | \"orders\" => 2 }",
            &[],
        ),
        ("\"{ order { orders } }\"", &[]),
        ("let text = \"all orders of { a }\";", &[]),
        ("get(\"{ first: orders(first: 1) { id } }\")", &["orders"]),
        ("get(r#\"{ orders(code: \"a\") { id } }\"#)", &["orders"]),
        (
            "format!(\"mutation {{ orderCreate(input: {{ code: \\\"{code}\\\" }}) {{ {rest} }} }}\")",
            &["orderCreate"],
        ),
        ("step(&dealer, \"orderCreate\", input)", &["orderCreate"]),
        ("'\"'; step(\"orderCreate\")", &["orderCreate"]),
    ] {
        let found = covered(&fields, source);
        let found: Vec<_> = found.intersection(&fields).map(String::as_str).collect();
        assert_eq!(found, told, "{source}");
    }
}
