//! One step after the other, each by chance: what is done, with what, and what is answered.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::inputs::Maker;
use super::left_out::is_left_out;
use super::schema::{Mutation, Schema};
use super::spoil::spoil;
use super::words::{self, ABOUT, ACTIONS};
use super::world::{Record, World};
use crate::soak::chance::Chance;
use crate::support::{Answer, Client};

/// What nobody may be told, whatever he has sent.
const UNTOLD: [&str; 5] = [
    "INTERNAL",
    "deadlock",
    "could not serialize",
    "another request changed the same records",
    "panicked",
];
/// In how many of a hundred steps something wrong is sent.
const WRONG: usize = 14;

/// A mutation that is about to be sent.
#[derive(Clone, Debug)]
pub struct Step {
    pub mutation: String,
    pub document: String,
    pub input: Value,
}

/// What became of mutations, by name: how often done, and how often refused with which code.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, BTreeMap<String, usize>>);

impl Tally {
    pub fn note(&mut self, mutation: &str, outcome: &str) {
        let of = self.0.entry(mutation.to_owned()).or_default();
        *of.entry(outcome.to_owned()).or_default() += 1;
    }

    /// Mutations that were done at least once.
    pub fn done(&self) -> Vec<&str> {
        let done = self.0.iter().filter(|one| one.1.contains_key("OK"));
        done.map(|one| one.0.as_str()).collect()
    }
}

/// Somebody who tries everything.
pub struct Player {
    pub client: Client,
    pub schema: Schema,
    pub world: World,
    pub dice: Chance,
    pub tally: Tally,
}

impl Player {
    /// All mutations that are drawn.
    pub fn mutations(&self) -> Vec<&Mutation> {
        let all = self.schema.mutations.values();
        all.filter(|one| !is_left_out(&one.name)).collect()
    }

    /// The next step.
    pub async fn next(&mut self) -> Step {
        let (mutation, subject) = self.choose();
        if let Some(subject) = &subject {
            self.refresh(subject).await;
        }
        let subject = subject.and_then(|id| self.world.get(&id)).cloned();
        let mut step = self.step(&mutation, subject);
        if self.dice.below(100) < WRONG {
            spoil(&mut step.input, &self.world, &mut self.dice);
        }
        step
    }

    /// A step of this mutation, about this record.
    pub fn step(&mut self, mutation: &Mutation, subject: Option<Record>) -> Step {
        let mut maker = Maker {
            schema: &self.schema,
            world: &self.world,
            dice: &mut self.dice,
            mutation,
            subject,
            unknown: Vec::new(),
        };
        let input = maker.input();
        assert!(
            maker.unknown.is_empty(),
            "{}: {:?}",
            mutation.name,
            maker.unknown
        );
        Step {
            mutation: mutation.name.clone(),
            document: mutation.document.clone(),
            input,
        }
    }

    /// Every second time what some record says can be done with it, else anything.
    fn choose(&mut self) -> (Mutation, Option<String>) {
        if self.dice.below(2) == 0
            && let Some(chosen) = self.follow()
        {
            return chosen;
        }
        let all: Vec<Mutation> = self.mutations().into_iter().cloned().collect();
        let weights: Vec<usize> = all.iter().map(|one| weight(&one.name)).collect();
        let mut left = self.dice.below(weights.iter().sum());
        for (mutation, weight) in all.into_iter().zip(weights) {
            if left < weight {
                let subject = self.subject(&mutation.name);
                return (mutation, subject);
            }
            left -= weight;
        }
        panic!("the weights have a sum")
    }

    fn follow(&mut self) -> Option<(Mutation, Option<String>)> {
        let mut lively = self.world.lively();
        // Papers rather than people, late ones rather than early ones.
        lively.retain(|record| !["cus", "job", "sup"].contains(&super::world::prefix(&record.id)));
        if lively.is_empty() {
            return None;
        }
        let record = lively[self.dice.below(lively.len())].clone();
        let action = &record.actions[self.dice.below(record.actions.len())];
        let name = mutation_of(&record.ty, action);
        let mutation = self.schema.mutations.get(&name)?.clone();
        Some((mutation, Some(record.id)))
    }

    /// What a mutation is tried on.
    fn subject(&mut self, mutation: &str) -> Option<String> {
        let about = ABOUT.iter().find(|one| one.0 == mutation);
        let (prefix, states) = match about {
            Some((_, prefix, states)) => (*prefix, *states),
            None => (words::subject(mutation)?, &[][..]),
        };
        let suits = |record: &Record| {
            let does = |action: &String| mutation_of(&record.ty, action) == mutation;
            states.contains(&record.state.as_str()) || record.actions.iter().any(does)
        };
        let found = self.world.pick(prefix, &mut self.dice, suits);
        found.map(|record| record.id.clone())
    }

    /// Reads a record anew; now and then nobody does.
    async fn refresh(&mut self, id: &str) {
        let known = self.world.get(id).map(|record| record.ty.clone());
        let ty = known.unwrap_or_default();
        if ty.is_empty() || self.dice.below(10) == 0 {
            return;
        }
        let selection = self.schema.selection(&ty);
        let query =
            format!("query($id: ID!) {{ node(id: $id) {{ ... on {ty} {{ {selection} }} }} }}");
        let answer = send(&self.client, &query, json!({ "id": id })).await;
        self.world.learn(&answer.body["data"]);
    }

    /// Takes in what was answered; gives what is wrong with it.
    pub fn take(&mut self, step: &Step, answer: &Answer) -> Result<(), String> {
        let outcome = outcome(answer).map_err(|why| {
            let (name, input) = (&step.mutation, &step.input);
            format!(
                "{why}\n{name} {input}\nHTTP {}: {:#}",
                answer.status, answer.body
            )
        })?;
        self.tally.note(&step.mutation, &outcome);
        if outcome == "OK" {
            self.world.learn(&answer.body["data"]);
        }
        Ok(())
    }
}

/// Sends an operation, again where it is told to be.
pub async fn send(client: &Client, document: &str, variables: Value) -> Answer {
    loop {
        let answer = client.send(document, variables.clone()).await;
        if !["OVERLOADED", "RATE_LIMITED"].contains(&answer.code()) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// `OK`, or the code of the refusal; or why it is neither.
fn outcome(answer: &Answer) -> Result<String, String> {
    let text = answer.body.to_string();
    if let Some(word) = UNTOLD.iter().find(|word| text.contains(**word)) {
        return Err(format!("nobody may be told of {word}"));
    }
    let payload = &answer.body["data"]["payload"];
    let refused = payload["userErrors"][0]["code"].as_str();
    match refused.unwrap_or_else(|| answer.code()) {
        "none" if payload.is_object() => Ok("OK".to_owned()),
        "none" => Err("neither done nor refused".to_owned()),
        code => Ok(code.to_owned()),
    }
}

/// The mutation that an action of a record stands for.
fn mutation_of(ty: &str, action: &str) -> String {
    let own = ACTIONS.iter().find(|one| (one.0, one.1) == (ty, action));
    if let Some((_, _, mutation)) = own {
        return (*mutation).to_owned();
    }
    if ty.is_empty() {
        return String::new();
    }
    let mut name = ty[..1].to_ascii_lowercase() + &ty[1..];
    for word in action.split('_') {
        name.push_str(&word[..1]);
        name.push_str(&word[1..].to_ascii_lowercase());
    }
    name
}

/// How often a mutation is drawn: papers more often than what they are about.
fn weight(mutation: &str) -> usize {
    let papers = [
        "account",
        "creditNote",
        "delivery",
        "goods",
        "invoice",
        "order",
        "payment",
        "purchaseOrder",
        "quote",
        "reorder",
        "return",
        "special",
        "stock",
        "transfer",
    ];
    let is_end = ["Archive", "Close", "Deactivate", "Disable", "HoldSet"];
    match mutation {
        "orderCreate" | "deliveryPickup" | "deliveryPlan" | "invoiceFromOrder" | "stockAdjust"
        | "paymentRecord" | "returnRequest" => 14,
        name if is_end.iter().any(|end| name.ends_with(end)) => 1,
        name if papers.iter().any(|paper| name.starts_with(paper)) => 5,
        _ => 2,
    }
}
