//! Of which events an endpoint wants to be told.

use crate::events::Kind;

/// Whether one of `patterns` names the event: its name, the beginning of it up to a
/// point and `*`, or `*` alone.
pub fn wants(patterns: &[String], event: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, event))
}

/// What is wrong with a pattern: it has to name some event that there is.
pub fn fault(pattern: &str, kinds: &[&Kind]) -> Option<String> {
    let is_known = kinds.iter().any(|kind| matches(pattern, kind.name));
    (!is_known).then(|| format!("there is no event {pattern:.60}; docs/events.md lists them all"))
}

fn matches(pattern: &str, event: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(beginning) => beginning.ends_with('.') && event.starts_with(beginning),
        None => pattern == event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_stars_match() {
        for (pattern, event, wanted) in [
            ("product.updated", "product.updated", true),
            ("product.updated", "product.created", false),
            ("product.*", "product.created", true),
            ("product.*", "products.created", false),
            ("product.*", "product", false),
            ("prod*", "product.created", false),
            ("*", "product.created", true),
            ("*.created", "product.created", false),
            ("", "product.created", false),
        ] {
            assert_eq!(matches(pattern, event), wanted, "{pattern} {event}");
        }
        let some = ["unit.*".to_owned(), "product.updated".to_owned()];
        assert!(wants(&some, "unit.created") && !wants(&some, "product.created"));
        assert!(!wants(&[], "unit.created"));
    }
}
