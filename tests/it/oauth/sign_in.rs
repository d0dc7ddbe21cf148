//! Signing in on the page: the same checks as everywhere, and the same bounds.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Application, Desk, address_for};
use crate::support::{PASSWORD, TestDealer};

#[tokio::test]
async fn the_page_can_not_be_framed_kept_or_scripted() {
    let desk = Desk::new().await;
    let page = desk.browser().get(&desk.address(&[])).await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self' https://app.example.com;",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("script") && !policy.contains("unsafe"));
    assert!(!page.body.contains("<script") && !page.body.contains("style="));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    for part in [
        "__Host-",
        "; Path=/",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let style = desk.browser().get("/oauth/style.css").await;
    assert_eq!(style.status, 200);
}

#[tokio::test]
async fn what_applications_are_called_stays_text() {
    let mut desk = Desk::new().await;
    let name = "<script>alert(1)</script>\" onload=x";
    desk.app = super::register(&desk.server, &desk.dealer, json!({ "name": name })).await;
    let hint = [("login_hint", "\"><b>x@test.example")];
    let page = desk.browser().get(&desk.address(&hint)).await;
    assert!(!page.body.contains("<script>") && !page.body.contains("<b>"));
    assert!(page.body.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn a_wrong_password_is_told_and_may_be_typed_again() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let wrong = [("email", desk.dealer.email.as_str()), ("password", "wrong")];
    let page = browser.submit(&page, &wrong).await;
    assert!(
        page.body.contains("do not belong together"),
        "{}",
        page.body
    );
    assert_eq!(page.location(), None);
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.asks_for("decision"), "{}", page.body);
}

/// It is the same check as that of the mutation, and counts with it.
#[tokio::test]
async fn who_guesses_is_slowed_down_here_as_there() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    let mut page = browser.get(&desk.address(&[])).await;
    let guess = [
        ("email", desk.dealer.email.as_str()),
        ("password", "a guess"),
    ];
    for _ in 0..6 {
        page = browser.submit(&page, &guess).await;
        assert!(page.asks_for("password"), "{}", page.body);
    }
    assert!(
        page.body.contains("too many wrong passwords"),
        "{}",
        page.body
    );
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "input": { "email": desk.dealer.email, "password": PASSWORD } });
    let answer = desk.server.anonymous().send(login, input).await;
    assert_eq!(answer.code(), "THROTTLED", "{:#}", answer.body);
}

/// Who has signed in on the page is known the next time, there and at the API.
#[tokio::test]
async fn a_browser_that_has_signed_in_is_a_known_device() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[]).await;
    assert!(browser.cookies["__Host-tubex_device"].starts_with("tbd_"));
}

/// A form goes with the browser that was given it, for ten minutes.
#[tokio::test]
async fn a_form_of_another_browser_or_site_is_not_taken() {
    let desk = Desk::new().await;
    let mut mine = desk.browser();
    let page = mine.get(&desk.address(&[])).await;
    let mut others = desk.browser();
    assert_eq!(desk.sign_in(&mut others, &page).await.status, 403);
    others.get(&desk.address(&[])).await;
    assert_eq!(desk.sign_in(&mut others, &page).await.status, 403);
    let (pending, form) = (page.hidden("pending"), page.hidden("form"));
    let fields = [
        ("pending", pending.as_str()),
        ("form", &form),
        ("email", &desk.dealer.email),
        ("password", PASSWORD),
    ];
    for header in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = mine.post("/oauth/answer", &fields, &[header]).await;
        assert_eq!(answer.status, 403, "{header:?}");
    }
    let changed = pending.replacen(
        &pending[60..61],
        if &pending[60..61] == "A" { "B" } else { "A" },
        1,
    );
    let fields = [("pending", changed.as_str()), ("form", &form)];
    assert_eq!(mine.post("/oauth/answer", &fields, &[]).await.status, 403);
    desk.wait(TimeDelta::minutes(10));
    assert_eq!(desk.sign_in(&mut mine, &page).await.status, 400);
}

/// Who is signed in need not sign in for each application; his session is one that he
/// sees and ends.
#[tokio::test]
async fn a_browser_stays_signed_in_until_its_session_ends() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[]).await;
    let page = browser.get(&desk.address(&[])).await;
    assert!(page.param("code").is_some());
    let owner = desk.owner().await;
    let end = "mutation { sessionRevoke(input: { which: OTHERS }) { ended } }";
    // That of the page, and the one by which the application was registered.
    assert_eq!(owner.get(end).await["sessionRevoke"]["ended"], 2);
    let page = browser.get(&desk.address(&[])).await;
    assert!(page.asks_for("password"));
}

#[tokio::test]
async fn a_cookie_that_is_made_up_signs_nobody_in() {
    let desk = Desk::new().await;
    let mut browser = desk.browser();
    desk.code(&mut browser, &[]).await;
    let mut other = desk.browser();
    for value in ["", "x", "AAAA", &"A".repeat(5000)] {
        let cookie = ("__Host-tubex_signin".to_owned(), value.to_owned());
        other.cookies.extend([cookie]);
        assert!(other.get(&desk.address(&[])).await.asks_for("password"));
    }
}

/// What stands in the second factor's way elsewhere stands here.
#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let desk = Desk::new().await;
    let phone = enrolled(&desk).await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.asks_for("code"), "{}", page.body);
    let page = browser.submit(&page, &[("code", "000000")]).await;
    assert!(page.asks_for("code") && page.body.contains("role=\"alert\""));
    desk.wait(TimeDelta::seconds(30));
    let code = phone.code(desk.server.clock.now());
    let page = browser.submit(&page, &[("code", &code)]).await;
    assert!(page.asks_for("decision"), "{}", page.body);
    let page = browser.submit(&page, &[("decision", "allow")]).await;
    let told = desk.exchange(&page.param("code").unwrap(), &[]).await;
    let id = super::claims(&told.text("id_token"));
    assert_eq!(id["amr"], json!(["pwd", "otp"]));
}

async fn enrolled(desk: &Desk) -> crate::factors::phone::Phone {
    let owner = desk.owner().await;
    let begun = owner.get("mutation { totpEnrol { uri } }").await;
    let phone = crate::factors::phone::Phone::scan(begun["totpEnrol"]["uri"].as_str().unwrap());
    let confirm = "mutation($code: String!) { totpConfirm(input: { code: $code }) {
        userErrors { code } } }";
    let code = phone.code(desk.server.clock.now());
    let data = owner.run(confirm, json!({ "code": code })).await;
    assert_eq!(data["totpConfirm"]["userErrors"], json!([]));
    phone
}

/// An application of the platform is for the people of all dealers, each of whom
/// says where.
#[tokio::test]
async fn who_works_for_several_dealers_says_for_which() {
    let mut desk = Desk::new().await;
    desk.app = of_platform(&desk).await;
    let second = crate::sessions::second_dealer(&desk.server, &desk.dealer).await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.asks_for("dealer") && !page.asks_for("decision"));
    let page = browser.submit(&page, &[("dealer", &second)]).await;
    assert!(page.asks_for("decision"), "{}", page.body);
    let chosen = format!("value=\"{second}\" selected");
    assert!(page.body.contains(&chosen), "{}", page.body);
    let first = desk.dealer.id.to_string();
    let answer = [("decision", "allow"), ("dealer", first.as_str())];
    let page = browser.submit(&page, &answer).await;
    let told = desk.exchange(&page.param("code").unwrap(), &[]).await;
    assert_eq!(claims_of(&told.text("access_token"), "tid"), first);
    // The other dealer is another consent.
    let page = browser.get(&desk.address(&[("dealer_id", &second)])).await;
    assert!(page.asks_for("decision"));
    let page = browser.submit(&page, &[("decision", "allow")]).await;
    let told = desk.exchange(&page.param("code").unwrap(), &[]).await;
    assert_eq!(claims_of(&told.text("access_token"), "tid"), second);
    assert_eq!(claims_of(&told.text("id_token"), "dealer_id"), second);
}

#[tokio::test]
async fn nobody_lets_an_application_in_where_he_does_not_work() {
    let mut desk = Desk::new().await;
    desk.app = of_platform(&desk).await;
    let other: TestDealer = desk.server.dealer().await;
    let mut browser = desk.browser();
    let page = browser.get(&desk.address(&[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    let other = other.id.to_string();
    let answer = [("decision", "allow"), ("dealer", other.as_str())];
    let page = browser.submit(&page, &answer).await;
    assert!(page.asks_for("password"), "{}", page.body);
    assert_eq!(page.param("code"), None);
}

async fn of_platform(desk: &Desk) -> Application {
    use tubex::platform::oauth::clients::Registrar;
    use tubex::platform::oauth::input::OauthClientRegisterInput;
    let input = OauthClientRegisterInput {
        name: "Everywhere".to_owned(),
        homepage: None,
        redirect_uris: vec![super::REDIRECT.to_owned()],
        scopes: super::SCOPE.split(' ').map(str::to_owned).collect(),
        is_public: true,
    };
    let operator = "alice".parse().unwrap();
    let by = Registrar::Operator(&operator);
    let applications = &desk.server.app.callers.applications;
    let registered = applications.register(by, &input).await.ok().unwrap();
    Application {
        id: registered.row.id.to_string(),
        secret: None,
        redirect: super::REDIRECT,
    }
}

fn claims_of(token: &str, name: &str) -> String {
    let claims: Value = super::claims(token);
    claims[name].as_str().unwrap().to_owned()
}

/// A dealer's own application need not ask.
#[tokio::test]
async fn an_application_of_a_dealer_works_there_only() {
    let desk = Desk::new().await;
    crate::sessions::second_dealer(&desk.server, &desk.dealer).await;
    let mut browser = desk.browser();
    let page = browser.get(&address_for(&desk.app, &[])).await;
    let page = desk.sign_in(&mut browser, &page).await;
    assert!(page.asks_for("decision") && !page.asks_for("dealer"));
}
