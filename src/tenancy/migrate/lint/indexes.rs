//! Indexes that another one makes needless: each is a file, some catalog rows
//! and a quarter of a millisecond, times the number of dealers.

use super::super::statements::{Statement, Token, bracket, split};
use super::Refusal;

pub(super) const RULE: &str = "needless-index";

/// All indexes of a set, those of keys and unique constraints with them.
#[derive(Default)]
pub(super) struct Indexes(Vec<Index>);

struct Index {
    table: String,
    columns: Vec<String>,
    /// File and line, if it is a plain index that could be left out.
    place: Option<(String, usize)>,
}

impl Indexes {
    /// Takes down what a file makes.
    pub(super) fn learn(&mut self, statements: &[Statement<'_>], file: &str) {
        for statement in statements {
            if statement.begins(&["create", "table"]).is_some() {
                self.learn_table(statement);
            } else if let Some(line) = statement.begins(&["create", "index"]) {
                let place = (!statement.allows(RULE)).then(|| (file.to_owned(), line));
                self.learn_index(statement, place);
            } else if statement.begins(&["create", "unique", "index"]).is_some() {
                self.learn_index(statement, None);
            }
        }
    }

    fn learn_table(&mut self, statement: &Statement<'_>) {
        let mut names = statement.tokens.iter().skip(2);
        let Some(table) = names.find(|token| !is_adverb(token)) else {
            return;
        };
        for part in split(bracket(&statement.tokens).unwrap_or_default()) {
            let Some(key) = part
                .iter()
                .position(|token| matches!(token.text.as_str(), "primary" | "unique"))
            else {
                continue;
            };
            let behind = part.get(key + 1..).unwrap_or_default();
            let lists = behind.iter().take(2).any(|token| token.text == "(");
            // UNIQUE (a, b) of the table, or `a text UNIQUE` of a column.
            let columns = if lists {
                names_of(bracket(behind).unwrap_or_default())
            } else {
                part.first()
                    .map(|token| token.text.clone())
                    .into_iter()
                    .collect()
            };
            self.0.push(Index {
                table: table.text.clone(),
                columns,
                place: None,
            });
        }
    }

    fn learn_index(&mut self, statement: &Statement<'_>, place: Option<(String, usize)>) {
        let tokens = &statement.tokens;
        let Some(on) = tokens.iter().position(|token| token.text == "on") else {
            return;
        };
        let behind = tokens.get(on + 1..).unwrap_or_default();
        let Some(table) = behind.iter().find(|token| !is_adverb(token)) else {
            return;
        };
        // Of another kind, or of some rows only: not to be compared.
        if behind
            .iter()
            .any(|token| matches!(token.text.as_str(), "using" | "where"))
        {
            return;
        }
        self.0.push(Index {
            table: table.text.clone(),
            columns: names_of(bracket(behind).unwrap_or_default()),
            place,
        });
    }

    /// Those whose columns are the first ones of another index.
    pub(super) fn needless(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for (number, index) in self.0.iter().enumerate() {
            let Some((file, line)) = &index.place else {
                continue;
            };
            let serves = |(other, wider): &(usize, &Index)| {
                let is_equal = wider.columns.len() == index.columns.len();
                *other != number
                    && wider.table == index.table
                    && wider.columns.starts_with(&index.columns)
                    // Of two equal ones the later is needless.
                    && !(is_equal && wider.place.is_some() && *other > number)
            };
            if let Some((_, wider)) = self.0.iter().enumerate().find(serves) {
                refusals.push(Refusal {
                    file: file.clone(),
                    line: *line,
                    rule: RULE,
                    advice: format!(
                        "the index of {} ({}) serves the same queries; leave this one out",
                        wider.table,
                        wider.columns.join(", ")
                    ),
                });
            }
        }
        refusals
    }
}

/// The columns or expressions of a list.
fn names_of(list: &[Token]) -> Vec<String> {
    let text = |part: &[Token]| {
        let words: Vec<&str> = part.iter().map(|token| token.text.as_str()).collect();
        words.join(" ")
    };
    split(list).into_iter().map(text).collect()
}

fn is_adverb(token: &Token) -> bool {
    matches!(token.text.as_str(), "if" | "not" | "exists" | "only")
}
