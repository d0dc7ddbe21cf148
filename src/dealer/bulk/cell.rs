//! Values of a line, and texts that a spreadsheet would take for formulas.

use std::collections::BTreeMap;

use serde_json::Value;

use super::object::{self, Pairs};

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
    /// Of a line of CSV under these names; or what is wrong with it.
    pub(super) fn of_csv<'a>(
        names: impl Iterator<Item = &'a str>,
        values: impl Iterator<Item = &'a str>,
    ) -> Result<Self, String> {
        let mut cells = Self::default();
        for (name, value) in names.zip(values) {
            cells.put(name.to_owned(), unguarded(value).to_owned())?;
        }
        Ok(cells)
    }

    /// Of an object of JSON with names out of these columns; or what is wrong with it.
    pub fn of_json(line: &[u8], columns: &[&str]) -> Result<Self, String> {
        let pairs: Pairs =
            serde_json::from_slice(line).map_err(|error| format!("is no JSON object: {error}"))?;
        let mut cells = Self::default();
        for (name, value) in pairs.0 {
            if !columns.contains(&name.as_str()) {
                return Err(format!("there is no column {name}"));
            }
            let text = object::text(&value);
            let text = text.ok_or_else(|| format!("{name} must be a text, a number or null"))?;
            cells.put(name, text)?;
        }
        Ok(cells)
    }

    fn put(&mut self, name: String, text: String) -> Result<(), String> {
        // PostgreSQL keeps no text with one.
        if text.contains('\0') {
            return Err(format!("{name} must not hold a NUL character"));
        }
        if self.0.contains_key(&name) {
            return Err(format!("{name} is there twice"));
        }
        self.0.insert(name, text);
        Ok(())
    }

    /// The value of a column, trimmed; empty if it is there and empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim())
    }

    /// The value of a column, trimmed; none if it is absent or empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|text| !text.is_empty())
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
    fn numbers_keep_their_digits_and_what_is_no_value_is_named() {
        let columns = ["a", "b", "c", "d"];
        let read = |line: &str| Cells::of_json(line.as_bytes(), &columns);
        let cells = read(r#"{"a":12345678901234.56780,"b":null,"c":true,"d":"x"}"#).unwrap();
        assert_eq!(cells.get("a"), Some("12345678901234.56780"));
        assert_eq!(cells.get("b"), Some(""));
        assert_eq!(cells.get("c"), Some("true"));
        assert_eq!(cells.get("e"), None);
        for (line, wrong) in [
            (r#"{"a":[]}"#, "a must be a text, a number or null"),
            (r#"{"a":1,"a":2}"#, "a is there twice"),
            (r#"{"x":1}"#, "there is no column x"),
            (r#"{"a":"\u0000"}"#, "a must not hold a NUL character"),
        ] {
            assert_eq!(read(line).unwrap_err(), wrong);
        }
        assert!(read("[1]").unwrap_err().starts_with("is no JSON object"));
    }
}
