//! A day in the life: the story of `docs/guides/day-in-the-life.md`, lived as it is written there.

mod books;
mod compare;
mod names;
mod story;

use serde_json::{Value, json};
use tubex::config::Registration;
use tubex::kernel::clock::Clock;

use crate::support::{Client, Server};
use compare::merge;
use names::Names;
use story::{Operation, Step, Story};

/// Somebody who goes through the story step by step, and looks at the books after each.
struct Day {
    client: Client,
    names: Names,
    books: Operation,
    /// What the books said last; none before they are asked for.
    written: Option<Value>,
}

impl Day {
    async fn live(&mut self, step: &Step) {
        let operation = Operation {
            query: step.operation.query.clone(),
            variables: self.names.filled(&step.operation.variables),
        };
        let answer = ask(&self.client, &operation).await;
        self.agree(&step.title, &step.answer, &answer);
        if let Some(token) = self.names.known("accessToken") {
            self.client = self.client.with_token(token);
        }
        if is_done_once(&operation.variables) {
            let again = ask(&self.client, &operation).await;
            assert_eq!(again, answer, "{}, sent a second time", step.title);
        }
        self.look_at_the_books(step).await;
    }

    /// They say what they said before the step, but for what it tells.
    async fn look_at_the_books(&mut self, step: &Step) {
        let written = match (self.written.take(), &step.books) {
            (Some(before), Some(moved)) => merge(before, moved),
            (None, Some(first)) => first.clone(),
            (Some(before), None) => before,
            (None, None) => return,
        };
        let operation = Operation {
            query: self.books.query.clone(),
            variables: self.names.filled(&self.books.variables),
        };
        let books = ask(&self.client, &operation).await;
        let title = format!("the books after {}", step.title);
        self.agree(&title, &written, &books);
        books::add_up(&title, &books);
        self.written = Some(written);
    }

    fn agree(&mut self, what: &str, told: &Value, answer: &Value) {
        let differences = self.names.differences(told, answer);
        assert!(
            differences.is_empty(),
            "{what}:\n{}\nin {answer:#}",
            differences.join("\n")
        );
    }
}

/// The data of an operation, asked until there is room for it.
async fn ask(client: &Client, operation: &Operation) -> Value {
    loop {
        let variables = operation.variables.clone();
        let answer = client.send(&operation.query, variables).await;
        if answer.code() != "OVERLOADED" {
            let body = answer.body;
            assert!(body.get("errors").is_none(), "{}{body:#}", operation.query);
            return body["data"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Whether all of it has keys by which it is done once.
fn is_done_once(variables: &Value) -> bool {
    let inputs = variables.as_object().unwrap();
    !inputs.is_empty()
        && inputs
            .values()
            .all(|input| input.get("idempotencyKey").is_some())
}

#[tokio::test]
async fn the_day_goes_as_it_is_told() {
    let story = Story::read(include_str!("../../../docs/guides/day-in-the-life.md"));
    // Midnight must not come between two steps.
    let clock = Clock::fixed(Clock::system().now());
    let server = Server::start_at(clock.clone(), |settings| {
        settings.registration = Registration::Open;
    })
    .await;
    let mut day = Day {
        client: server.anonymous(),
        names: Names::on(clock.now().date_naive()),
        books: story.books,
        written: None,
    };
    for step in &story.steps {
        day.live(step).await;
    }
    let written = day.written.expect("the books are looked at");
    assert_eq!(
        written["customerStatement"],
        json!({ "closingBalance": { "amount": "0" } })
    );
}
