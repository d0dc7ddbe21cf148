//! Second factors, with an authenticator that shares no code with the server.

mod enrolment;
mod login;
pub mod phone;
mod policy;
mod reset;
mod step_up;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tubex::kernel::clock::Clock;

use crate::support::{Client, PASSWORD, Server, TestDealer, until};
use phone::Phone;

pub const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken dealer { id } challenge { id methods expiresAt }
    userErrors { code path } } }";
pub const VERIFY: &str = "mutation($input: LoginVerifyInput!) { loginVerify(input: $input) {
    accessToken refreshToken dealer { id } userErrors { code path } } }";
pub const ENROL: &str = "mutation($input: TotpEnrolInput) { totpEnrol(input: $input) {
    secret uri userErrors { code path } } }";
pub const CONFIRM: &str = "mutation($input: TotpConfirmInput!) { totpConfirm(input: $input) {
    backupCodes accessToken refreshToken userErrors { code path } } }";
pub const DISABLE: &str = "mutation($input: TotpDisableInput) { totpDisable(input: $input) {
    accessToken userErrors { code path } } }";
pub const RENEW: &str = "mutation($input: BackupCodesRegenerateInput) {
    backupCodesRegenerate(input: $input) { backupCodes userErrors { code path } } }";
pub const STEP_UP: &str = "mutation($input: StepUpInput!) { stepUp(input: $input) {
    accessToken userErrors { code path } } }";
pub const REQUIRE: &str = "mutation($input: DealerSecondFactorSetInput!) {
    dealerSecondFactorSet(input: $input) { accessToken userErrors { code path } } }";
pub const STANDING: &str =
    "{ secondFactor { isOn confirmedAt phone smsAvailable backupCodesLeft isRequired } }";

/// A server whose clock a test sets, and a dealer.
struct Desk {
    server: Server,
    dealer: TestDealer,
}

/// Somebody with an authenticator, signed in.
struct Enrolled {
    client: Client,
    refresh: String,
    phone: Phone,
    codes: Vec<String>,
}

impl Desk {
    async fn new() -> Self {
        let clock = Clock::fixed(Clock::system().now());
        let server = Server::start_at(clock, |_settings| {}).await;
        let dealer = server.dealer().await;
        Self { server, dealer }
    }

    fn wait(&self, time: TimeDelta) {
        let clock = &self.server.clock;
        clock.set(clock.now() + time);
    }

    /// The code that an authenticator shows half a minute later: one not used yet.
    fn next_code(&self, phone: &Phone) -> String {
        self.wait(TimeDelta::seconds(30));
        phone.code(self.server.clock.now())
    }

    async fn login(&self) -> Value {
        let input = json!({ "email": self.dealer.email, "password": PASSWORD,
            "dealerId": self.dealer.id.to_string() });
        run(&self.server.anonymous(), LOGIN, input).await
    }

    /// A challenge of the dealer's owner, who has an authenticator.
    async fn challenge(&self) -> String {
        let payload = self.login().await;
        assert_eq!(
            payload["challenge"]["methods"],
            json!(["TOTP", "BACKUP_CODE"])
        );
        text(&payload["challenge"]["id"])
    }

    async fn verify(&self, challenge: &str, code: &str) -> Value {
        let input = json!({ "challengeId": challenge, "code": code });
        run(&self.server.anonymous(), VERIFY, input).await
    }

    fn client(&self, payload: &Value) -> Client {
        Client::new(&self.server.url, Some(text(&payload["accessToken"])))
    }

    async fn enrolled(&self) -> Enrolled {
        let session = self.login().await;
        let client = self.client(&session);
        let begun = run(&client, ENROL, json!({})).await;
        assert_eq!(begun["userErrors"], json!([]));
        let phone = Phone::scan(&text(&begun["uri"]));
        let code = phone.code(self.server.clock.now());
        let confirmed = run(&client, CONFIRM, json!({ "code": code })).await;
        assert_eq!(confirmed["userErrors"], json!([]));
        let codes = confirmed["backupCodes"].as_array().unwrap();
        Enrolled {
            client: self.client(&confirmed),
            refresh: text(&session["refreshToken"]),
            codes: codes.iter().map(text).collect(),
            phone,
        }
    }

    /// Kinds of what has happened at the dealer, the latest first.
    async fn events(&self, client: &Client) -> Vec<String> {
        let data = client.get("{ securityEvents { kind } }").await;
        let events = data["securityEvents"].as_array().unwrap();
        events.iter().map(|event| text(&event["kind"])).collect()
    }
}

/// The payload of a mutation.
pub async fn run(client: &Client, query: &str, input: Value) -> Value {
    let data = client.run(query, json!({ "input": input })).await;
    data.as_object().unwrap().values().next().unwrap().clone()
}

pub async fn refresh(server: &Server, token: &str) -> Value {
    let query = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) {
        accessToken refreshToken userErrors { code } } }";
    run(&server.anonymous(), query, json!({ "refreshToken": token })).await
}

/// Waits until a client's token is refused.
pub async fn refused(client: &Client) {
    until("the token is refused", async || {
        client.send(STANDING, json!({})).await.code() == "UNAUTHENTICATED"
    })
    .await;
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// The code of the first user error.
pub fn code(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or("none")
}
