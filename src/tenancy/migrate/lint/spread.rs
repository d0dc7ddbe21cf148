//! What Citus refuses for the tables of a schema that it spreads. Each was tried
//! on Citus 13.2; what other rules refuse anyway (triggers, other schemas'
//! tables, types, sequences) is not repeated here.

use super::super::statements::{Statement, Token};
use super::rules::{CONSTRAINTS, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "spread-constraint",
        advice: "where schemas are spread over servers, a constraint is added by a statement of its \
                 own; ADD COLUMN, or DROP CONSTRAINT, and then ALTER TABLE … ADD CONSTRAINT alone",
        finds: mixed_constraint,
    },
    Rule {
        name: "spread-alter",
        advice: "this form of ALTER TABLE can not be had where schemas are spread over servers; \
                 make what is changed anew under another name",
        finds: odd_alter,
    },
    Rule {
        name: "spread-table",
        advice: "where schemas are spread over servers, a table can neither inherit nor be of a \
                 type nor be temporary; list its columns",
        finds: odd_table,
    },
    Rule {
        name: "spread-policy",
        advice: "where schemas are spread over servers, a policy can not ask another table; compare \
                 columns and settings",
        finds: |s| {
            let asks = s.line_of_any(&["select"]);
            asks.filter(|_| s.begins(&["create", "policy"]).is_some())
        },
    },
    Rule {
        name: "spread-null",
        advice: "where schemas are spread over servers, a policy can not say IS NULL; write \
                 coalesce(column = …, true)",
        finds: |s| {
            let says = s.line_of_any(&["is"]);
            says.filter(|_| s.begins(&["create", "policy"]).is_some())
        },
    },
];

/// A constraint that is added beside something else.
fn mixed_constraint(statement: &Statement<'_>) -> Option<usize> {
    statement.begins(&["alter", "table"])?;
    let actions = statement.actions();
    let is_alone = actions.len() == 1;
    actions.into_iter().find_map(|action| {
        let add = action.iter().position(|token| token.text == "add")?;
        let added = action.get(add + 1..)?;
        let first = added.first()?;
        let is_constraint = CONSTRAINTS.contains(&first.text.as_str());
        let is_checked = added.iter().any(|token| token.text == "check");
        let is_wrong = if is_constraint { !is_alone } else { is_checked };
        is_wrong.then_some(first.line)
    })
}

/// Words behind one another in the forms that are refused.
const ODD: &[&[&str]] = &[
    &["set", "storage"],
    &["set", "statistics"],
    &["cluster", "on"],
    &["drop", "expression"],
    &["alter", "constraint"],
    &["rename", "constraint"],
    &["disable", "trigger"],
    &["enable", "trigger"],
];

fn odd_alter(statement: &Statement<'_>) -> Option<usize> {
    statement.begins(&["alter", "table"])?;
    let inherits = |action: &[Token]| {
        let last_but_one = action.iter().rev().nth(1)?;
        (last_but_one.text == "inherit").then_some(last_but_one.line)
    };
    let odd = ODD.iter().find_map(|words| statement.line_of(words));
    odd.or_else(|| statement.actions().into_iter().find_map(inherits))
}

fn odd_table(statement: &Statement<'_>) -> Option<usize> {
    let line = statement.begins(&["create"])?;
    let words = statement.tokens.iter().map(|token| token.text.as_str());
    let head: Vec<&str> = words.take_while(|word| *word != "(").collect();
    let is_table = head.contains(&"table");
    let is_odd = head.contains(&"of")
        || head
            .iter()
            .any(|word| matches!(*word, "temp" | "temporary"));
    let inherits = statement.line_of(&["inherits", "("]);
    if is_table && is_odd {
        Some(line)
    } else {
        inherits
    }
}
