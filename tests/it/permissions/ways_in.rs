//! Whichever way a contractor comes in, he stands for his customer and nobody else.

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::CustomerId;

use crate::support::{Client, PASSWORD, Server, TestDealer, owner_of};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) {
    accessToken refreshToken userErrors { code } } }";
const REFRESH: &str = "mutation($input: TokenRefreshInput!) { tokenRefresh(input: $input) {
    accessToken refreshToken userErrors { code } } }";
const SWITCH: &str = "mutation($input: DealerSwitchInput!) { dealerSwitch(input: $input) {
    accessToken userErrors { code } } }";
const IMPERSONATE: &str = "mutation($input: DealerImpersonateInput!) {
    dealerImpersonate(input: $input) { accessToken userErrors { code } } }";
const SEEN: &str = "{ viewer { dealer { id } customerId } customers { totalCount nodes { id } } }";

/// A dealer, the customer of his for whom somebody stands, and that somebody: the owner
/// of another dealer.
struct Guest {
    server: Server,
    dealer: TestDealer,
    home: TestDealer,
    customer: Value,
}

impl Guest {
    async fn invited() -> Self {
        let server = Server::start_with(|settings| {
            settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
        })
        .await;
        let dealer = server.dealer_like(&DEALERS[1]).await;
        let home = server.dealer().await;
        let data = dealer
            .client
            .get("{ customers { totalCount nodes { id } } }")
            .await;
        assert!(data["customers"]["totalCount"].as_i64().unwrap() > 3);
        let customer = data["customers"]["nodes"][0]["id"].clone();
        let id: CustomerId = customer.as_str().unwrap().parse().unwrap();
        let keys = [home.owner.uuid(), dealer.id.uuid(), id.uuid()].map(|id| id.to_string());
        let [user, at, of] = &keys;
        owner_of(&server.database)
            .await
            .execute(
                "INSERT INTO platform.memberships (user_id, dealer_id, roles, customer_id, created_at)
                 VALUES ($1::text::uuid, $2::text::uuid, '{customer}', $3::text::uuid, now())",
                &[user, at, of],
            )
            .await
            .unwrap();
        Self {
            server,
            dealer,
            home,
            customer,
        }
    }

    /// The payload of a mutation that went well.
    async fn done(client: &Client, mutation: &str, input: Value) -> Value {
        let data = client.run(mutation, json!({ "input": input })).await;
        let payload = data.as_object().unwrap().values().next().unwrap().clone();
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        payload
    }

    async fn login(&self, dealer: &TestDealer) -> Value {
        let input = json!({ "email": self.home.email, "password": PASSWORD,
            "dealerId": dealer.id.to_string() });
        Self::done(&self.server.anonymous(), LOGIN, input).await
    }

    async fn refresh(&self, tokens: &Value) -> Value {
        let input = json!({ "refreshToken": tokens["refreshToken"] });
        Self::done(&self.server.anonymous(), REFRESH, input).await
    }

    async fn switch(&self, tokens: &Value, to: &TestDealer) -> Value {
        let input = json!({ "dealerId": to.id.to_string() });
        Self::done(&self.client(tokens), SWITCH, input).await
    }

    fn client(&self, tokens: &Value) -> Client {
        let token = tokens["accessToken"].as_str().unwrap();
        self.server.anonymous().with_token(token)
    }

    async fn sees_his_own(&self, tokens: &Value) {
        let seen = self.client(tokens).get(SEEN).await;
        let own = json!({
            "viewer": { "dealer": { "id": self.dealer.id.to_string() }, "customerId": self.customer },
            "customers": { "totalCount": 1, "nodes": [{ "id": self.customer }] },
        });
        assert_eq!(seen, own);
    }

    /// At his own dealer he is the owner, who has no customers yet.
    async fn is_at_home(&self, tokens: &Value) {
        let seen = self.client(tokens).get(SEEN).await;
        let home = json!({
            "viewer": { "dealer": { "id": self.home.id.to_string() }, "customerId": null },
            "customers": { "totalCount": 0, "nodes": [] },
        });
        assert_eq!(seen, home);
    }
}

#[tokio::test]
async fn by_password_and_by_refresh_token() {
    let guest = Guest::invited().await;
    let tokens = guest.login(&guest.dealer).await;
    guest.sees_his_own(&tokens).await;
    let refreshed = guest.refresh(&tokens).await;
    guest.sees_his_own(&refreshed).await;
}

#[tokio::test]
async fn by_a_switch_there_and_back() {
    let guest = Guest::invited().await;
    let tokens = guest.login(&guest.home).await;
    guest.is_at_home(&tokens).await;
    let there = guest.switch(&tokens, &guest.dealer).await;
    guest.sees_his_own(&there).await;
    let refreshed = guest.refresh(&tokens).await;
    guest.sees_his_own(&refreshed).await;
    let back = guest.switch(&there, &guest.home).await;
    guest.is_at_home(&back).await;
}

#[tokio::test]
async fn by_an_operator_in_his_name() {
    let guest = Guest::invited().await;
    let input = json!({ "dealerId": guest.dealer.id.to_string(),
        "userId": guest.home.owner.to_string(), "reason": "ticket 4712", "readOnly": false });
    let tokens = Guest::done(&guest.server.operator(), IMPERSONATE, input).await;
    guest.sees_his_own(&tokens).await;
}
