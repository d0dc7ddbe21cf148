//! What is sent.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::Event;
use crate::kernel::ids::DealerId;

/// Most bytes of a body: what a message has more is read by who gets it.
pub const MOST_BYTES: usize = 20_000;
/// The name of a test.
pub const PING: &str = "webhook.ping";

/// A message, the same for all endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// By which a receiver knows that he has it already.
    pub id: String,
    /// The event; none if it is a test.
    pub event: Option<i64>,
    /// The name of the event.
    pub name: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What is sent.
    pub body: String,
}

impl Message {
    /// The message about an event of a dealer. If it is too large, it says only what has
    /// happened to what.
    pub fn of(dealer: DealerId, event: &Event) -> Self {
        let full = body(event, Some(&event.payload));
        let body = if full.len() > MOST_BYTES {
            body(event, None)
        } else {
            full
        };
        Self {
            id: id(dealer, event.id.number()),
            event: Some(event.id.number()),
            name: event.name.clone(),
            at: event.at,
            body,
        }
    }

    /// A test.
    pub fn ping(now: DateTime<Utc>) -> Self {
        let body = json!({ "type": PING, "timestamp": written(now), "data": {} });
        Self {
            id: format!("msg_{}", Uuid::now_v7().simple()),
            event: None,
            name: PING.to_owned(),
            at: now,
            body: body.to_string(),
        }
    }
}

/// The id of a message about the event with this number: of all dealers, since one
/// receiver may serve several.
pub fn id(dealer: DealerId, event: i64) -> String {
    format!("msg_{}_{event:016x}", dealer.uuid().simple())
}

fn body(event: &Event, data: Option<&Value>) -> String {
    let mut body = json!({
        "type": event.name,
        "timestamp": written(event.at),
        "eventId": event.id.to_string(),
        "version": event.version,
        "actor": event.actor,
        "data": data,
    });
    if data.is_none()
        && let Some(body) = body.as_object_mut()
    {
        body.insert("isTruncated".to_owned(), Value::Bool(true));
        body.insert(
            "data".to_owned(),
            json!({ "entity": event.entity, "entityId": event.entity_id }),
        );
    }
    body.to_string()
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::EventId;

    fn event(payload: Value) -> Event {
        Event {
            id: EventId::new(300),
            name: "product.updated".to_owned(),
            version: 1,
            entity: "product".to_owned(),
            entity_id: Uuid::nil(),
            customer: None,
            is_public: true,
            payload,
            actor: "usr_1".to_owned(),
            request: None,
            at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        }
    }

    #[test]
    fn a_message_is_the_same_each_time_and_of_its_dealer() {
        let (a, b) = (DealerId::generate(), DealerId::generate());
        let event = event(json!({ "sku": "CEM" }));
        let message = Message::of(a, &event);
        assert_eq!(message, Message::of(a, &event));
        assert_ne!(message.id, Message::of(b, &event).id);
        assert_eq!(
            message.id,
            format!("msg_{}_000000000000012c", a.uuid().simple())
        );
        assert!(!message.id.contains('.'));
        let body: Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(
            body,
            json!({ "type": "product.updated", "timestamp": "2027-01-15T08:00:00.000000Z",
                "eventId": "evt_000000000000012c", "version": 1, "actor": "usr_1",
                "data": { "sku": "CEM" } })
        );
    }

    #[test]
    fn what_is_too_large_says_what_it_is_about() {
        let large = event(json!({ "name": "x".repeat(MOST_BYTES) }));
        let message = Message::of(DealerId::generate(), &large);
        assert!(message.body.len() < 500);
        let body: Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(
            (&body["isTruncated"], &body["data"]["entity"]),
            (&json!(true), &json!("product"))
        );
    }
}
