//! The names of the story: `{{order}}` is the order's id, taken over from the first answer that
//! has it; `{{today}}` and `{{today+30}}` are days.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::Value;

/// What is known so far.
pub struct Names {
    today: NaiveDate,
    known: BTreeMap<String, String>,
}

impl Names {
    pub const fn on(today: NaiveDate) -> Self {
        Self {
            today,
            known: BTreeMap::new(),
        }
    }

    /// What a name stands for.
    pub fn known(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str)
    }

    /// Variables with what their names stand for.
    pub fn filled(&self, variables: &Value) -> Value {
        match variables {
            Value::String(text) => match named(text) {
                Some(name) => Value::String(self.meant(name)),
                None => variables.clone(),
            },
            Value::Array(values) => values.iter().map(|value| self.filled(value)).collect(),
            Value::Object(fields) => {
                let filled = fields.iter();
                let filled = filled.map(|(name, value)| (name.clone(), self.filled(value)));
                Value::Object(filled.collect())
            }
            _ => variables.clone(),
        }
    }

    /// Whether a name stands for this text, which it does from now on if nobody knew.
    pub(super) fn stands_for(&mut self, name: &str, text: &str) -> bool {
        if let Some(day) = self.day(name) {
            return day == text;
        }
        let known = self.known.entry(name.to_owned());
        known.or_insert_with(|| text.to_owned()) == text
    }

    fn meant(&self, name: &str) -> String {
        let day = self.day(name);
        let known = || self.known(name).map(str::to_owned);
        day.or_else(known)
            .unwrap_or_else(|| panic!("{{{{{name}}}}} is spoken of before there is one"))
    }

    fn day(&self, name: &str) -> Option<String> {
        let later = name.strip_prefix("today")?;
        let days = match later.strip_prefix('+') {
            Some(days) => days.parse().unwrap(),
            None => 0,
        };
        Some((self.today + Days::new(days)).to_string())
    }
}

/// The name that a text is.
pub(super) fn named(text: &str) -> Option<&str> {
    text.strip_prefix("{{")?.strip_suffix("}}")
}
