//! Every mutation in every state: done where the state lets it, refused elsewhere.

use serde_json::{Value, json};

use super::{Office, line, refused, step, step_with};

const STATES: [&str; 6] = [
    "DRAFT",
    "SENT",
    "ACCEPTED",
    "REJECTED",
    "CONVERTED",
    "REVISED",
];

/// A quote of ten bags in a state.
async fn quote_in(office: &Office, state: &str) -> Value {
    let lines = json!([line(&office.cement, "10")]);
    if state == "DRAFT" {
        return office.draft(lines).await;
    }
    let sent = office.sent(lines).await;
    match state {
        "ACCEPTED" => drop(office.done("quoteAccept", step(&sent)).await),
        "REJECTED" => {
            let said = [("reason", json!("too dear"))];
            office.done("quoteReject", step_with(&sent, &said)).await;
        }
        "CONVERTED" => {
            let accepted = office.done("quoteAccept", step(&sent)).await;
            office.done("quoteToOrder", step(&accepted)).await;
        }
        "REVISED" => {
            let next = office.done("quoteRevise", step(&sent)).await;
            office.done("quoteSend", step(&next)).await;
        }
        _ => {}
    }
    office.quote(&sent).await
}

#[tokio::test]
async fn each_mutation_is_refused_where_the_state_does_not_let_it() {
    let office = Office::open().await;
    let cases: [(&str, &str, &[&str]); 6] = [
        ("quoteUpdate", "UPDATE", &["DRAFT"]),
        ("quoteSend", "SEND", &["DRAFT"]),
        ("quoteAccept", "ACCEPT", &["SENT"]),
        ("quoteReject", "REJECT", &["SENT"]),
        ("quoteRevise", "REVISE", &["SENT", "ACCEPTED", "REJECTED"]),
        ("quoteToOrder", "TO_ORDER", &["ACCEPTED"]),
    ];
    for state in STATES {
        for (field, action, good) in cases {
            let quote = quote_in(&office, state).await;
            assert_eq!(quote["state"], state);
            let actions = quote["allowedActions"].as_array().unwrap();
            assert_eq!(
                actions.contains(&json!(action)),
                good.contains(&state),
                "{field} {state}"
            );
            let mut input = step(&quote);
            if field == "quoteReject" {
                input["reason"] = json!("no");
            }
            let payload = office.mutate(field, input).await;
            if good.contains(&state) {
                assert_eq!(payload["userErrors"], json!([]), "{field} {state}");
                continue;
            }
            // An order that was made is told, and not only that it can not be made.
            let code = match (field, state) {
                ("quoteToOrder", "CONVERTED") => "ALREADY_EXISTS",
                _ => "NOT_ALLOWED",
            };
            assert_eq!(
                refused(&payload),
                (code, "input.id".to_owned()),
                "{field} {state}"
            );
            assert_eq!(office.quote(&quote).await, quote, "{field} {state}");
        }
    }
}

#[tokio::test]
async fn another_version_is_a_conflict() {
    let office = Office::open().await;
    let draft = office.draft(json!([line(&office.cement, "10")])).await;
    let sent = office.ten().await;
    let accepted = office.accepted(json!([line(&office.cement, "1")])).await;
    for (field, quote) in [
        ("quoteUpdate", &draft),
        ("quoteSend", &draft),
        ("quoteAccept", &sent),
        ("quoteReject", &sent),
        ("quoteRevise", &sent),
        ("quoteToOrder", &accepted),
    ] {
        let mut input = step(quote);
        input["expectedVersion"] = json!(99);
        if field == "quoteReject" {
            input["reason"] = json!("no");
        }
        let payload = office.mutate(field, input.clone()).await;
        let conflict = ("CONFLICT", "input.expectedVersion".to_owned());
        assert_eq!(refused(&payload), conflict, "{field}");
        input["id"] = json!(format!("quo_{}", uuid::Uuid::now_v7().simple()));
        input["idempotencyKey"] = json!(crate::stock::key());
        let payload = office.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_FOUND", "input.id".to_owned()),
            "{field}"
        );
    }
}
