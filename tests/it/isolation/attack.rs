//! Two dealers with full shops: a victim, and another who tries his keys.

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;
use tubex::platform::impersonation::service::NewImpersonation;
use tubex::platform::oauth::model::{ClientId, GrantId};

use super::universe::{Universe, snapshot};
use crate::support::{Answer, Server, TestDealer, owner};

const CREATE_ROLE: &str = "mutation($input: RoleCreateInput!) {
    roleCreate(input: $input) { userErrors { code message } } }";

/// Somebody whom only this dealer has invited.
async fn invite_guest(dealer: &TestDealer) {
    let query = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
        userErrors { code } } }";
    let email = format!("guest-of-{}@test.example", dealer.id);
    let input = json!({ "input": { "email": email, "roles": ["sales"] } });
    let data = dealer.client.run(query, input).await;
    assert_eq!(data["memberInvite"]["userErrors"], json!([]));
}

/// A server with the two of them.
pub struct Attack {
    pub server: Server,
    pub victim: TestDealer,
    pub victims: Universe,
    /// Ids of an API key of the victim's, and of an operator's look at him.
    pub key: String,
    pub impersonation: String,
    /// Ids of an endpoint of webhooks of the victim's, and of a message to it.
    pub endpoint: String,
    pub delivery: String,
    /// Id of an application of the victim's.
    pub application: String,
    /// Id of what the victim lets it do.
    pub grant: String,
    pub attacker: TestDealer,
    pub attackers: Universe,
}

impl Attack {
    pub async fn prepare() -> Self {
        let server = Server::start().await;
        let victim = server.dealer_like(&DEALERS[0]).await;
        let attacker = server.dealer_like(&DEALERS[1]).await;
        // So that there is a session, and an event, for others not to see; and so that
        // the attacker has what is called as the victim's is.
        let login = server.login(&victim).await;
        let token = login["accessToken"].as_str().unwrap();
        let (key, impersonation) = visited(&server, &victim, token).await;
        let (endpoint, delivery) = told(&victim, token).await;
        for dealer in [&victim, &attacker] {
            let client = server.signed_in(dealer, dealer.owner).await;
            let role = json!({ "name": "Night shift", "permissions": ["stock:read"] });
            let made = client.run(CREATE_ROLE, json!({ "input": role })).await;
            assert_eq!(made["roleCreate"]["userErrors"], json!([]));
        }
        let application = crate::oauth::register(&server, &victim, json!({})).await.id;
        let grant = granted(&victim, &application).await;
        for dealer in [&victim, &attacker] {
            invite_guest(dealer).await;
            crate::files::attach_some(dealer).await;
            crate::bulk::start_some(dealer).await;
            crate::stock::put_aside(dealer).await;
            crate::stock::start_transfer(dealer).await;
            crate::stock::count_some(dealer).await;
            crate::stock::lots::bring_some(dealer).await;
            crate::invoices::bill_some(dealer).await;
            crate::payments::pay_some(dealer).await;
            crate::purchasing::buy_some(dealer).await;
            crate::quotes::quote_some(dealer).await;
            crate::returns::bring_back(dealer).await;
            crate::orders::sell_some(dealer).await;
            crate::deliveries::deliver_some(dealer).await;
            // So that the proof of the books has something to tell.
            crate::stock::spoil(dealer).await;
            crate::prices::set_some(dealer).await;
            crate::catalogue::describe_some(dealer).await;
            crate::reports::pretend(dealer).await;
        }
        let attackers = Universe::of(&attacker).await;
        let victims = Universe::of(&victim).await.without(&attackers);
        // A test that knows no secrets could not fail.
        assert!(victims.ids.len() > 100 && victims.secrets.len() > victims.ids.len());
        Self {
            server,
            victim,
            victims,
            key,
            impersonation,
            endpoint,
            delivery,
            application,
            grant,
            attacker,
            attackers,
        }
    }

    /// Runs an operation as the attacker; fails if the answer tells anything
    /// of the victim's.
    pub async fn run(&self, query: &str, variables: Value) -> Answer {
        let answer = self.attacker.client.send(query, variables.clone()).await;
        self.victims.assert_hidden(&answer.body, &variables, query);
        answer
    }

    /// Fails if any row of the victim's has changed since the start.
    pub async fn assert_untouched(&self) {
        let now = snapshot(&self.victim.client).await;
        assert_eq!(now, self.victims.all, "a row of the victim's has changed");
    }
}

/// Makes a key, and lets an operator look at the shop; gives their ids.
async fn visited(server: &Server, dealer: &TestDealer, token: &str) -> (String, String) {
    let create = "mutation { apiKeyCreate(input: { name: \"Till\", scopes: [\"units:read\"] }) {
        apiKey { id } } }";
    let client = dealer.client.with_token(token);
    let made = client.run(create, json!({})).await;
    let new = NewImpersonation {
        operator: &"alice".parse().unwrap(),
        dealer: dealer.id,
        user: dealer.owner,
        reason: "ticket 4711",
        read_only: true,
    };
    let begun = server.app.callers.impersonations.begin(new).await;
    let key = made["apiKeyCreate"]["apiKey"]["id"].as_str().unwrap();
    let impersonation = begun.ok().unwrap().row.id;
    (key.to_owned(), impersonation.to_string())
}

/// Has the victim's events sent somewhere, and tries that; gives the ids of both.
async fn told(dealer: &TestDealer, token: &str) -> (String, String) {
    let client = dealer.client.with_token(token);
    let create = "mutation { webhookEndpointCreate(input: { url: \"https://hooks.example/\", events: [\"*\"] }) {
        webhookEndpoint { id } } }";
    let made = client.get(create).await;
    let endpoint = &made["webhookEndpointCreate"]["webhookEndpoint"]["id"];
    let test =
        "mutation($id: ID!) { webhookEndpointTest(input: { id: $id }) { webhookDelivery { id } } }";
    let tested = client.run(test, json!({ "id": endpoint })).await;
    let delivery = &tested["webhookEndpointTest"]["webhookDelivery"]["id"];
    let owned = |id: &Value| id.as_str().unwrap().to_owned();
    (owned(endpoint), owned(delivery))
}

/// The victim's owner lets the application in; gives the id of that.
async fn granted(victim: &TestDealer, application: &str) -> String {
    let id = GrantId::generate();
    let client: ClientId = application.parse().unwrap();
    let grant = "INSERT INTO platform.oauth_grants (id, client_id, user_id, dealer_id, scope, created_at, used_at)
        VALUES ($1::text::uuid, $2::text::uuid, $3::text::uuid, $4::text::uuid, 'openid', now(), now())";
    let ids = [
        id.uuid(),
        client.uuid(),
        victim.owner.uuid(),
        victim.id.uuid(),
    ];
    let [id_text, client, user, dealer] = ids.map(|id| id.to_string());
    let owner = owner().await;
    owner
        .execute(grant, &[&id_text, &client, &user, &dealer])
        .await
        .unwrap();
    id.to_string()
}
