//! docs/events.md, written from the kinds of events.

use std::fmt::Write;

use super::{Audience, Kind};

const HEAD: &str = "\
# Events

<!-- Written by `RENEW_EVENTS=1 cargo test --test it events::catalogue`; do not edit. -->

What happens at a dealer is told as events, in the transaction in which it happens. Each has an id: ids of one dealer
have no gaps and stand in the order of the commits. Subscriptions are fed from them
([Live updates](guides/dashboard-developer.md#live-updates)), and so are [webhooks](guides/webhooks.md).

Every event carries `name`, `version`, the kind and the id of its record, the `payload` below, who did it, the id of the
request and the time. A payload may gain fields within a version; what else changes raises the version.

";

/// The whole document.
pub fn markdown(kinds: &[&Kind]) -> String {
    let mut text = HEAD.to_owned();
    for kind in kinds {
        text.push_str(&section(kind));
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text + "\n"
}

fn section(kind: &Kind) -> String {
    let audience = match kind.audience {
        Audience::Staff => "the dealer's own people",
        Audience::Everybody => "the dealer's people and those of his customers",
    };
    let mut text = format!(
        "## {}\n\n{} Version {}; heard by {audience}, as far as they may read a {}.\n\n\
         | Field | Is | Says |\n|---|---|---|\n",
        kind.name,
        joined(kind.about),
        kind.version,
        kind.entity,
    );
    for field in kind.fields {
        let (key, shape, about) = (field.key(), field.shape, joined(field.about));
        // Writing to a text does not fail.
        let _written = writeln!(text, "| `{key}` | {shape} | {about} |");
    }
    text.push('\n');
    text
}

/// Lines of a doc comment as one.
fn joined(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
