//! What somebody at a keyboard knows of a shop: what answers told.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::soak::chance::Chance;

/// A record as it was last seen.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub id: String,
    pub ty: String,
    pub version: Option<i64>,
    pub state: String,
    /// What can be done with it, as it says itself.
    pub actions: Vec<String>,
    pub lines: Vec<String>,
    /// Whose or of what it is: ids by field.
    pub of: BTreeMap<String, String>,
}

/// All records by the prefix of their ids, in the order in which they were met.
#[derive(Default)]
pub struct World {
    records: BTreeMap<String, Vec<Record>>,
    /// Versions of what has no id, by type.
    pub versions: BTreeMap<String, i64>,
    /// Products that are kept by lots.
    pub tracked: BTreeSet<String>,
}

/// The part of an id that tells what it is of.
pub fn prefix(id: &str) -> &str {
    id.split('_').next().unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().map_or(&[][..], Vec::as_slice);
    let all = all.iter().map(|one| one.as_str().unwrap_or_default());
    all.map(str::to_owned).collect()
}

fn ids(value: &Value) -> Vec<String> {
    let all = value.as_array().map_or(&[][..], Vec::as_slice);
    let all = all.iter().filter_map(|one| one["id"].as_str());
    all.map(str::to_owned).collect()
}

impl World {
    /// Takes in all that an answer tells.
    pub fn learn(&mut self, answer: &Value) {
        match answer {
            Value::Array(all) => all.iter().for_each(|one| self.learn(one)),
            Value::Object(fields) => {
                self.meet(answer);
                fields.values().for_each(|one| self.learn(one));
            }
            _ => {}
        }
    }

    fn meet(&mut self, one: &Value) {
        if let Some(is_tracked) = one["isTracked"].as_bool() {
            let product = one["product"]["id"].as_str().unwrap_or_default();
            if is_tracked {
                self.tracked.insert(product.to_owned());
            } else {
                self.tracked.remove(product);
            }
        }
        let Some(id) = one["id"].as_str() else {
            if let (Some(ty), Some(version)) = (one["__typename"].as_str(), one["version"].as_i64())
            {
                self.versions.insert(ty.to_owned(), version);
            }
            return;
        };
        let record = self.entry(id);
        if let Some(ty) = one["__typename"].as_str() {
            ty.clone_into(&mut record.ty);
        }
        record.version = one["version"].as_i64().or(record.version);
        let state = one["state"].as_str().or(one["status"].as_str());
        if let Some(state) = state {
            state.clone_into(&mut record.state);
        }
        if one["allowedActions"].is_array() {
            record.actions = texts(&one["allowedActions"]);
        }
        if one["lines"].is_array() {
            record.lines = ids(&one["lines"]);
        }
        for field in ["customer", "order", "product", "job"] {
            if let Some(id) = one[field]["id"].as_str() {
                record.of.insert(field.to_owned(), id.to_owned());
            }
        }
    }

    fn entry(&mut self, id: &str) -> &mut Record {
        let all = self.records.entry(prefix(id).to_owned()).or_default();
        let place = all.iter().position(|record| record.id == id);
        let place = place.unwrap_or_else(|| {
            all.push(Record {
                id: id.to_owned(),
                ..Record::default()
            });
            all.len() - 1
        });
        &mut all[place]
    }

    pub fn get(&self, id: &str) -> Option<&Record> {
        self.all(prefix(id)).iter().find(|record| record.id == id)
    }

    pub fn all(&self, prefix: &str) -> &[Record] {
        self.records.get(prefix).map_or(&[], Vec::as_slice)
    }

    /// Records on which something can be done that they name themselves.
    pub fn lively(&self) -> Vec<&Record> {
        let all = self.records.values().flatten();
        all.filter(|record| !record.actions.is_empty()).collect()
    }

    /// One of these records: mostly one that suits, and rather a late one than an early one.
    pub fn pick(
        &self,
        prefix: &str,
        dice: &mut Chance,
        suits: impl Fn(&Record) -> bool,
    ) -> Option<&Record> {
        let all: Vec<&Record> = self.all(prefix).iter().collect();
        let suiting: Vec<&Record> = all.iter().copied().filter(|one| suits(one)).collect();
        let from = if suiting.is_empty() || dice.below(12) == 0 {
            all
        } else {
            suiting
        };
        if from.is_empty() {
            return None;
        }
        let late = from.len().saturating_sub(6);
        let from = if dice.below(3) > 0 {
            &from[late..]
        } else {
            &from[..]
        };
        from.get(dice.below(from.len())).copied()
    }
}
