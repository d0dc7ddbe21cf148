//! Whether an answer is the one that is told.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::names::{Names, named};

impl Names {
    /// Where an answer is not what is told of it: it may have more fields, but no other list and
    /// no other number. What has a name yet unknown is taken over.
    pub fn differences(&mut self, told: &Value, answer: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.compare("", (told, answer), &mut found);
        found
    }

    fn compare(&mut self, path: &str, both: (&Value, &Value), found: &mut Vec<String>) {
        let is_told = match both {
            (Value::Object(told), Value::Object(answer)) => {
                return self.compare_fields(path, (told, answer), found);
            }
            (Value::Array(told), Value::Array(answer)) if told.len() == answer.len() => {
                for (index, pair) in told.iter().zip(answer).enumerate() {
                    self.compare(&format!("{path}/{index}"), pair, found);
                }
                return;
            }
            (Value::String(told), Value::String(answer)) => match named(told) {
                Some(name) => self.stands_for(name, answer),
                None => told == answer || is_same_number(told, answer),
            },
            (told, answer) => told == answer,
        };
        if !is_told {
            found.push(format!("{path}: {} is told, {} is there", both.0, both.1));
        }
    }

    fn compare_fields(
        &mut self,
        path: &str,
        (told, answer): (&Map<String, Value>, &Map<String, Value>),
        found: &mut Vec<String>,
    ) {
        for (name, told) in told {
            let path = format!("{path}/{name}");
            match answer.get(name) {
                Some(answer) => self.compare(&path, (told, answer), found),
                None => found.push(format!("{path}: was not asked for")),
            }
        }
    }
}

/// Exactly: a cent is a cent.
fn is_same_number(told: &str, answer: &str) -> bool {
    let number = |text: &str| text.parse::<Decimal>().ok();
    number(told).is_some_and(|told| number(answer) == Some(told))
}

/// What was told, with what is told now in its place. Lists of as many are merged one by one.
pub fn merge(before: Value, now: &Value) -> Value {
    match (before, now) {
        (Value::Object(mut before), Value::Object(now)) => {
            for (name, now) in now {
                let old = before.remove(name);
                let new = old.map_or_else(|| now.clone(), |old| merge(old, now));
                before.insert(name.clone(), new);
            }
            Value::Object(before)
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            let pairs = before.into_iter().zip(now);
            pairs.map(|(before, now)| merge(before, now)).collect()
        }
        (_, now) => now.clone(),
    }
}

fn told(told: &Value, answer: &Value) -> usize {
    let mut names = Names::on("2026-11-22".parse().unwrap());
    names.differences(told, answer).len()
}

#[test]
fn an_answer_may_say_more_but_nothing_else() {
    let answer = json!({ "a": { "amount": "834.0000", "currency": "USD" }, "b": [1, null] });
    for same in [
        json!({ "a": { "amount": "834" } }),
        json!({ "a": { "currency": "USD" }, "b": [1, null] }),
    ] {
        assert_eq!(told(&same, &answer), 0);
    }
    for other in [
        json!({ "a": { "amount": "834.01" } }),
        json!({ "a": { "amount": 834 } }),
        json!({ "a": null }),
        json!({ "b": [1] }),
        json!({ "b": [1, 2] }),
        json!({ "c": "834" }),
    ] {
        assert_eq!(told(&other, &answer), 1);
    }
}

#[test]
fn a_name_stands_for_one_thing() {
    let mut names = Names::on("2026-11-22".parse().unwrap());
    let order = json!({ "id": "{{order}}" });
    assert_eq!(
        names.differences(&order, &json!({ "id": "ord_1" })),
        [""; 0]
    );
    assert_eq!(names.filled(&json!([order])), json!([{ "id": "ord_1" }]));
    assert_eq!(
        names.differences(&order, &json!({ "id": "ord_2" })).len(),
        1
    );
    assert_eq!(names.filled(&json!("{{today+9}}")), json!("2026-12-01"));
    assert_eq!(told(&json!("{{today}}"), &json!("2026-11-23")), 1);
    assert_eq!(told(&json!("{{order}}"), &json!(null)), 1);
}

#[test]
fn what_is_told_anew_takes_the_place_of_the_old() {
    let before = json!({ "a": [{ "b": 1, "c": 2 }, { "b": 3 }], "d": [], "e": 5 });
    let now = json!({ "a": [{ "b": 9 }, {}], "d": [7], "f": 6 });
    let all = json!({ "a": [{ "b": 9, "c": 2 }, { "b": 3 }], "d": [7], "e": 5, "f": 6 });
    assert_eq!(merge(before, &now), all);
}
