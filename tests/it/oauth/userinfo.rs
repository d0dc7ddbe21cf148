//! What an application may know of a user.

use serde_json::{Value, json};

use super::{Desk, told};

async fn info(desk: &Desk, token: &str) -> super::Told {
    let url = format!("{}/oauth/userinfo", desk.server.url);
    told(reqwest::Client::new().get(url).bearer_auth(token)).await
}

fn names(info: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = info
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn it_is_what_was_asked_for() {
    let desk = Desk::new().await;
    for (scope, expected) in [
        ("openid", vec!["dealer_id", "sub"]),
        (
            "openid email",
            vec!["dealer_id", "email", "email_verified", "sub"],
        ),
        (
            "openid profile",
            vec!["dealer_id", "dealer_name", "name", "sub"],
        ),
    ] {
        let tokens = desk.tokens(&[("scope", scope)]).await;
        let told = info(&desk, &tokens.text("access_token")).await;
        assert_eq!(names(&told.body), expected, "{scope}");
        assert_eq!(told.body["sub"], desk.dealer.owner.to_string());
        assert_eq!(
            told.body["sub"],
            super::claims(&tokens.text("id_token"))["sub"]
        );
    }
    let all = desk.tokens(&[]).await.text("access_token");
    let told = info(&desk, &all).await;
    assert_eq!(told.body["email"], desk.dealer.email);
    assert_eq!(told.body["name"], "Owner");
    assert_eq!(told.body["email_verified"], json!(false));
    let url = format!("{}/oauth/userinfo", desk.server.url);
    let posted = super::told(reqwest::Client::new().post(url).bearer_auth(&all)).await;
    assert_eq!(posted.body, told.body);
}

#[tokio::test]
async fn others_are_told_why_not() {
    let desk = Desk::new().await;
    let without = desk
        .tokens(&[("scope", "email")])
        .await
        .text("access_token");
    let own = desk.server.login(&desk.dealer).await;
    let own = own["accessToken"].as_str().unwrap().to_owned();
    for (token, status, word) in [
        (without.as_str(), 403, "insufficient_scope"),
        (&own, 403, "insufficient_scope"),
        ("nonsense", 401, "invalid_token"),
    ] {
        let told = info(&desk, token).await;
        let challenge = told.headers["www-authenticate"].to_str().unwrap();
        assert_eq!(told.status, status, "{challenge}");
        assert!(challenge.starts_with("Bearer error=") && challenge.contains(word));
    }
    let url = format!("{}/oauth/userinfo", desk.server.url);
    let told = told(reqwest::Client::new().get(url)).await;
    assert_eq!(
        (told.status, &told.headers["www-authenticate"]),
        (401, &"Bearer".parse().unwrap())
    );
}
