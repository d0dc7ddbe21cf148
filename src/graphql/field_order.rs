//! Fields of an answer in the order of the question.
//!
//! The executor resolves siblings at once and writes them down as they finish,
//! so the same question could be answered in a different order each time. The
//! specification, people who read, and snapshots of answers want the order of
//! the document.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use async_graphql::{Name, Value};

/// Fields an operation may have with its fragments written out.
pub const MAX_FIELDS: usize = 20_000;

/// Levels of selection sets, fragments among them; the executor allows fewer.
const MAX_DEPTH: usize = 64;

/// The fields of an object of the answer, in order, with those below them.
#[derive(Debug, Default)]
pub struct FieldOrder(IndexMap<Name, Self>);

impl FieldOrder {
    /// The order of one operation of a document. None if it is too large to be
    /// run: fragments that spread fragments multiply, and the executor would write
    /// all of them out before it counts.
    pub fn of(document: &ExecutableDocument, operation: Option<&str>) -> Option<Self> {
        let operation = match (&document.operations, operation) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
            (DocumentOperations::Multiple(_), None) => None,
        };
        // The executor says what is wrong with the name.
        let Some(operation) = operation else {
            return Some(Self::default());
        };
        let mut reader = Reader {
            document,
            fields_left: MAX_FIELDS,
        };
        let mut order = Self::default();
        reader.read(&operation.node.selection_set.node, &mut order, 0)?;
        Some(order)
    }

    /// Puts the fields of `answer` in this order.
    pub fn apply(&self, answer: &mut Value) {
        match answer {
            Value::List(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(fields) if !self.0.is_empty() => {
                if !self.is_kept_by(fields) {
                    fields.sort_by_cached_key(|name, _| self.0.get_index_of(name));
                }
                for (name, value) in fields {
                    if let Some(below) = self.0.get(name) {
                        below.apply(value);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether `fields` are in order. Some may be missing: those of fragments
    /// on other types, and those left out by directives.
    fn is_kept_by(&self, fields: &IndexMap<Name, Value>) -> bool {
        let mut wanted = self.0.keys();
        fields
            .keys()
            .all(|name| wanted.any(|wanted| wanted == name))
    }
}

/// Reads documents that nobody has checked yet: fragments may multiply, or
/// spread themselves.
struct Reader<'a> {
    document: &'a ExecutableDocument,
    fields_left: usize,
}

impl Reader<'_> {
    /// Adds a selection set to `order`; several may stand for the same object.
    fn read(&mut self, set: &SelectionSet, order: &mut FieldOrder, depth: usize) -> Option<()> {
        let deeper = (depth < MAX_DEPTH).then(|| depth.saturating_add(1))?;
        for selection in &set.items {
            self.fields_left = self.fields_left.checked_sub(1)?;
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.clone();
                    let below = order.0.entry(key).or_default();
                    self.read(&field.node.selection_set.node, below, deeper)?;
                }
                Selection::InlineFragment(fragment) => {
                    self.read(&fragment.node.selection_set.node, order, deeper)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    // One that is not there is for the executor to name.
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.read(&fragment.node.selection_set.node, order, deeper)?;
                    }
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(document: &str, answer: &str) -> String {
        let document = async_graphql::parser::parse_query(document).unwrap();
        let mut answer: Value = serde_json::from_str(answer).unwrap();
        FieldOrder::of(&document, None).unwrap().apply(&mut answer);
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

    #[test]
    fn fragments_that_multiply_are_given_up() {
        use std::fmt::Write;
        let mut document = "{ ...F0 }".to_owned();
        for level in 0..30 {
            let next = level + 1;
            write!(
                document,
                " fragment F{level} on Q {{ ...F{next} ...F{next} }}"
            )
            .unwrap();
        }
        document.push_str(" fragment F30 on Q { a }");
        let document = async_graphql::parser::parse_query(document).unwrap();
        assert!(FieldOrder::of(&document, None).is_none());
    }

    #[test]
    fn fragments_that_spread_themselves_are_given_up() {
        let document = "{ ...F } fragment F on Q { a { ...F } }";
        let document = async_graphql::parser::parse_query(document).unwrap();
        assert!(FieldOrder::of(&document, None).is_none());
    }
}
