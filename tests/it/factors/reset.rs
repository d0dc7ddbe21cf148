//! `tubex user reset-second-factor`, and what is left when it has run.

use serde_json::{Value, json};

use super::{Desk, RENEW, code, refresh, refused, run};
use crate::cli::program::{Ended, Folder, database_flags};
use crate::support::owner;

fn reset(desk: &Desk, email: &str) -> Ended {
    let folder = Folder::new();
    let mut command = folder.program(&["user", "reset-second-factor", "--email", email, "--json"]);
    command.args(database_flags(&desk.server.database));
    Ended::of(command)
}

#[tokio::test]
async fn who_has_lost_everything_signs_in_with_his_password() {
    let desk = Desk::new().await;
    let enrolled = desk.enrolled().await;
    let done: Value = reset(&desk, &desk.dealer.email.to_uppercase()).json();
    assert_eq!(done["was_reset"], true);
    refused(&enrolled.client).await;
    assert_eq!(
        code(&refresh(&desk.server, &enrolled.refresh).await),
        "UNAUTHENTICATED"
    );
    let session = desk.login().await;
    let client = desk.client(&session);
    assert_eq!(code(&run(&client, RENEW, json!({})).await), "NOT_ALLOWED");
    let events = "SELECT detail FROM platform.security_events
        WHERE user_id = $1::text::uuid AND kind = 'SECOND_FACTOR_RESET'";
    let user = desk.dealer.owner.uuid().to_string();
    let events = owner().await.query(events, &[&user]).await.unwrap();
    assert_eq!(events.len(), 1);
    let actor: String = events[0].get(0);
    assert!(actor.starts_with("cli:"), "{actor}");
    assert_eq!(reset(&desk, &desk.dealer.email).json()["was_reset"], false);
}

#[tokio::test]
async fn an_unknown_address_is_said_to_be_one() {
    let desk = Desk::new().await;
    let reason = reset(&desk, "nobody@test.example").reason();
    assert!(reason.contains("nobody@test.example"), "{reason}");
}
