//! Signing in, and registering a dealer.

use serde_json::{Value, json};
use tubex::config::Registration as Policy;
use tubex::platform::dealers::service::{Registration, Word};
use tubex::tenancy::provision::NewDealer;

use crate::support::{Client, PASSWORD, Server, TestDealer, peer};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken expiresAt dealer { id } user { email } dealers { id name }
    userErrors { code message path } } }";

const REGISTER: &str = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
    accessToken expiresAt dealer { id name currency timezone } owner { email name }
    userErrors { code message path } } }";

async fn login(server: &Server, input: Value) -> Value {
    let data = server
        .anonymous()
        .run(LOGIN, json!({ "input": input }))
        .await;
    data["login"].clone()
}

async fn register(server: &Server, input: &Value) -> Value {
    let data = server
        .anonymous()
        .run(REGISTER, json!({ "input": input }))
        .await;
    data["dealerRegister"].clone()
}

fn newcomer() -> Value {
    json!({
        "name": "  Newcomer  ", "currency": "vnd", "timezone": "Asia/Ho_Chi_Minh",
        "ownerName": "New Owner", "ownerPassword": PASSWORD,
        "ownerEmail": format!("{}@Test.Example", uuid::Uuid::new_v4()),
    })
}

fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect()
}

/// A second dealer of the same owner.
async fn second_shop(server: &Server, dealer: &TestDealer) {
    let registration = Registration {
        dealer: NewDealer {
            name: "Second shop".to_owned(),
            currency: "EUR".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
        },
        owner_name: "Owner".to_owned(),
        owner_email: dealer.email.clone(),
        owner_password: PASSWORD.into(),
        word: Word::Own(peer()),
    };
    let registered = server
        .app
        .core
        .dealers
        .register(registration)
        .await
        .unwrap();
    assert!(!registered.is_new_owner);
}

#[tokio::test]
async fn the_right_password_gives_a_token_for_the_shop() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let payload = login(
        &server,
        json!({ "email": dealer.email, "password": PASSWORD }),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    let client = Client::new(
        &server.url,
        payload["accessToken"].as_str().map(str::to_owned),
    );
    let data = client
        .get("{ viewer { dealer { id } user { email } } }")
        .await;
    assert_eq!(data["viewer"]["dealer"], payload["dealer"]);
    assert_eq!(data["viewer"]["user"]["email"], dealer.email);
}

#[tokio::test]
async fn the_case_of_an_address_does_not_matter() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let shouted = format!(" {} ", dealer.email.to_uppercase());
    let payload = login(&server, json!({ "email": shouted, "password": PASSWORD })).await;
    assert_eq!(payload["user"]["email"], dealer.email);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let wrong = login(
        &server,
        json!({ "email": dealer.email, "password": "not the password" }),
    )
    .await;
    let unknown = login(
        &server,
        json!({ "email": "nobody@test.example", "password": PASSWORD }),
    )
    .await;
    assert_eq!(codes(&wrong), ["INVALID_CREDENTIALS"]);
    assert!(wrong["accessToken"].is_null() && wrong["dealers"] == json!([]));
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn who_works_for_several_dealers_has_to_choose() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    second_shop(&server, &dealer).await;
    let mut input = json!({ "email": dealer.email, "password": PASSWORD });
    let payload = login(&server, input.clone()).await;
    assert_eq!(codes(&payload), ["DEALER_CHOICE_REQUIRED"]);
    assert_eq!(
        payload["userErrors"][0]["path"],
        json!(["input", "dealerId"])
    );
    assert!(payload["accessToken"].is_null());
    let offered = payload["dealers"].as_array().unwrap();
    assert_eq!(offered.len(), 2);
    for shop in offered {
        input["dealerId"] = shop["id"].clone();
        let chosen = login(&server, input.clone()).await;
        assert_eq!(chosen["dealer"]["id"], shop["id"]);
        assert!(chosen["accessToken"].is_string());
    }
}

#[tokio::test]
async fn nobody_chooses_a_dealer_he_does_not_work_for() {
    let server = Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let input =
        json!({ "email": dealer.email, "password": PASSWORD, "dealerId": other.id.to_string() });
    let payload = login(&server, input).await;
    assert_eq!(codes(&payload), ["FORBIDDEN"]);
    assert!(payload["accessToken"].is_null());
}

#[tokio::test]
async fn strangers_can_not_register_where_registration_is_closed() {
    let server = Server::start().await;
    let answer = server
        .anonymous()
        .send(REGISTER, json!({ "input": newcomer() }))
        .await;
    assert_eq!((answer.status, answer.code()), (200, "FORBIDDEN"));
    assert!(answer.body["data"].is_null());
}

#[tokio::test]
async fn a_registered_dealer_is_at_work_at_once() {
    let server = Server::start_with(|settings| settings.registration = Policy::Open).await;
    let payload = register(&server, &newcomer()).await;
    assert_eq!(payload["userErrors"], json!([]));
    let dealer = &payload["dealer"];
    assert_eq!(
        (dealer["name"].as_str(), dealer["currency"].as_str()),
        (Some("Newcomer"), Some("VND"))
    );
    let client = Client::new(
        &server.url,
        payload["accessToken"].as_str().map(str::to_owned),
    );
    let data = client
        .get("{ units { totalCount } products { totalCount } viewer { dealer { id } } }")
        .await;
    // The units of the trade are there; the goods are his to add.
    assert!(data["units"]["totalCount"].as_i64().unwrap() > 10);
    assert_eq!(data["products"]["totalCount"], 0);
    assert_eq!(data["viewer"]["dealer"]["id"], dealer["id"]);
}

#[tokio::test]
async fn a_registration_with_faults_names_every_field() {
    let server = Server::start_with(|settings| settings.registration = Policy::Open).await;
    let input = json!({
        "name": " ", "currency": "dollars", "timezone": "", "ownerName": "",
        "ownerEmail": "nobody", "ownerPassword": "too short",
    });
    let payload = register(&server, &input).await;
    let errors = payload["userErrors"].as_array().unwrap();
    let mut fields: Vec<&str> = errors
        .iter()
        .map(|e| e["path"][1].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "currency",
            "name",
            "ownerEmail",
            "ownerName",
            "ownerPassword",
            "timezone"
        ]
    );
    assert!(errors.iter().all(|error| error["code"] == "BAD_USER_INPUT"));
    assert!(payload["dealer"].is_null() && payload["accessToken"].is_null());
}

#[tokio::test]
async fn a_time_zone_must_exist() {
    let server = Server::start_with(|settings| settings.registration = Policy::Open).await;
    let mut input = newcomer();
    input["timezone"] = json!("Europe/Atlantis");
    let payload = register(&server, &input).await;
    assert_eq!(codes(&payload), ["BAD_USER_INPUT"]);
    assert_eq!(
        payload["userErrors"][0]["path"],
        json!(["input", "timezone"])
    );
    // Nothing was kept: the same address can still register.
    input["timezone"] = json!("Europe/Athens");
    assert_eq!(register(&server, &input).await["userErrors"], json!([]));
}

#[tokio::test]
async fn a_known_address_registers_with_its_own_password_only() {
    let server = Server::start_with(|settings| settings.registration = Policy::Open).await;
    let dealer = server.dealer().await;
    let mut input = newcomer();
    input["ownerEmail"] = json!(dealer.email);
    input["ownerPassword"] = json!("somebody else's guess");
    let payload = register(&server, &input).await;
    assert_eq!(codes(&payload), ["INVALID_CREDENTIALS"]);
    input["ownerPassword"] = json!(PASSWORD);
    let payload = register(&server, &input).await;
    assert_eq!(payload["owner"]["email"], dealer.email);
    assert_ne!(payload["dealer"]["id"], dealer.id.to_string());
}
