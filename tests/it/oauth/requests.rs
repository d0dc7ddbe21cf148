//! Requests of applications: which are answered, and where to.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Application, CHALLENGE, Desk, LOCAL, REDIRECT, address_for, register};

/// Nobody is sent to an address that is not registered, whatever else is asked.
#[tokio::test]
async fn another_address_is_never_led_to() {
    let desk = Desk::new().await;
    for wrong in [
        "",
        "https://app.example.com/callback/",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#",
        "https://app.example.com:444/callback",
        "https://APP.example.com/callback",
        "http://app.example.com/callback",
        "https://evil.example/callback",
        "https://app.example.com.evil.example/callback",
        "https://app.example.com/callback@evil.example",
        "//evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:8000/other",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost/callback",
    ] {
        for also in [
            ("scope", "openid"),
            ("response_type", "token"),
            ("prompt", "none"),
        ] {
            let page = desk
                .browser()
                .get(&desk.address(&[("redirect_uri", wrong), also]))
                .await;
            assert_eq!((page.status, page.location()), (400, None), "{wrong}");
            assert!(!page.asks_for("password"), "{wrong}");
        }
    }
    let stranger = "app_0192d3a4000070008000000000000001";
    for client in ["", "nonsense", stranger] {
        let page = desk
            .browser()
            .get(&desk.address(&[("client_id", client)]))
            .await;
        assert_eq!((page.status, page.location()), (400, None), "{client}");
    }
}

#[tokio::test]
async fn what_else_is_wrong_is_told_to_the_application() {
    let desk = Desk::new().await;
    let short = &CHALLENGE[1..];
    let long = "x".repeat(2001);
    for (wrong, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "id_token"), "unsupported_response_type"),
        (("response_mode", "fragment"), "invalid_request"),
        (("scope", ""), "invalid_scope"),
        (("scope", "openid everything"), "invalid_scope"),
        (("scope", "openid products:manage"), "invalid_scope"),
        (("scope", "openid roles:manage"), "invalid_scope"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", short), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("prompt", "none login"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("max_age", "-1"), "invalid_request"),
        (("request", "ey.J.x"), "request_not_supported"),
        (
            ("request_uri", "https://x.test"),
            "request_uri_not_supported",
        ),
        (("dealer_id", "nobody"), "invalid_request"),
        (("nonce", long.as_str()), "invalid_request"),
    ] {
        let page = desk.browser().get(&desk.address(&[wrong])).await;
        let location = page.location().unwrap_or_else(|| panic!("{wrong:?}"));
        assert!(location.starts_with(&format!("{REDIRECT}?")), "{location}");
        assert_eq!(page.param("error").unwrap(), error, "{wrong:?}");
        assert_eq!(page.param("state").unwrap(), "a state & more");
        let issuer = desk.server.app.keys.ring().issuer();
        assert_eq!(page.param("iss").unwrap(), issuer);
        assert_eq!(page.param("code"), None);
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_not_read() {
    let desk = Desk::new().await;
    for twice in ["&redirect_uri=https%3A%2F%2Fevil.example%2F", "&state=b"] {
        let address = format!("{}{twice}", desk.address(&[]));
        let page = desk.browser().get(&address).await;
        assert_eq!((page.status, page.location()), (400, None));
    }
}

/// A program on the user's machine takes whatever port is free there.
#[tokio::test]
async fn a_loopback_address_may_have_any_port() {
    let desk = Desk::new().await;
    let redirect = "http://127.0.0.1:51004/callback";
    let mut browser = desk.browser();
    let code = desk.code(&mut browser, &[("redirect_uri", redirect)]).await;
    let told = desk.exchange(&code, &[("redirect_uri", LOCAL)]).await;
    assert_eq!(told.error(), "invalid_grant");
    let told = desk.exchange(&code, &[("redirect_uri", redirect)]).await;
    assert_eq!(told.status, 200, "{:#}", told.body);
}

/// A public application proves by PKCE alone that it is the one that asked.
#[tokio::test]
async fn a_public_application_has_no_secret_and_needs_none() {
    let mut desk = Desk::new().await;
    desk.app = register(&desk.server, &desk.dealer, json!({ "isPublic": true })).await;
    assert_eq!(desk.app.secret, None);
    let told = desk.tokens(&[]).await;
    assert_eq!(desk.try_access(&told.text("access_token")).await, "none");
    let refreshed = desk.refresh(&told.text("refresh_token"), &[]).await;
    assert_eq!(refreshed.status, 200);
    let code = desk.code(&mut desk.browser(), &[]).await;
    let told = desk
        .exchange(&code, &[("client_secret", "tbs_made_up")])
        .await;
    assert_eq!((told.status, told.error()), (401, "invalid_client"));
}

/// Which code it is that fails tells nothing of which part was wrong.
#[tokio::test]
async fn the_right_secret_is_needed_and_a_rotated_one_is_good_for_a_while() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    for wrong in ["", "tbs_wrong"] {
        let told = desk.exchange(&code, &[("client_secret", wrong)]).await;
        assert_eq!((told.status, told.error()), (401, "invalid_client"));
    }
    let rotate = "mutation($input: OauthClientSecretRotateInput!) {
        oauthClientSecretRotate(input: $input) { secret userErrors { code } } }";
    let input = json!({ "id": desk.app.id, "overlapDays": 2 });
    let data = desk
        .owner()
        .await
        .run(rotate, json!({ "input": input }))
        .await;
    let secret = data["oauthClientSecretRotate"]["secret"].clone();
    let secret = secret.as_str().unwrap();
    assert_eq!(desk.exchange(&code, &[]).await.status, 200);
    let tokens = desk.tokens(&[]).await;
    desk.wait(TimeDelta::days(2));
    let told = desk.refresh(&tokens.text("refresh_token"), &[]).await;
    assert_eq!(told.error(), "invalid_client");
    let own = [("client_secret", secret)];
    let told = desk.refresh(&tokens.text("refresh_token"), &own).await;
    assert_eq!(told.status, 200);
    assert_eq!(desk.happened("OAUTH_CLIENT_SECRET_ROTATED").await, 1);
}

#[tokio::test]
async fn the_secret_may_stand_in_a_header() {
    let desk = Desk::new().await;
    let code = desk.code(&mut desk.browser(), &[]).await;
    let Application {
        id,
        secret,
        redirect,
    } = desk.app.clone();
    let form = super::merged(
        &[
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", super::VERIFIER),
        ],
        &[],
    );
    let post = |secret: Option<String>, form: String| {
        reqwest::Client::new()
            .post(format!("{}/oauth/token", desk.server.url))
            .basic_auth(&id, secret)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
    };
    let told = super::told(post(Some("wrong".to_owned()), form.clone())).await;
    assert_eq!((told.status, told.error()), (401, "invalid_client"));
    let challenge = told.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Basic "), "{challenge}");
    let both = format!("{form}&client_secret=x");
    let told = super::told(post(secret.clone(), both)).await;
    assert_eq!((told.status, told.error()), (400, "invalid_request"));
    let told = super::told(post(secret, form)).await;
    assert_eq!(told.status, 200, "{:#}", told.body);
    assert_eq!(told.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn what_is_no_trade_is_refused_in_its_words() {
    let desk = Desk::new().await;
    for (form, error) in [
        (vec![], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (
            vec![("grant_type", "client_credentials")],
            "unsupported_grant_type",
        ),
        (
            vec![("grant_type", "authorization_code")],
            "invalid_request",
        ),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (
            vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", "tbr_AAAA"),
            ],
            "invalid_grant",
        ),
    ] {
        let told = desk.call("/oauth/token", &form, &[]).await;
        assert_eq!((told.status, told.error()), (400, error), "{form:?}");
    }
    let url = format!("{}/oauth/token", desk.server.url);
    let told = super::told(reqwest::Client::new().post(url).json(&json!({}))).await;
    assert_eq!((told.status, told.error()), (400, "invalid_request"));
}

/// Clients that know nothing but the address find the rest.
#[tokio::test]
async fn the_provider_describes_itself() {
    let desk = Desk::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let url = format!("{}{path}", desk.server.url);
        let told: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let issuer = desk.server.app.keys.ring().issuer();
        assert_eq!(told["issuer"], issuer);
        assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(told["response_types_supported"], json!(["code"]));
        assert_eq!(
            told["authorization_endpoint"],
            format!("{issuer}/oauth/authorize")
        );
        let scopes = told["scopes_supported"].to_string();
        assert!(scopes.contains("products:read") && !scopes.contains("roles:manage"));
    }
}

/// One dealer's application can not be let in at another.
#[tokio::test]
async fn an_application_is_for_its_dealers_people() {
    let desk = Desk::new().await;
    let other = desk.server.dealer().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let fields = [
        ("email", other.email.as_str()),
        ("password", crate::support::PASSWORD),
    ];
    let page = browser.submit(&page, &fields).await;
    assert!(page.asks_for("password"));
    assert!(page.body.contains("you do not work for this dealer"));
    let elsewhere = [("dealer_id", other.id.to_string())];
    let elsewhere = elsewhere.each_ref().map(|(name, id)| (*name, id.as_str()));
    let page = browser.get(&address_for(&desk.app, &elsewhere)).await;
    assert_eq!(page.param("error").unwrap(), "invalid_request");
}
