//! What a transaction that writes says of its actor, in its first words.
//!
//! Reads say nothing: only the triggers ask.

use std::fmt::Write;

use uuid::Uuid;

use crate::tenancy::context::{Actor, TenantContext};

/// A Citus coordinator hands on to the other servers, where the triggers run, each whole
/// message with something set behind this word; to one PostgreSQL it means nothing.
pub(in crate::tenancy) const HANDED_ON: &str =
    "SET LOCAL citus.propagate_set_commands TO 'local'; ";

/// Whose work it is; to stand behind [`HANDED_ON`].
pub(in crate::tenancy) fn of(context: &TenantContext) -> String {
    let principal = match context.actor() {
        Actor::System(part) => return actor(&format!("system:{part}")),
        Actor::User(principal) => principal,
    };
    let mut words = actor(&principal.user().to_string());
    let mut say = |setting: &str, value: &str| {
        // Writing to a text does not fail.
        let _written = write!(words, "SET LOCAL tubex.{setting} TO {}; ", literal(value));
    };
    if let Some(operator) = principal.impersonator() {
        say("impersonator", operator.as_str());
    }
    if let Some(key) = principal.api_key() {
        say("via", &format!("key {}", key.id));
    } else if let Some(application) = principal.application() {
        say("via", &format!("application {}", application.client));
    }
    words
}

/// That a part of the system itself is at work.
pub(in crate::tenancy) fn system(part: &str) -> String {
    format!("{HANDED_ON}{}", actor(&format!("system:{part}")))
}

fn actor(name: &str) -> String {
    format!("SET LOCAL tubex.actor TO {}; ", literal(name))
}

/// Which request it is for, behind the other words.
pub(in crate::tenancy) fn request(id: Uuid) -> String {
    format!("; SET LOCAL tubex.request TO '{id}'")
}

/// That the transaction is for notes. They are put in by the coordinator of a Citus
/// cluster, as the log's owner, so it hands on nothing: neither the words, nor the dealer's
/// role in the same message.
pub(super) const NOTES: &str =
    "SET LOCAL citus.propagate_set_commands TO 'none'; SET LOCAL tubex.notes TO 'on'; ";

/// A text as SQL, whatever stands in it.
fn literal(text: &str) -> String {
    let text: String = text.chars().filter(|char| *char != '\0').collect();
    let (quoted, escape) = (
        text.replace('\\', r"\\").replace('\'', "''"),
        text.contains('\\'),
    );
    let prefix = if escape { "E" } else { "" };
    format!("{prefix}'{quoted}'")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_name_can_not_end_its_quotes() {
        assert_eq!(literal("alice"), "'alice'");
        assert_eq!(literal("o'hara"), "'o''hara'");
        assert_eq!(literal(r"\'; DROP"), r"E'\\''; DROP'");
        assert_eq!(literal("a\0b"), "'ab'");
    }
}
