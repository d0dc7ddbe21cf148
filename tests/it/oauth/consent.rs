//! Consent: asked for once, and again for more; what `prompt` and `max_age` do.

use chrono::TimeDelta;
use serde_json::json;

use super::{Desk, LOCAL, claims, register};

#[tokio::test]
async fn the_page_says_who_asks_for_what() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    for text in [
        "Ledger",
        "See products, their units and list prices.",
        "See your e-mail address.",
        "Go on working when you are away.",
        "app.example.com",
        &desk.dealer.email,
    ] {
        assert!(page.body.contains(text), "{text}\n{}", page.body);
    }
    assert!(!page.body.contains("See what lies where."));
}

#[tokio::test]
async fn it_is_remembered_and_asked_for_again_for_more() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[("scope", "openid products:read")])
        .await;
    for less in ["openid", "products:read", "products:read openid"] {
        let page = browser.get(&desk.address(&[("scope", less)])).await;
        assert!(page.param("code").is_some(), "{less}");
    }
    let more = [("scope", "openid stock:read")];
    let page = browser.get(&desk.address(&more)).await;
    assert!(page.asks_for("decision"));
    browser.submit(&page, &[("decision", "allow")]).await;
    let both = [("scope", "openid products:read stock:read")];
    let page = browser.get(&desk.address(&both)).await;
    assert!(page.param("code").is_some());
    assert_eq!(desk.happened("OAUTH_CONSENT_GIVEN").await, 2);
    // A token is for what was asked, not for all that is granted.
    let told = desk.tokens(&[("scope", "openid")]).await;
    assert_eq!(told.text("scope"), "openid");
}

#[tokio::test]
async fn who_says_no_is_sent_back_without_a_code() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    for answer in ["deny", "", "nonsense"] {
        let sent = browser.clone().submit(&page, &[("decision", answer)]).await;
        assert_eq!(sent.param("error").unwrap(), "access_denied", "{answer}");
        assert_eq!(sent.param("code"), None);
    }
    let other = browser.submit(&page, &[("decision", "other")]).await;
    assert!(other.asks_for("password"));
}

/// Consent is given by who is signed in when he gives it.
#[tokio::test]
async fn a_consent_form_is_of_one_sign_in() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let consent = desk.sign_in(&mut browser, &page).await;
    let mut out = browser.clone();
    out.cookies.remove("__Host-tubex_signin");
    let answer = out.submit(&consent, &[("decision", "allow")]).await;
    assert!(answer.asks_for("password"), "{}", answer.body);
    desk.wait(TimeDelta::seconds(1));
    let mut again = browser.clone();
    let page = again.get(&desk.address(&[("prompt", "login")])).await;
    desk.sign_in(&mut again, &page).await;
    let answer = again.submit(&consent, &[("decision", "allow")]).await;
    assert!(answer.asks_for("password"), "{}", answer.body);
}

/// Any program on the machine could say that it is this one.
#[tokio::test]
async fn a_program_on_the_users_machine_asks_each_time() {
    let mut desk = Desk::new().await;
    desk.app = register(&desk.server, &desk.dealer, json!({ "isPublic": true })).await;
    let mut browser = desk.browser();
    let local = [("redirect_uri", LOCAL)];
    desk.code(&mut browser, &local).await;
    let page = browser.get(&desk.address(&local)).await;
    assert!(page.asks_for("decision"));
    let silent = [local[0], ("prompt", "none")];
    let page = browser.get(&desk.address(&silent)).await;
    assert_eq!(page.param("error").unwrap(), "consent_required");
    // Nobody else can be at an address with https.
    assert!(
        browser
            .get(&desk.address(&[]))
            .await
            .param("code")
            .is_some()
    );
}

#[tokio::test]
async fn prompt_none_asks_nobody_anything() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let silent = [("prompt", "none")];
    let page = browser.get(&desk.address(&silent)).await;
    assert_eq!(page.param("error").unwrap(), "login_required");
    let page = browser.get(&desk.address(&[])).await;
    let consent = desk.sign_in(&mut browser, &page).await;
    let page = browser.get(&desk.address(&silent)).await;
    assert_eq!(page.param("error").unwrap(), "consent_required");
    browser.submit(&consent, &[("decision", "allow")]).await;
    let page = browser.get(&desk.address(&silent)).await;
    assert!(page.param("code").is_some());
}

#[tokio::test]
async fn prompt_login_and_consent_ask_who_has_answered_before() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[]).await;
    desk.wait(TimeDelta::seconds(1));
    for prompt in ["login", "select_account", "login consent"] {
        let page = browser.get(&desk.address(&[("prompt", prompt)])).await;
        assert!(page.asks_for("password"), "{prompt}");
        let page = desk.sign_in(&mut browser, &page).await;
        let is_asked = page.asks_for("decision");
        assert_eq!(is_asked, prompt.contains("consent"), "{prompt}");
        desk.wait(TimeDelta::seconds(1));
    }
    let page = browser.get(&desk.address(&[("prompt", "consent")])).await;
    assert!(page.asks_for("decision"));
    // What nobody has heard of changes nothing.
    let page = browser.get(&desk.address(&[("prompt", "dance")])).await;
    assert!(page.param("code").is_some());
}

#[tokio::test]
async fn max_age_bounds_how_old_the_sign_in_is() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[]).await;
    let signed_in_at = desk.server.clock.now().timestamp();
    desk.wait(TimeDelta::seconds(100));
    let page = browser.get(&desk.address(&[("max_age", "100")])).await;
    let code = page.param("code").unwrap();
    let told = desk.exchange(&code, &[]).await;
    assert_eq!(claims(&told.text("id_token"))["auth_time"], signed_in_at);
    for young in ["99", "0"] {
        let page = browser.get(&desk.address(&[("max_age", young)])).await;
        assert!(page.asks_for("password"), "{young}");
        let silent = [("max_age", young), ("prompt", "none")];
        let page = browser.get(&desk.address(&silent)).await;
        assert_eq!(page.param("error").unwrap(), "login_required");
    }
    // Signing in for the request is enough for it, whatever age it allows.
    let page = browser.get(&desk.address(&[("max_age", "0")])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.param("code").is_some());
}
