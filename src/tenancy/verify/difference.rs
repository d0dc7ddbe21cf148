//! Two schemas compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::catalogue::Fact;

/// Most differences that are kept of one schema.
const MOST: usize = 200;

/// Aspects whose values say what they are about.
const PLAIN: &[&str] = &[
    "type",
    "nullability",
    "default",
    "generated",
    "identity",
    "definition",
    "presence",
];

/// One thing that is not as the migrations make it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Of what kind it is: `column`, `index`, …
    pub kind: String,
    /// Which one, as in `products.list_price`.
    pub name: String,
    /// Which of its properties; none if it is missing, or there and should not be.
    pub aspect: Option<String>,
    /// What it is; none if it is missing.
    pub found: Option<String>,
    /// What it should be; none if it should not be there.
    pub wanted: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = Subject(self);
        let Some(aspect) = &self.aspect else {
            let verdict = match self.found {
                None => "is missing",
                Some(_) => "should not be there",
            };
            return write!(f, "{subject} {verdict}");
        };
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let (found, wanted) = (or_none(&self.found), or_none(&self.wanted));
        if PLAIN.contains(&aspect.as_str()) {
            write!(f, "{subject}: {found}, should be {wanted}")
        } else {
            write!(f, "{subject}: {aspect}: {found}, should be {wanted}")
        }
    }
}

/// A column with a wrong type is called by its name alone, all others with
/// what they are.
struct Subject<'a>(&'a Difference);

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { kind, name, .. } = self.0;
        let is_named_so = kind == name || kind == "object";
        if is_named_so || (kind == "column" && self.0.aspect.is_some()) {
            write!(f, "{name}")
        } else {
            write!(f, "{kind} {name}")
        }
    }
}

/// Everything with its properties, in the order of a report.
type Things<'a> = BTreeMap<(&'a str, &'a str), Thing<'a>>;

#[derive(Default)]
struct Thing<'a> {
    parent: Option<&'a str>,
    aspects: BTreeMap<&'a str, &'a str>,
}

/// What `found` has otherwise than `wanted`; of a table that is missing, or that
/// should not be there, nothing further is said.
pub(super) fn differences(wanted: &[Fact], found: &[Fact]) -> Vec<Difference> {
    let (wanted, found) = (things(wanted), things(found));
    if !found.contains_key(&("schema", "schema")) {
        return vec![absent("schema", "schema", None)];
    }
    let mut all = Vec::new();
    let keys: BTreeSet<_> = wanted.keys().chain(found.keys()).copied().collect();
    for (kind, name) in keys {
        match (wanted.get(&(kind, name)), found.get(&(kind, name))) {
            (Some(wanted), Some(found)) => compare((kind, name), wanted, found, &mut all),
            (Some(thing), None) if is_there(&found, thing) => all.push(absent(kind, name, None)),
            (None, Some(thing)) if is_there(&wanted, thing) => {
                all.push(absent(kind, name, Some(thing)));
            }
            _ => {}
        }
    }
    all.truncate(MOST);
    all
}

fn things(facts: &[Fact]) -> Things<'_> {
    let mut things = Things::new();
    for fact in facts {
        let thing = things.entry((&fact.kind, &fact.name)).or_default();
        thing.parent = fact.parent.as_deref();
        thing.aspects.insert(&fact.aspect, &fact.value);
    }
    things
}

/// Whether there is the table to which a thing belongs.
fn is_there(things: &Things<'_>, thing: &Thing<'_>) -> bool {
    let is_known = |parent| things.contains_key(&("relation", parent));
    thing.parent.is_none_or(is_known)
}

/// Something that is missing, or `extra` and should not be there.
fn absent(kind: &str, name: &str, extra: Option<&Thing<'_>>) -> Difference {
    let told = extra.map(|thing| {
        let aspects = ["definition", "kind", "type", "presence"];
        let value = aspects.iter().find_map(|aspect| thing.aspects.get(aspect));
        value.copied().unwrap_or("there").to_owned()
    });
    // A view where nothing should be is no table.
    let relation = extra.and_then(|thing| thing.aspects.get("kind")).copied();
    Difference {
        kind: relation.unwrap_or_else(|| shown(kind)).to_owned(),
        name: name.to_owned(),
        aspect: None,
        found: told,
        wanted: None,
    }
}

fn compare(
    (kind, name): (&str, &str),
    wanted: &Thing<'_>,
    found: &Thing<'_>,
    all: &mut Vec<Difference>,
) {
    let aspects: BTreeSet<_> = wanted.aspects.keys().chain(found.aspects.keys()).collect();
    for aspect in aspects {
        let (wanted, found) = (wanted.aspects.get(aspect), found.aspects.get(aspect));
        if wanted != found {
            all.push(Difference {
                kind: shown(kind).to_owned(),
                name: name.to_owned(),
                aspect: Some((*aspect).to_owned()),
                found: found.map(ToString::to_string),
                wanted: wanted.map(ToString::to_string),
            });
        }
    }
}

/// Nearly all relations are tables; the aspect `kind` says which one is not.
fn shown(kind: &str) -> &str {
    if kind == "relation" { "table" } else { kind }
}
