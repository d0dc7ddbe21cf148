//! Refusals, in terms of a command's flags.

use crate::error::{Refusal, UserError};

/// The refusal in terms of the command's flags.
pub(super) fn describe(refusal: Refusal) -> String {
    let in_flags = |error: UserError| match error.path.as_deref().and_then(<[String]>::last) {
        Some(field) => format!("--{}: {}", kebab(field), error.message),
        None => error.message,
    };
    match refusal {
        Refusal::User(errors) => {
            let texts: Vec<String> = errors.into_iter().map(in_flags).collect();
            texts.join("; ")
        }
        Refusal::Fault(error) => format!("{error:?}"),
    }
}

fn kebab(camel: &str) -> String {
    let mut flag = String::new();
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            flag.push('-');
        }
        flag.push(letter.to_ascii_lowercase());
    }
    flag
}
