//! The story, taken out of its page.

use serde_json::{Value, json};

/// An operation as it is sent.
pub struct Operation {
    pub query: String,
    pub variables: Value,
}

/// A step: what is asked, what is answered, and what it moves in the books.
pub struct Step {
    pub title: String,
    pub operation: Operation,
    pub answer: Value,
    pub books: Option<Value>,
}

/// All of it.
pub struct Story {
    pub books: Operation,
    pub steps: Vec<Step>,
}

impl Story {
    pub fn read(page: &str) -> Self {
        let mut parts = page.split("\n### ");
        let head = parts.next().unwrap();
        let steps: Vec<Step> = parts.map(Step::read).collect();
        for (index, step) in steps.iter().enumerate() {
            let number = format!("{}. ", index + 1);
            assert!(step.title.starts_with(&number), "{}", step.title);
        }
        Self {
            books: books(head),
            steps,
        }
    }
}

impl Step {
    fn read(part: &str) -> Self {
        let title = part.lines().next().unwrap().to_owned();
        let (mut query, mut answer, mut books) = (None, None, None);
        let mut variables = json!({});
        for (kind, text) in blocks(part) {
            match kind.as_str() {
                "graphql" => put(&mut query, text, &title),
                "json variables" => variables = parsed(&text, &title),
                "json answer" => put(&mut answer, parsed(&text, &title), &title),
                "json books" => put(&mut books, parsed(&text, &title), &title),
                _ => panic!("{title} has a block of an unknown kind: {kind}"),
            }
        }
        let query = query.unwrap_or_else(|| panic!("{title} asks nothing"));
        Self {
            operation: Operation { query, variables },
            answer: answer.unwrap_or_else(|| panic!("{title} tells no answer")),
            books,
            title,
        }
    }
}

/// The operation that asks for the books.
fn books(head: &str) -> Operation {
    let blocks = blocks(head);
    let of = |kind: &str| {
        let found = blocks.iter().find(|(other, _)| other == kind);
        found.unwrap_or_else(|| panic!("the head has no block {kind}"))
    };
    Operation {
        query: of("graphql books").1.clone(),
        variables: parsed(&of("json books").1, "the books"),
    }
}

fn put<T>(place: &mut Option<T>, value: T, title: &str) {
    let before = place.replace(value);
    assert!(before.is_none(), "{title} has two blocks of a kind");
}

fn parsed(text: &str, title: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{title}: {error} in\n{text}"))
}

/// The blocks of a text: what stands behind their first fence, and what is in them.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        let fence = line.strip_prefix("```");
        match open.take() {
            None => open = fence.map(|kind| (kind.to_owned(), String::new())),
            Some(block) if fence.is_some() => blocks.push(block),
            Some((kind, body)) => open = Some((kind, body + line + "\n")),
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}
