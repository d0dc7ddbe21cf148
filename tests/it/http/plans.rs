//! Plans: dealers with rates of their own, and what becomes of what they owe when they get
//! another.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use tubex::config::{PlanRate, ServerSettings};
use tubex::kernel::clock::Clock;

use crate::redis::Redis;
use crate::support::{Answer, Client, Server, TestDealer, until};

const PAGE: &str = "{ products(first: 50) { nodes { sku name } } }";
const SET: &str = "mutation($input: DealerPlanSetInput!) { dealerPlanSet(input: $input) {
    dealer { plan status actions(first: 1) { action actor reason detail } }
    userErrors { code path message } } }";

/// All of a dealer may ask for 100 units at once by the standard plan, for 1000 by `pro`.
fn sparing(settings: &mut ServerSettings) {
    without_plans(settings);
    settings.limits.plans.rates_by_plan = vec![PlanRate {
        plan: "pro".to_owned(),
        rate: 2000,
    }];
}

fn without_plans(settings: &mut ServerSettings) {
    settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
    settings.max_complexity = 100;
    settings.limits.rate_per_caller = 0;
    settings.limits.rate_per_dealer = 200;
}

/// A server whose time stands still, so that nothing comes back meanwhile.
async fn at_noon() -> Server {
    let noon = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    Server::start_at(Clock::fixed(noon), sparing).await
}

/// What an operator is answered who gives the dealer this plan.
async fn set(server: &Server, dealer: &TestDealer, plan: &str) -> Value {
    let id = dealer.id.to_string();
    let input = json!({ "dealerId": id, "plan": plan, "reason": "contract 12" });
    let data = server.operator().run(SET, json!({ "input": input })).await;
    data["dealerPlanSet"].clone()
}

/// As [`set`], known on this node at once.
async fn set_here(server: &Server, dealer: &TestDealer, plan: &str) {
    let answer = set(server, dealer, plan).await;
    assert_eq!(answer["dealer"]["plan"], plan, "{answer:#}");
    server.app.directory.forget(dealer.id);
}

async fn page(client: &Client) -> Answer {
    let body = json!({ "query": PAGE, "extensions": { "cost": true } });
    let request = client.request(reqwest::Method::POST, "/graphql");
    Answer::of(request.json(&body).send().await.unwrap()).await
}

fn cost(answer: &Answer, field: &str) -> u64 {
    let cost = &answer.body["extensions"]["cost"];
    cost[field].as_u64().unwrap_or_else(|| panic!("{answer:?}"))
}

/// What the header `RateLimit-Policy` says may be asked for at once; none in refusals.
fn policy(answer: &Answer) -> Option<u64> {
    let text = answer.headers.get("ratelimit-policy")?.to_str().unwrap();
    let rest = text.strip_prefix("\"dealer\";q=").unwrap();
    rest.split(';').next()?.parse().ok()
}

/// Asks until nothing is left; gives how often that was granted, and the refusal.
async fn use_up(client: &Client) -> (u64, Answer) {
    let mut granted = 0;
    loop {
        let answer = page(client).await;
        if answer.status != 200 {
            assert_eq!((answer.status, answer.code()), (429, "RATE_LIMITED"));
            return (granted, answer);
        }
        granted += 1;
    }
}

fn message(refused: &Answer) -> &str {
    refused.body["errors"][0]["message"].as_str().unwrap()
}

#[tokio::test]
async fn dealers_have_the_rates_of_their_plans() {
    let server = at_noon().await;
    let (small, large) = (server.dealer().await, server.dealer().await);
    set_here(&server, &large, "pro").await;
    let (first, other) = (page(&small.client).await, page(&large.client).await);
    assert_eq!((policy(&first), cost(&first, "limit")), (Some(100), 100));
    assert_eq!((policy(&other), cost(&other, "limit")), (Some(1000), 1000));
    let one = cost(&first, "requested");
    assert_eq!(cost(&other, "remaining"), 1000 - one);
    let (granted, refused) = use_up(&small.client).await;
    assert_eq!(granted, 100 / one - 1);
    assert!(message(&refused).contains("--rate-per-dealer"));
    let (granted, refused) = use_up(&large.client).await;
    assert_eq!(granted, 1000 / one - 1);
    assert!(message(&refused).contains("--rates-by-plan"));
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn who_gets_another_plan_goes_on_owing() {
    let server = at_noon().await;
    let dealer = server.dealer().await;
    let one = cost(&page(&dealer.client).await, "requested");
    use_up(&dealer.client).await;
    set_here(&server, &dealer, "pro").await;
    // In two seconds 67 units come back.
    server.clock.set(server.clock.now() + TimeDelta::seconds(2));
    let answer = page(&dealer.client).await;
    assert_eq!((answer.status, policy(&answer)), (200, Some(1000)));
    // Less than one page was left, a hundredth for each unit; ten times that is left now.
    let left = cost(&answer, "remaining");
    assert!(left <= 9 * one + 67, "{left} of {one}");
    // The way back gives nothing either.
    use_up(&dealer.client).await;
    set_here(&server, &dealer, "standard").await;
    assert_eq!(page(&dealer.client).await.status, 429);
}

#[tokio::test]
async fn another_node_hears_of_a_plan_without_a_restart() {
    let nodes = [
        Server::start_with(sparing).await,
        Server::start_with(sparing).await,
    ];
    let dealer = nodes[0].dealer().await;
    let far = nodes[1].client_of(&dealer);
    assert_eq!(policy(&page(&far).await), Some(100));
    let reads = nodes[1].app.directory.reads();
    assert_eq!(
        set(&nodes[0], &dealer, "pro").await["userErrors"],
        json!([])
    );
    until("the other node hears of it", async || {
        policy(&page(&far).await) == Some(1000)
    })
    .await;
    assert!(nodes[1].app.directory.reads() > reads);
    // A node whose settings do not name the plan serves him all the same.
    let behind = Server::start_with(without_plans).await;
    let answer = page(&behind.client_of(&dealer)).await;
    assert_eq!((answer.status, policy(&answer)), (200, Some(100)));
    let refused = set(&behind, &dealer, "pro").await;
    assert_eq!(refused["userErrors"][0]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_plan_is_noted_and_one_that_is_not_known_is_refused() {
    let server = Server::start_with(sparing).await;
    let dealer = server.dealer().await;
    let answer = set(&server, &dealer, "pro").await;
    let noted = json!([{
        "action": "SET_PLAN", "actor": "operator:alice", "reason": "contract 12",
        "detail": "standard → pro",
    }]);
    assert_eq!(answer["dealer"]["actions"], noted, "{answer:#}");
    for plan in ["gold", "", "Pro"] {
        let refused = set(&server, &dealer, plan).await;
        assert_eq!(refused["dealer"], Value::Null);
        let error = &refused["userErrors"][0];
        assert_eq!(error["code"], "BAD_USER_INPUT");
        assert_eq!(error["path"], json!(["input", "plan"]));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("pro, standard"), "{message}");
    }
    let find =
        "query($where: DealerWhere) { dealers(first: 50, where: $where) { nodes { id plan } } }";
    let id = dealer.id.to_string();
    for (plan, found) in [
        ("pro", json!([{ "id": id, "plan": "pro" }])),
        ("standard", json!([])),
    ] {
        let filter = json!({ "where": { "plan": [plan], "search": id } });
        let data = server.operator().run(find, filter).await;
        assert_eq!(data["dealers"]["nodes"], found);
    }
}

#[tokio::test]
async fn with_redis_the_count_goes_on_and_without_it_each_node_has_its_share_of_the_plan() {
    let mut redis = Redis::start().await;
    let url = redis.url();
    let node = || {
        Server::start_with(|settings| {
            sparing(settings);
            settings.redis_url = Some(url.clone().into());
        })
    };
    let nodes = [node().await, node().await];
    let dealer = nodes[0].dealer().await;
    use_up(&dealer.client).await;
    set_here(&nodes[1], &dealer, "pro").await;
    let far = nodes[1].client_of(&dealer);
    let mut left = None;
    until("something has come back", async || {
        let answer = page(&far).await;
        if policy(&answer) == Some(1000) {
            left = Some(cost(&answer, "remaining"));
        }
        left.is_some()
    })
    .await;
    assert!(left.is_some_and(|left| left < 500), "{left:?}");
    // Each node knows by its heartbeat that there are two.
    tokio::time::sleep(Duration::from_secs(6)).await;
    redis.kill();
    for node in &nodes {
        let client = node.client_of(&dealer);
        until("the node counts for itself", async || {
            policy(&page(&client).await) == Some(500)
        })
        .await;
    }
}
