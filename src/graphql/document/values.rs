//! The size and the shape of what clients send as values.

use async_graphql::Value;

/// Items of the longest list within a value.
pub(super) fn longest_list(value: &Value) -> usize {
    match value {
        Value::List(items) => {
            let within = items.iter().map(longest_list).max();
            items.len().max(within.unwrap_or(0))
        }
        Value::Object(fields) => fields.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

/// Levels of lists and objects within a value.
pub(super) fn levels(value: &Value) -> usize {
    let within = match value {
        Value::List(items) => items.iter().map(levels).max(),
        Value::Object(fields) => fields.values().map(levels).max(),
        _ => return 0,
    };
    within.unwrap_or(0).saturating_add(1)
}

/// Whether a text within a value has the one character that PostgreSQL's texts can not
/// hold.
pub(super) fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_measured_wherever_they_stand() {
        let value =
            Value::from_json(json!({ "a": [{ "b": [1, 2, 3] }, 1], "c": "x\u{0}" })).unwrap();
        assert_eq!(longest_list(&value), 3);
        assert_eq!(levels(&value), 4);
        assert!(has_nul(&value));
        assert!(!has_nul(&Value::from("x")));
        assert_eq!(levels(&Value::from(1)), 0);
    }
}
