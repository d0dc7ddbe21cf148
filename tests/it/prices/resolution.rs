//! Which price counts: the order of sources, targets, minimums and starts, and what it costs
//! to find out.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use super::{customer, done, list, price, product, rule, shop, unit};
use crate::support::{Client, Server, TestDealer};

/// A shop with something to buy, somebody to buy it, and lists to buy it from.
struct Market {
    _server: Server,
    dealer: TestDealer,
    product: Value,
    customer: Value,
    job: Value,
    /// The customer's list, the job's, and two for everybody.
    lists: [Value; 4],
}

impl Market {
    async fn open() -> Self {
        let (server, dealer) = shop().await;
        let client = &dealer.client;
        let product = product(client, "LBR-2X4-8").await;
        let customer = customer(client).await;
        let job = customer["jobs"][0].clone();
        let all = json!({ "isDefault": true });
        let lists = [
            list(client, "CUSTOMERS", json!({})).await,
            list(client, "JOBS", json!({})).await,
            list(client, "ALL", all).await,
            list(client, "SALE", json!({ "isDefault": true, "priority": 9 })).await,
        ];
        for (field, of, list) in [
            ("customerPriceListSet", &customer, &lists[0]),
            ("jobPriceListSet", &job, &lists[1]),
        ] {
            let input = json!({ "id": of["id"], "expectedVersion": 1, "priceListId": list["id"] });
            done(client, field, "assignment { id }", input).await;
        }
        Self {
            _server: server,
            product,
            customer,
            job,
            lists,
            dealer,
        }
    }

    fn client(&self) -> &Client {
        &self.dealer.client
    }

    /// Sets a price by the word for its holder.
    async fn set(&self, holder: &str, value: &str, more: Value) {
        let (key, id) = match holder {
            "job" => ("jobId", &self.job["id"]),
            "customer" => ("customerId", &self.customer["id"]),
            "his list" => ("priceListId", &self.lists[0]["id"]),
            "its list" => ("priceListId", &self.lists[1]["id"]),
            "all" => ("priceListId", &self.lists[2]["id"]),
            "sale" => ("priceListId", &self.lists[3]["id"]),
            _ => ("priceListId", &Value::Null),
        };
        let mut input = json!({ "productId": self.product["id"], "method": "FIXED",
            "value": value, "validFrom": "2026-01-01" });
        input[key] = id.clone();
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        rule(self.client(), input).await;
    }

    async fn of_category(&self, holder: &str, value: &str, category: &Value) {
        let pieces = unit(self.client(), "pc").await;
        let more = json!({ "productId": null, "categoryId": category, "unitId": pieces });
        self.set(holder, value, more).await;
    }

    /// What the job pays.
    async fn asked(&self, more: Value) -> Value {
        let mut arguments = json!({ "productId": self.product["id"], "jobId": self.job["id"],
            "at": "2026-06-15" });
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        price(self.client(), arguments).await
    }

    fn is_list_price(&self, price: &Value) -> bool {
        let amount = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
        amount(&price["unitPrice"]["amount"]) == amount(&self.product["listPrice"]["amount"])
            && price["source"] == "LIST_PRICE"
            && price["rule"].is_null()
    }
}

/// Each price beats all that were set before it.
#[tokio::test]
async fn sources_come_in_their_order() {
    let market = Market::open().await;
    assert!(market.is_list_price(&market.asked(json!({})).await));
    let category = &market.product["category"];
    market
        .of_category("", "91", &category["parent"]["id"])
        .await;
    let steps = [
        ("", "90", "CATEGORY_RULE"),
        ("all", "80", "DEFAULT_PRICE_LIST"),
        ("sale", "79", "DEFAULT_PRICE_LIST"),
        ("his list", "70", "PRICE_LIST"),
        ("its list", "60", "PRICE_LIST"),
        ("customer", "50", "CUSTOMER_RULE"),
        ("job", "40", "JOB_RULE"),
    ];
    let mut beaten = vec!["91".to_owned()];
    for (holder, value, source) in steps {
        if holder.is_empty() {
            market.of_category(holder, value, &category["id"]).await;
        } else {
            market.set(holder, value, json!({})).await;
        }
        let price = market.asked(json!({})).await;
        assert_eq!(
            (&price["source"], &price["unitPrice"]["amount"]),
            (&json!(source), &json!(value))
        );
        assert_eq!(price["rule"]["value"], value);
        let told = price["beaten"].as_array().unwrap();
        let told: Vec<_> = told
            .iter()
            .map(|one| one["rule"]["value"].as_str().unwrap())
            .collect();
        assert_eq!(told, beaten, "{price:#}");
        beaten.insert(0, value.to_owned());
    }
    // Reasons, as the order says them.
    let price = market.asked(json!({})).await;
    let reasons = price["beaten"].as_array().unwrap();
    assert!(reasons.iter().all(|one| one["reason"] == "STRONGER_SOURCE"));
    // Others have none of it but what is everybody's.
    let arguments = json!({ "productId": market.product["id"], "at": "2026-06-15" });
    let counter = super::price(market.client(), arguments).await;
    assert_eq!(counter["unitPrice"]["amount"], "79");
    let reasons = counter["beaten"].as_array().unwrap();
    let reasons: Vec<_> = reasons
        .iter()
        .map(|one| one["reason"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        ["EARLIER_LIST", "STRONGER_SOURCE", "STRONGER_SOURCE"]
    );
    // The other job of the customer has his prices, and not those of the first.
    let other = market
        .asked(json!({ "jobId": market.customer["jobs"][1]["id"] }))
        .await;
    assert_eq!(other["unitPrice"]["amount"], "50");
}

#[tokio::test]
async fn within_a_source_targets_minimums_and_starts_decide() {
    let market = Market::open().await;
    let category = &market.product["category"];
    market
        .of_category("all", "9", &category["parent"]["id"])
        .await;
    assert_eq!(market.asked(json!({})).await["unitPrice"]["amount"], "9");
    market.of_category("all", "8", &category["id"]).await;
    let near = market.asked(json!({})).await;
    assert_eq!(near["unitPrice"]["amount"], "8");
    assert_eq!(near["beaten"][0]["reason"], "NEARER_TARGET");
    market.set("all", "7", json!({})).await;
    let foot = unit(market.client(), "MBF").await;
    // A thousand board feet are 187.5 pieces; 200 pieces come to a little more.
    market
        .set("all", "6", json!({ "minQuantity": "1", "minUnitId": foot }))
        .await;
    market
        .set("all", "5.9", json!({ "minQuantity": "187" }))
        .await;
    market
        .set("all", "5", json!({ "minQuantity": "200" }))
        .await;
    for (quantity, unit, value, reason) in [
        ("1", None, "7", "QUANTITY_NOT_REACHED"),
        ("187", None, "5.9", "QUANTITY_NOT_REACHED"),
        ("188", None, "6", "QUANTITY_NOT_REACHED"),
        ("1", Some(&foot), "6", "QUANTITY_NOT_REACHED"),
        ("200", None, "5", "HIGHER_MINIMUM"),
        ("1.5", Some(&foot), "5", "HIGHER_MINIMUM"),
    ] {
        let price = market
            .asked(json!({ "quantity": quantity, "unitId": unit }))
            .await;
        assert_eq!(price["unitPrice"]["amount"], value, "{quantity}: {price:#}");
        let reasons = price["beaten"].as_array().unwrap();
        assert!(
            reasons.iter().any(|one| one["reason"] == reason),
            "{quantity}: {price:#}"
        );
    }
    // The same minimum of a category in two units: what began later.
    let pieces = unit(market.client(), "pc").await;
    for (value, least, unit, from) in [
        ("4", "375", &pieces, "2026-02-01"),
        ("3.9", "2", &foot, "2026-03-01"),
    ] {
        let more = json!({ "productId": null, "categoryId": category["id"], "unitId": pieces,
            "minQuantity": least, "minUnitId": unit, "validFrom": from });
        market.set("sale", value, more).await;
    }
    let newer = market.asked(json!({ "quantity": "375" })).await;
    assert_eq!(newer["unitPrice"]["amount"], "3.9");
    assert_eq!(newer["beaten"][0]["reason"], "NEWER_START");
    let before = market
        .asked(json!({ "quantity": "375", "at": "2026-02-15" }))
        .await;
    assert_eq!(before["unitPrice"]["amount"], "4");
}

#[tokio::test]
async fn prices_hold_from_their_first_day_to_their_last() {
    let market = Market::open().await;
    let days = json!({ "validFrom": "2026-03-01", "validTo": "2026-03-31" });
    market.set("customer", "5", days).await;
    for (day, holds) in [
        ("2026-02-28", false),
        ("2026-03-01", true),
        ("2026-03-31", true),
        ("2026-04-01", false),
    ] {
        let price = market.asked(json!({ "at": day })).await;
        assert_eq!(market.is_list_price(&price), !holds, "{day}");
        assert_eq!(price["at"], day);
    }
    // A list has days of its own, and is asked no more when it is archived.
    market.set("its list", "4", json!({})).await;
    let list = &market.lists[1];
    let input = json!({ "id": list["id"], "expectedVersion": 1, "validTo": "2026-05-31" });
    done(
        market.client(),
        "priceListUpdate",
        "priceList { id }",
        input,
    )
    .await;
    let (may, june) = (json!({ "at": "2026-05-31" }), json!({ "at": "2026-06-01" }));
    assert_eq!(market.asked(may.clone()).await["unitPrice"]["amount"], "4");
    let after = market.asked(june).await;
    assert!(market.is_list_price(&after));
    assert_eq!(after["beaten"][0]["reason"], "LIST_NOT_VALID");
    let input = json!({ "id": list["id"], "expectedVersion": 2 });
    done(
        market.client(),
        "priceListArchive",
        "priceList { id }",
        input,
    )
    .await;
    assert!(market.is_list_price(&market.asked(may).await));
}

#[tokio::test]
async fn percentages_are_of_list_price_and_cost() {
    let market = Market::open().await;
    market
        .set("customer", "25", json!({ "method": "COST_PLUS" }))
        .await;
    let unknown = market.asked(json!({})).await;
    assert!(market.is_list_price(&unknown));
    assert_eq!(unknown["beaten"][0]["reason"], "COST_UNKNOWN");
    let input = json!({ "id": market.product["id"], "expectedVersion": 1, "standardCost": "2.50" });
    done(
        market.client(),
        "productPricingSet",
        "product { id }",
        input,
    )
    .await;
    assert_eq!(
        market.asked(json!({})).await["unitPrice"]["amount"],
        "3.125"
    );
    market
        .set("job", "100", json!({ "method": "LIST_MINUS" }))
        .await;
    assert_eq!(market.asked(json!({})).await["unitPrice"]["amount"], "0");
    // A unit in which this product is not measured makes no price of it.
    let kilo = unit(market.client(), "kg").await;
    let category = &market.product["category"]["id"];
    let more = json!({ "productId": null, "categoryId": category, "unitId": kilo, "validFrom": "2026-02-01" });
    market.set("sale", "1", more).await;
    let price = market.asked(json!({})).await;
    let reasons = price["beaten"].as_array().unwrap();
    assert!(
        reasons.iter().any(|one| one["reason"] == "UNIT_UNKNOWN"),
        "{price:#}"
    );
}

/// Sold by the piece, priced per thousand board feet: 375/2 pieces.
#[tokio::test]
async fn timber_per_thousand_board_feet_comes_out_to_the_cent() {
    let market = Market::open().await;
    let thousand = unit(market.client(), "MBF").await;
    let per = json!({ "unitId": thousand });
    market.set("customer", "449.95", per).await;
    for (quantity, amount) in [
        ("1", "2.40"),
        ("3", "7.20"),
        ("294", "705.52"),
        ("375", "899.90"),
    ] {
        let price = market.asked(json!({ "quantity": quantity })).await;
        assert_eq!(price["amount"]["amount"], amount, "{quantity}");
        assert_eq!(price["unit"]["code"], "MBF");
        assert_eq!(price["unitPrice"]["amount"], "449.95");
    }
    let price = market
        .asked(json!({ "quantity": "2", "unitId": thousand }))
        .await;
    assert_eq!(
        (&price["baseQuantity"], &price["amount"]["amount"]),
        (&json!("375"), &json!("899.90"))
    );
}

/// What overflowed elsewhere: three billion dong, without decimals.
#[tokio::test]
async fn three_billion_dong_are_a_price() {
    let server = Server::start().await;
    let dealer = server.dealer_in("VND", "Asia/Ho_Chi_Minh").await;
    tubex::demo::fill(&server.app, dealer.id, &DEALERS[0])
        .await
        .unwrap();
    let client = &dealer.client;
    let sand = product(client, "SND-RIV").await;
    let list = list(client, "ALL", json!({ "isDefault": true })).await;
    let input = json!({ "priceListId": list["id"], "productId": sand["id"], "method": "FIXED", "value": "3000000000" });
    rule(client, input).await;
    let price = price(
        client,
        json!({ "productId": sand["id"], "quantity": "1.5" }),
    )
    .await;
    assert_eq!(
        price["amount"],
        json!({ "amount": "4500000000", "currency": "VND" })
    );
    let input = json!({ "priceListId": list["id"], "productId": sand["id"], "method": "FIXED", "value": "1234.5" });
    rule(client, input).await;
    let price = super::price(client, json!({ "productId": sand["id"], "quantity": "1" })).await;
    assert_eq!(price["amount"]["amount"], "1235");
    let query = "query($id: ID!) { priceFor(productId: $id, quantity: { value: \"99999999999999\" }) { source } }";
    let answer = client.send(query, json!({ "id": sand["id"] })).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn what_is_not_there_has_no_price() {
    let market = Market::open().await;
    let nowhere = |prefix: &str| json!(format!("{prefix}_{}", "0".repeat(32)));
    for change in [
        json!({ "productId": nowhere("prd") }),
        json!({ "jobId": nowhere("job") }),
        json!({ "jobId": null, "customerId": nowhere("cus") }),
    ] {
        assert_eq!(market.asked(change.clone()).await, Value::Null, "{change}");
    }
    let data = market
        .client()
        .get("{ customers(first: 2) { nodes { id } } }")
        .await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    let stranger = nodes
        .iter()
        .find(|node| node["id"] != market.customer["id"])
        .unwrap();
    let others = market.asked(json!({ "customerId": stranger["id"] })).await;
    assert_eq!(others, Value::Null);
    let tonne = unit(market.client(), "t").await;
    for (quantity, code, field) in [
        (json!({ "value": "0" }), "BAD_USER_INPUT", "value"),
        (json!({ "value": "0.5" }), "BAD_USER_INPUT", "value"),
        (
            json!({ "value": "1", "unitId": tonne }),
            "NOT_FOUND",
            "unitId",
        ),
    ] {
        let arguments = json!({ "id": market.product["id"], "quantity": quantity });
        let query = "query($id: ID!, $quantity: QuantityInput) {
            priceFor(productId: $id, quantity: $quantity) { source } }";
        let answer = market.client().send(query, arguments).await;
        assert_eq!(answer.code(), code);
        assert_eq!(answer.body["errors"][0]["extensions"]["field"], field);
    }
}

#[tokio::test]
async fn a_price_costs_two_statements_and_so_does_a_list_of_them() {
    let market = Market::open().await;
    let foot = unit(market.client(), "MBF").await;
    for least in 1..=9 {
        for holder in ["job", "customer", "all", "sale"] {
            let more = json!({ "minQuantity": least.to_string(), "minUnitId": foot });
            market.set(holder, "5", more).await;
        }
    }
    let one = "query($id: ID!, $job: ID!) { priceFor(productId: $id, jobId: $job) {
        source amount { amount } beaten { reason } } }";
    let variables = json!({ "id": market.product["id"], "job": market.job["id"] });
    let answer = market.client().send(one, variables).await;
    assert_eq!(
        answer.body["data"]["priceFor"]["beaten"]
            .as_array()
            .unwrap()
            .len(),
        36
    );
    // Product, units, categories and buyer; rules with their lists.
    assert_eq!(answer.statements(), 2);
    let many = "query($job: ID!) { products(first: 200) { nodes { price(jobId: $job) { source amount { amount } } } } }";
    let answer = market
        .client()
        .send(many, json!({ "job": market.job["id"] }))
        .await;
    let nodes = answer.body["data"]["products"]["nodes"].as_array().unwrap();
    assert!(nodes.len() > 30 && nodes.iter().all(|node| node["price"]["source"].is_string()));
    assert_eq!(answer.statements(), 3);
    // How the products are measured is one more, for all of them.
    let many = many.replace("price(", "price(quantity: { value: \"3\" }, ");
    let answer = market
        .client()
        .send(&many, json!({ "job": market.job["id"] }))
        .await;
    assert_eq!(answer.statements(), 4);
}

/// A day is a day at the dealer: in Chicago it begins five hours after London.
#[tokio::test]
async fn today_is_the_dealers() {
    use tubex::kernel::clock::Clock;
    let night = "2026-06-01T03:00:00Z".parse().unwrap();
    let server = Server::start_at(Clock::fixed(night), |_settings| {}).await;
    let dealer = server.dealer_in("USD", "America/Chicago").await;
    tubex::demo::fill(&server.app, dealer.id, &DEALERS[1])
        .await
        .unwrap();
    let timber = product(&dealer.client, "LBR-2X4-8").await;
    let price = price(&dealer.client, json!({ "productId": timber["id"] })).await;
    assert_eq!(price["at"], "2026-05-31");
    let list = list(&dealer.client, "A", json!({})).await;
    let input = json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED", "value": "4" });
    assert_eq!(rule(&dealer.client, input).await["validFrom"], "2026-05-31");
}
