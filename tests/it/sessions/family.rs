//! Families of refresh tokens.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::json;
use tubex::kernel::clock::Clock;

use super::{code, events, refresh, try_access};
use crate::support::{Server, owner};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000, 0).unwrap()
}

/// A server whose clock stands, and how to move it.
async fn standing() -> (Server, Clock) {
    let clock = Clock::fixed(noon());
    let server = Server::start_at(clock.clone(), |_settings| {}).await;
    (server, clock)
}

#[tokio::test]
async fn a_refresh_token_gives_the_next_tokens() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    let next = refresh(&server, &first["refreshToken"]).await;
    assert_eq!(next["userErrors"], json!([]));
    assert_eq!(next["dealer"]["id"], dealer.id.to_string());
    assert_ne!(next["refreshToken"], first["refreshToken"]);
    // The token before is good to its end: it may be on its way.
    for tokens in [&first, &next] {
        assert_eq!(
            try_access(&server, &tokens["accessToken"]).await.code(),
            "none"
        );
    }
    let sessions = dealer.client.get("{ sessions { isCurrent } }").await;
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn fifty_refreshes_at_once_move_the_family_on_by_one() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    let at_once = (0..50).map(|_| refresh(&server, &first["refreshToken"]));
    let answers = join_all(at_once).await;
    let next: BTreeSet<&str> = answers
        .iter()
        .map(|answer| {
            answer["refreshToken"]
                .as_str()
                .expect("nobody is logged out")
        })
        .collect();
    assert_eq!(next.len(), 1);
    let query = "SELECT generation FROM platform.sessions WHERE user_id::text = $1";
    let row = owner()
        .await
        .query_one(query, &[&dealer.owner.uuid().to_string()])
        .await;
    assert_eq!(row.unwrap().get::<_, i32>(0), 1);
    for answer in &answers {
        assert_eq!(
            try_access(&server, &answer["accessToken"]).await.code(),
            "none"
        );
    }
}

#[tokio::test]
async fn a_token_shown_again_gives_the_same_for_ten_seconds_and_then_ends_the_family() {
    let (server, clock) = standing().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    let next = refresh(&server, &first["refreshToken"]).await;
    clock.set(noon() + TimeDelta::seconds(10));
    let again = refresh(&server, &first["refreshToken"]).await;
    assert_eq!(again["refreshToken"], next["refreshToken"]);
    clock.set(noon() + TimeDelta::seconds(11));
    let late = refresh(&server, &first["refreshToken"]).await;
    assert_eq!(code(&late), "UNAUTHENTICATED");
    // Thief and owner alike are out.
    assert_eq!(
        code(&refresh(&server, &next["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    crate::support::until("the access token is refused", async || {
        try_access(&server, &next["accessToken"]).await.code() == "UNAUTHENTICATED"
    })
    .await;
    assert_eq!(events(&dealer).await, ["TOKEN_REUSED", "LOGGED_IN"]);
}

#[tokio::test]
async fn a_grandparent_ends_the_family_at_once() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    let second = refresh(&server, &first["refreshToken"]).await;
    let third = refresh(&server, &second["refreshToken"]).await;
    assert_eq!(
        code(&refresh(&server, &first["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(
        code(&refresh(&server, &third["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    assert_eq!(events(&dealer).await[0], "TOKEN_REUSED");
}

#[tokio::test]
async fn a_forged_token_ends_no_family() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    let token = first["refreshToken"].as_str().unwrap();
    let mut forged = token.to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'Q' } else { 'A' });
    for wrong in ["", "x", "tbr_", &forged, &token.repeat(1000)] {
        let refused = refresh(&server, &json!(wrong)).await;
        assert_eq!(code(&refused), "UNAUTHENTICATED", "{wrong:.80}");
    }
    assert_eq!(
        refresh(&server, &first["refreshToken"]).await["userErrors"],
        json!([])
    );
}

#[tokio::test]
async fn a_session_ends_a_week_unused_and_a_month_at_most() {
    let (server, clock) = standing().await;
    let dealer = server.dealer().await;
    let unused = server.login(&dealer).await;
    let mut used = server.login(&dealer).await;
    for day in [6, 12, 18, 24] {
        clock.set(noon() + TimeDelta::days(day));
        used = refresh(&server, &used["refreshToken"]).await;
        assert_eq!(used["userErrors"], json!([]), "day {day}");
    }
    let month = noon() + TimeDelta::days(30);
    let shown: DateTime<Utc> = used["refreshExpiresAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(shown, month);
    assert_eq!(
        code(&refresh(&server, &unused["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    clock.set(month);
    assert_eq!(
        code(&refresh(&server, &used["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn the_database_keeps_no_token() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let tokens = server.login(&dealer).await;
    let query = "SELECT s::text FROM platform.sessions s WHERE user_id::text = $1";
    let row = owner()
        .await
        .query_one(query, &[&dealer.owner.uuid().to_string()])
        .await;
    let stored: String = row.unwrap().get(0);
    for name in ["accessToken", "refreshToken"] {
        let token = tokens[name].as_str().unwrap();
        let secret = &token[token.len() - 40..];
        assert!(!stored.contains(secret), "{name}");
    }
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_makes_room() {
    let (server, clock) = standing().await;
    let dealer = server.dealer().await;
    let first = server.login(&dealer).await;
    // Signing in costs a password hash, so the others are made as they are stored.
    let copy = "INSERT INTO platform.sessions SELECT gen_random_uuid(), user_id, dealer_id,
        token_hash, seed, generation, rotated_at + interval '1 second', methods, authenticated_at,
        client_name, address, created_at, idle_until, expires_at
        FROM platform.sessions, generate_series(1, 99) WHERE user_id::text = $1";
    owner()
        .await
        .execute(copy, &[&dealer.owner.uuid().to_string()])
        .await
        .unwrap();
    clock.set(noon() + TimeDelta::seconds(5));
    server.login(&dealer).await;
    assert_eq!(
        code(&refresh(&server, &first["refreshToken"]).await),
        "UNAUTHENTICATED"
    );
    let sessions = dealer.client.get("{ sessions { id } }").await;
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 100);
}
