//! What has to hold of every outcome, whatever was sent. What does not is a panic, which is
//! how a fuzzer hears of it.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use futures_util::FutureExt;
use serde_json::Value;
use tubex::http::intake::{Intake, Taken};

use super::input;

/// Sends a request, and looks at what became of it. Says whether it would be run.
pub fn of_request(intake: &Intake, bytes: &[u8]) -> bool {
    let Some((request, body)) = input::request(bytes) else {
        return false;
    };
    let taken = intake.take(&request, body).now_or_never();
    match taken.expect("nothing is waited for") {
        Taken::Operations(count) => {
            assert!(count > 0);
            true
        }
        Taken::Answered(answer) => {
            check_answer(answer);
            false
        }
    }
}

/// Sends a document without variables. Says whether it would be run.
pub fn of_document(intake: &Intake, text: &str) -> bool {
    let taken = intake.document(text).now_or_never();
    match taken.expect("nothing is waited for") {
        Ok(cost) => {
            let limits = intake.limits();
            assert!(cost.depth <= limits.depth && cost.complexity <= limits.complexity);
            true
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            assert!(errors.iter().all(|error| !error.message.is_empty()));
            false
        }
    }
}

/// A refusal is one: a status that is no fault of the server's, and errors with codes.
fn check_answer(answer: HttpResponse) {
    let status = answer.status();
    let body = answer.into_body().try_into_bytes();
    let body = body.unwrap_or_else(|_streamed| panic!("a refusal is no stream"));
    let text = String::from_utf8_lossy(&body);
    let is_fine = status.is_client_error() || status.as_u16() == 200;
    assert!(is_fine, "{status}: {text}");
    let answer: Value = serde_json::from_slice(&body).expect("answers are JSON");
    match answer {
        Value::Array(all) => all.iter().for_each(check_refusal),
        one => check_refusal(&one),
    }
}

fn check_refusal(answer: &Value) {
    let errors = answer["errors"].as_array().expect("a refusal has errors");
    assert!(
        !errors.is_empty() && answer.get("data").is_none(),
        "{answer}"
    );
    for error in errors {
        let code = error["extensions"]["code"].as_str();
        assert!(code.is_some_and(|code| code != "INTERNAL"), "{answer}");
        let message = error["message"].as_str();
        assert!(
            message.is_some_and(|message| !message.is_empty()),
            "{answer}"
        );
    }
}
