//! A device that is new is told to its user by mail, once.

use serde_json::{Value, json};
use tubex::auth::principal::Method;
use tubex::config::Registration as Policy;
use tubex::error::{ErrorCode, Refusal};
use tubex::platform::sessions::service::NewSession;

use crate::support::{PASSWORD, Server, TestDealer, owner, peer};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken deviceToken userErrors { code } } }";
const REGISTER: &str = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
    accessToken deviceToken userErrors { code path } } }";

async fn login(server: &Server, email: &str, password: &str, device: &Value) -> Value {
    let input = json!({ "email": email, "password": password, "deviceToken": device });
    let client = server.anonymous();
    client.run(LOGIN, json!({ "input": input })).await["login"].clone()
}

/// How many mails of a kind were ordered to an address.
async fn mails(email: &str, kind: &str) -> i64 {
    let query = "SELECT count(*) FROM platform.mails WHERE email = $1 AND kind = $2";
    let row = owner().await.query_one(query, &[&email, &kind]).await;
    row.unwrap().get(0)
}

#[tokio::test]
async fn each_new_device_but_the_first_is_told_once() {
    let server = Server::start().await;
    let TestDealer { email, .. } = server.dealer().await;
    let told = async || mails(&email, "NEW_DEVICE").await;
    let none = Value::Null;
    let first = login(&server, &email, PASSWORD, &none).await;
    assert_eq!(told().await, 0);
    // A wrong password is no sign-in.
    login(&server, &email, "a wrong guess", &none).await;
    assert_eq!(told().await, 0);
    let first = login(&server, &email, PASSWORD, &first["deviceToken"]).await;
    assert_eq!(told().await, 0);
    let second = login(&server, &email, PASSWORD, &none).await;
    assert_eq!(told().await, 1);
    for device in [&first, &second, &first] {
        let again = login(&server, &email, PASSWORD, &device["deviceToken"]).await;
        assert!(again["accessToken"].is_string());
    }
    assert_eq!(told().await, 1);
    // Somebody else's device is none of his.
    let other = server.dealer().await;
    let foreign = login(&server, &other.email, PASSWORD, &none).await;
    login(&server, &email, PASSWORD, &foreign["deviceToken"]).await;
    assert_eq!(told().await, 2);
}

#[tokio::test]
async fn a_session_that_does_not_begin_is_not_told() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    login(&server, &dealer.email, PASSWORD, &Value::Null).await;
    let sessions = &server.app.sessions;
    let (peer, methods) = (peer(), [Method::Pwd]);
    let accounts = server.app.identity.accounts();
    let epoch = accounts.user(dealer.owner).await.unwrap().epoch;
    let new = |user_epoch| NewSession {
        user: dealer.owner,
        user_epoch,
        dealer: dealer.id,
        methods: &methods,
        peer: &peer,
        is_known_device: false,
    };
    // As if the password had been changed while he signed in with the old one.
    let Err(Refusal::User(errors)) = sessions.open(new(epoch - 1)).await else {
        panic!("a session has begun");
    };
    assert_eq!(errors[0].code, ErrorCode::Unauthenticated);
    assert_eq!(mails(&dealer.email, "NEW_DEVICE").await, 0);
    assert!(sessions.open(new(epoch)).await.is_ok());
    assert_eq!(mails(&dealer.email, "NEW_DEVICE").await, 1);
}

#[tokio::test]
async fn who_registers_is_known_on_that_device() {
    let server = Server::start_with(|settings| settings.registration = Policy::Open).await;
    let email = format!("{}@test.example", uuid::Uuid::new_v4().simple());
    let register = async |password: &str| {
        let input = json!({
            "name": "Newcomer", "currency": "VND", "timezone": "Asia/Ho_Chi_Minh",
            "ownerName": "Nguyen Ha", "ownerEmail": email, "ownerPassword": password,
        });
        let client = server.anonymous();
        let data = client.run(REGISTER, json!({ "input": input })).await;
        data["dealerRegister"].clone()
    };
    // Neither what everybody tries first, nor who he is.
    for weak in ["password2026", "qwerty123456", "newcomer-nguyen"] {
        let refused = register(weak).await;
        let error = &refused["userErrors"][0];
        assert_eq!(error["path"], json!(["input", "ownerPassword"]), "{weak}");
        assert_eq!(error["code"], "BAD_USER_INPUT", "{weak}");
    }
    let registered = register(PASSWORD).await;
    assert_eq!(registered["userErrors"], json!([]));
    login(&server, &email, PASSWORD, &registered["deviceToken"]).await;
    assert_eq!(mails(&email, "NEW_DEVICE").await, 0);
    login(&server, &email, PASSWORD, &Value::Null).await;
    assert_eq!(mails(&email, "NEW_DEVICE").await, 1);
}
