//! Fields of an answer in the order of the question.
//!
//! The executor resolves siblings at once and writes them down as they finish,
//! so the same question could be answered in a different order each time. The
//! specification, people who read, and snapshots of answers want the order of
//! the document.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

/// The fields of an object of the answer, in order, with those below them.
#[derive(Debug, Default)]
pub struct FieldOrder(Option<IndexMap<Name, Self>>);

impl FieldOrder {
    /// Of no field.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Fields of the object itself.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, IndexMap::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The order below a field, which is added if it is new.
    pub fn below(&mut self, field: &Name) -> &mut Self {
        let fields = self.0.get_or_insert_default();
        fields.entry(field.clone()).or_default()
    }

    /// Puts the fields of `answer` in this order.
    pub fn apply(&self, answer: &mut Value) {
        match answer {
            Value::List(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(fields) => {
                let Some(order) = &self.0 else {
                    return;
                };
                if !is_kept_by(order, fields) {
                    fields.sort_by_cached_key(|name, _| order.get_index_of(name));
                }
                for (name, value) in fields {
                    if let Some(below) = order.get(name) {
                        below.apply(value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether `fields` are in order. Some may be missing: those of fragments on other types,
/// and those left out by directives.
fn is_kept_by(order: &IndexMap<Name, FieldOrder>, fields: &IndexMap<Name, Value>) -> bool {
    let mut wanted = order.keys();
    fields
        .keys()
        .all(|name| wanted.any(|wanted| wanted == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::document::read_order;

    fn ordered(document: &str, answer: &str) -> String {
        let mut answer: Value = serde_json::from_str(answer).unwrap();
        read_order(document).apply(&mut answer);
        serde_json::to_string(&answer).unwrap()
    }

    #[test]
    fn the_document_decides() {
        let answer = ordered(
            "{ a ...F z: b { y x } } fragment F on Query { list { ... on T { two } one } }",
            r#"{"z":{"x":1,"y":2},"list":[{"one":1,"two":2},{"one":3}],"a":0}"#,
        );
        let expected = r#"{"a":0,"list":[{"two":2,"one":1},{"one":3}],"z":{"y":2,"x":1}}"#;
        assert_eq!(answer, expected);
    }

    #[test]
    fn a_field_asked_for_twice_stands_where_it_came_first() {
        let answer = ordered("{ a { x } b a { y } }", r#"{"b":1,"a":{"y":2,"x":1}}"#);
        assert_eq!(answer, r#"{"a":{"x":1,"y":2},"b":1}"#);
    }

    #[test]
    fn json_values_of_scalars_are_left_alone() {
        let answer = ordered("{ a }", r#"{"a":{"y":2,"x":1}}"#);
        assert_eq!(answer, r#"{"a":{"y":2,"x":1}}"#);
    }
}
