//! Wrong inputs out of right ones.

use serde_json::{Value, json};
use uuid::Uuid;

use super::words::EDGES;
use super::world::{World, prefix};
use crate::soak::chance::Chance;

/// Puts one wrong thing into an input.
pub fn spoil(input: &mut Value, world: &World, dice: &mut Chance) {
    let mut places = Vec::new();
    leaves(input, &mut String::new(), &mut places);
    if places.is_empty() {
        return;
    }
    let place = &places[dice.below(places.len())];
    let Some(leaf) = input.pointer_mut(place) else {
        return;
    };
    *leaf = match leaf.clone() {
        Value::String(text) if is_id(&text) => id(&text, world, dice),
        Value::String(text) if text.parse::<rust_decimal::Decimal>().is_ok() => {
            json!(EDGES[dice.below(EDGES.len())])
        }
        Value::String(_) => match dice.below(4) {
            0 => json!(""),
            1 => json!("x".repeat(3_000)),
            2 => json!("2999-12-31"),
            _ => json!("ü\u{0}\u{202e}"),
        },
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            json!([number + 1, number - 1, -1, i64::from(i32::MAX)][dice.below(4)])
        }
        Value::Bool(is_so) => json!(!is_so),
        other => other,
    };
}

fn is_id(text: &str) -> bool {
    let parts = text.split_once('_');
    parts.is_some_and(|(kind, rest)| kind.len() == 3 && rest.len() == 32)
}

/// Another record's id, one of nothing, or none at all.
fn id(old: &str, world: &World, dice: &mut Chance) -> Value {
    let kind = prefix(old);
    let all = world.all(kind);
    match dice.below(4) {
        0 => json!(format!("{kind}_{}", Uuid::now_v7().simple())),
        1 => json!(format!("cus_{}", old.split('_').nth(1).unwrap_or_default())),
        2 => json!("nobody"),
        _ if all.is_empty() => Value::Null,
        _ => json!(all[dice.below(all.len())].id),
    }
}

fn leaves(value: &Value, path: &mut String, found: &mut Vec<String>) {
    let mut go = |name: &str, value: &Value, path: &mut String| {
        let length = path.len();
        path.push('/');
        path.push_str(name);
        leaves(value, path, found);
        path.truncate(length);
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                go(name, value, path);
            }
        }
        Value::Array(all) => {
            for (index, value) in all.iter().enumerate() {
                go(&index.to_string(), value, path);
            }
        }
        Value::Null => {}
        _ => found.push(path.clone()),
    }
}
