//! What clients rely on stays, or goes after it was announced: docs/api-changes.md.

mod contract;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Days, NaiveDate, Utc};

use self::contract::Contract;

/// Least days between the announcement and the day on which something may go.
const NOTICE: u64 = 180;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What is announced: by place, since when it is deprecated, and from when on it may go.
fn announced() -> BTreeMap<String, [NaiveDate; 2]> {
    let page = read("docs/api-changes.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (place, rest) = row.split_once("` | ").unwrap();
        let mut days = rest.split(" | ").map(|day| day.trim().parse().unwrap());
        let mut day = || days.next().unwrap_or_else(|| panic!("two days in {row}"));
        (place.to_owned(), [day(), day()])
    })
    .collect()
}

/// What breaks without having been announced long enough.
fn breaks(old: &Contract, new: &Contract, today: NaiveDate) -> Vec<String> {
    let announced = announced();
    let may_go = |place: &str| announced.get(place).is_some_and(|days| days[1] <= today);
    let broken = old.broken_by(new).into_iter();
    let broken = broken.filter(|(place, reason)| !(reason == "is gone" && may_go(place)));
    broken
        .map(|(place, reason)| format!("{place} {reason}"))
        .collect()
}

#[test]
fn what_is_deprecated_is_announced_and_the_other_way_round() {
    let (now, announced) = (Contract::of(&read("schema.graphql")), announced());
    for place in &now.deprecated {
        assert!(
            announced.contains_key(place),
            "{place} is deprecated: announce it in docs/api-changes.md"
        );
    }
    for (place, [since, until]) in &announced {
        let notice = since.checked_add_days(Days::new(NOTICE)).unwrap();
        assert!(
            *until >= notice,
            "{place} goes after {NOTICE} days at least"
        );
        assert!(
            now.deprecated.contains(place) || !now.has(place),
            "{place} is announced, and not deprecated in the schema"
        );
        let is_early = Utc::now().date_naive() < *until && !now.has(place);
        assert!(!is_early, "{place} has gone before {until}");
    }
}

/// `TUBEX_SCHEMA_BASE` names the schema of the last release; .ci/run takes it from the tag.
#[test]
fn nothing_has_broken_since_the_last_release() {
    let Ok(base) = std::env::var("TUBEX_SCHEMA_BASE") else {
        return;
    };
    let old = Contract::of(&std::fs::read_to_string(base).unwrap());
    let new = Contract::of(&read("schema.graphql"));
    let broken = breaks(&old, &new, Utc::now().date_naive());
    assert!(broken.is_empty(), "breaks clients: {broken:#?}");
}

const OLD: &str = "
    type Query { product(sku: String, first: Int! = 5): Product  all: [Product!]!  gone: Int }
    type Product implements Node { id: ID!  name: String!  note: String }
    interface Node { id: ID! }
    enum Kind { STOCK SERVICE }
    union Found = Product | Query
    input Where { sku: String  kind: Kind! }
    scalar Decimal";

fn broken(replace: &str, with: &str) -> Vec<String> {
    assert!(OLD.contains(replace), "{replace}");
    let new = Contract::of(&OLD.replacen(replace, with, 1));
    let broken = Contract::of(OLD).broken_by(&new);
    broken.into_keys().collect()
}

#[test]
fn what_clients_do_not_notice_breaks_nothing() {
    for (replace, with) in [
        ("note: String", "note: String!"),
        ("kind: Kind!", "kind: Kind"),
        ("kind: Kind!", "kind: Kind! = STOCK"),
        ("sku: String, ", "sku: String, name: String, "),
        ("sku: String  ", "sku: String  size: Int! = 1 "),
        ("gone: Int", "gone: Int  more(size: Int!): Int"),
        ("STOCK SERVICE", "STOCK SERVICE DEPOSIT"),
        ("Product | Query", "Product | Query | Other"),
        ("scalar Decimal", "scalar Decimal scalar Other"),
    ] {
        assert_eq!(broken(replace, with), [""; 0], "{with}");
    }
}

#[test]
fn what_clients_notice_is_told_by_its_place() {
    for (replace, with, place) in [
        ("gone: Int", "", "Query.gone"),
        ("name: String!", "name: String", "Product.name"),
        ("name: String!", "name: Int!", "Product.name"),
        ("[Product!]!", "[Product]!", "Query.all"),
        ("[Product!]!", "Product!", "Query.all"),
        ("sku: String, ", "", "Query.product(sku)"),
        ("sku: String, ", "sku: String!, ", "Query.product(sku)"),
        (
            "sku: String, ",
            "sku: String, name: String!, ",
            "Query.product(name)",
        ),
        ("Int! = 5", "Int!", "Query.product(first)"),
        ("sku: String  ", "sku: String  size: Int! ", "Where.size"),
        ("sku: String  ", "sku: Int  ", "Where.sku"),
        (" SERVICE", "", "Kind.SERVICE"),
        (" | Query", "", "Found = Query"),
        (" implements Node", "", "Product implements Node"),
        ("scalar Decimal", "", "Decimal"),
        ("scalar Decimal", "enum Decimal { ONE }", "Decimal"),
        (
            "type Product implements Node { id: ID!  name: String!  note: String }",
            "",
            "Product",
        ),
    ] {
        assert_eq!(broken(replace, with), [place], "{with}");
    }
}
