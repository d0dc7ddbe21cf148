//! Values of a line, and texts that a spreadsheet would take for formulas.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a spreadsheet begins a formula with, or skips before one.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A value that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number, exactly; nobody takes it for a formula.
    Number(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text, if there is one.
    pub fn optional(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }

    /// As it stands in CSV.
    pub(super) fn csv(&self) -> String {
        match self {
            Self::Text(text) => guarded(text),
            Self::Number(text) => text.clone(),
            Self::Empty => String::new(),
        }
    }

    /// As it stands in JSON. Numbers are texts, as in the API.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Text(text) | Self::Number(text) => Value::String(text.clone()),
            Self::Empty => Value::Null,
        }
    }
}

/// The values of a line that was read, by column. An empty one clears what can be empty;
/// one that is absent says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(BTreeMap<String, String>);

impl Cells {
    /// Of a line of CSV under these names.
    pub(super) fn of_csv<'a>(
        names: impl Iterator<Item = &'a str>,
        values: impl Iterator<Item = &'a str>,
    ) -> Self {
        let pairs = names.zip(values);
        let cell = |(name, value): (&str, &str)| (name.to_owned(), unguarded(value).to_owned());
        Self(pairs.map(cell).collect())
    }

    /// Of an object of JSON; or which of its values is no cell.
    pub(super) fn of_json(object: Map<String, Value>) -> Result<Self, String> {
        let mut cells = BTreeMap::new();
        for (name, value) in object {
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Array(_) | Value::Object(_) => return Err(name),
            };
            cells.insert(name, text);
        }
        Ok(Self(cells))
    }

    /// The value of a column, trimmed; empty if it is there and empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim())
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// With a `'` in front if it, or what follows some `'`, begins as a formula: so that each
/// text is written in one way and read back from it.
fn guarded(text: &str) -> String {
    if text.trim_start_matches('\'').starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text that was guarded.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_every_text_reads_back() {
        for text in [
            "=1+1", "+84", "-5", "@sum", "\t=1", "'=1", "''=1", "'", "'a", "", "a=1",
        ] {
            let written = guarded(text);
            assert_eq!(unguarded(&written), text);
            assert!(!written.starts_with(FORMULA), "{written:?}");
        }
        assert_eq!(guarded("Sand"), "Sand");
        assert_eq!(Cell::Number("-5".to_owned()).csv(), "-5");
    }

    #[test]
    fn what_is_no_value_is_named() {
        let object = serde_json::json!({ "a": 1.50, "b": null, "c": true, "d": "x" });
        let Value::Object(mut object) = object else {
            panic!("an object");
        };
        let cells = Cells::of_json(object.clone()).unwrap();
        assert_eq!(cells.get("a"), Some("1.5"));
        assert_eq!(cells.get("b"), Some(""));
        assert_eq!(cells.get("e"), None);
        object.insert("list".to_owned(), Value::Array(Vec::new()));
        assert_eq!(Cells::of_json(object), Err("list".to_owned()));
    }
}
