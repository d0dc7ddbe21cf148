//! A dealer in the words of programs.

use serde_json::{Value, json};

use crate::platform::dealers::lifecycle::{ActionRow, DealerRecord};

pub(super) fn json(dealer: &DealerRecord) -> Value {
    let possible = dealer.possible();
    let possible: Vec<_> = possible.iter().map(|action| action.as_str()).collect();
    json!({ "dealer": {
        "id": dealer.id.to_string(),
        "name": dealer.name,
        "status": dealer.status.as_str(),
        "reason": dealer.status_reason,
        "status_changed_at": dealer.status_changed_at,
        "delete_after": dealer.delete_after,
        "possible": possible,
        "schema": dealer.schema_name,
        "schema_version": dealer.schema_version,
        "currency": dealer.currency,
        "timezone": dealer.timezone,
        "plan": dealer.plan,
        "created_at": dealer.created_at,
        "activated_at": dealer.activated_at,
    } })
}

pub(super) fn action_json(action: &ActionRow) -> Value {
    json!({
        "action": action.action,
        "actor": action.actor,
        "reason": action.reason,
        "detail": action.detail,
        "at": action.at,
    })
}
