//! Price rules: what is set, what is refused, and that one holds on a day.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::UserId;

use super::{RULE, customer, done, list, product, refused, rule, shop, unit};
use crate::support::{Client, Server, owner};

async fn validities(client: &Client) -> Vec<(String, Value, Value)> {
    let data = client
        .get("{ priceRules { nodes { value validFrom validTo } } }")
        .await;
    let nodes = data["priceRules"]["nodes"].as_array().unwrap();
    let row = |node: &Value| {
        let value = node["value"].as_str().unwrap().to_owned();
        (value, node["validFrom"].clone(), node["validTo"].clone())
    };
    let mut rows: Vec<_> = nodes.iter().map(row).collect();
    rows.sort_by(|a, b| a.1.as_str().cmp(&b.1.as_str()));
    rows
}

#[tokio::test]
async fn a_new_price_ends_the_present_one_and_the_same_day_is_mended() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let input = |value: &str, from: &str| {
        json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED",
            "value": value, "validFrom": from })
    };
    let first = rule(client, input("4", "2026-01-01")).await;
    assert_eq!(
        (&first["version"], &first["validTo"]),
        (&json!(1), &Value::Null)
    );
    let second = rule(client, input("5", "2026-06-01")).await;
    let mended = rule(client, input("5.5", "2026-06-01")).await;
    assert_eq!(
        (&mended["id"], &mended["version"]),
        (&second["id"], &json!(2))
    );
    let wanted = [
        ("4".to_owned(), json!("2026-01-01"), json!("2026-05-31")),
        ("5.5".to_owned(), json!("2026-06-01"), Value::Null),
    ];
    assert_eq!(validities(client).await, wanted);
    // Into days in which another one begins, it does not fit, but with an end.
    let early = refused(client, "priceRuleUpsert", input("3", "2025-06-01")).await;
    assert_eq!(early, ("ALREADY_EXISTS".into(), "validFrom".into()));
    let mut bounded = input("3", "2025-06-01");
    bounded["validTo"] = json!("2025-12-31");
    rule(client, bounded).await;
    // Who says what he has read is told when it is not so any more.
    let mut stale = input("6", "2026-07-01");
    stale["expectedVersion"] = json!(1);
    let said = refused(client, "priceRuleUpsert", stale).await;
    assert_eq!(said, ("CONFLICT".into(), "expectedVersion".into()));
}

#[tokio::test]
async fn behind_a_promotion_the_price_before_goes_on() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let input = |value: &str, from: &str, to: Option<&str>| {
        json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED",
            "value": value, "validFrom": from, "validTo": to })
    };
    let row =
        |value: &str, from: &str, to: Option<&str>| (value.to_owned(), json!(from), json!(to));
    rule(client, input("4", "2026-01-01", None)).await;
    // Sent twice, it does nothing more.
    for version in 1..=2 {
        let week = rule(client, input("3", "2026-12-01", Some("2026-12-07"))).await;
        assert_eq!(week["version"], version);
        let wanted = [
            row("4", "2026-01-01", Some("2026-11-30")),
            row("3", "2026-12-01", Some("2026-12-07")),
            row("4", "2026-12-08", None),
        ];
        assert_eq!(validities(client).await, wanted);
    }
    rule(client, input("5", "2027-01-01", None)).await;
    rule(client, input("5", "2027-01-01", Some("2027-03-01"))).await;
    // In the midst of one with an end, that goes on up to it.
    rule(client, input("4.5", "2027-02-01", Some("2027-02-10"))).await;
    let wanted = [
        row("4", "2026-01-01", Some("2026-11-30")),
        row("3", "2026-12-01", Some("2026-12-07")),
        row("4", "2026-12-08", Some("2026-12-31")),
        row("5", "2027-01-01", Some("2027-01-31")),
        row("4.5", "2027-02-01", Some("2027-02-10")),
        row("5", "2027-02-11", Some("2027-03-01")),
        row("5", "2027-03-02", None),
    ];
    assert_eq!(validities(client).await, wanted);
    let data = client
        .get("{ priceRules(where: { validOn: \"2027-02-11\" }) { nodes { version priceHistory { old new } } } }")
        .await;
    let wanted = json!([{ "version": 1, "priceHistory": [{ "old": null, "new": "5" }] }]);
    assert_eq!(data["priceRules"]["nodes"], wanted);
}

/// A pallet of this cement is 40 bags.
/// What goes on behind a promotion makes way for the next one, and comes back when one is over
/// earlier than it was to be.
#[tokio::test]
async fn one_promotion_follows_another_and_ends_early() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let input = |value: &str, from: &str, to: Option<&str>| {
        json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED",
            "value": value, "validFrom": from, "validTo": to })
    };
    let row =
        |value: &str, from: &str, to: Option<&str>| (value.to_owned(), json!(from), json!(to));
    let end = |rule: &Value, day: &str| json!({ "id": rule["id"], "expectedVersion": rule["version"], "lastDay": day });
    rule(client, input("9", "2026-01-01", None)).await;
    let first = rule(client, input("8", "2026-12-01", Some("2026-12-07"))).await;
    rule(client, input("7", "2026-12-08", Some("2026-12-14"))).await;
    let second = rule(client, input("7", "2026-12-08", Some("2026-12-24"))).await;
    let wanted = [
        row("9", "2026-01-01", Some("2026-11-30")),
        row("8", "2026-12-01", Some("2026-12-07")),
        row("7", "2026-12-08", Some("2026-12-24")),
        row("9", "2026-12-25", None),
    ];
    assert_eq!(validities(client).await, wanted);
    // One never begins, one ends early.
    done(client, "priceRuleEnd", RULE, end(&second, "2026-12-01")).await;
    done(client, "priceRuleEnd", RULE, end(&first, "2026-12-05")).await;
    let wanted = [
        row("9", "2026-01-01", Some("2026-11-30")),
        row("8", "2026-12-01", Some("2026-12-05")),
        row("9", "2026-12-06", None),
    ];
    assert_eq!(validities(client).await, wanted);
}

#[tokio::test]
async fn minimums_are_the_same_if_they_are_as_much_in_base_units() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let client = &dealer.client;
    let (list, cement) = (
        list(client, "A", json!({})).await,
        product(client, "CEM-PCB40-50").await,
    );
    let (pallet, bag) = (unit(client, "pallet").await, unit(client, "bag").await);
    let input = |value: &str, least: &str, unit: &Value, from: &str| {
        json!({ "priceListId": list["id"], "productId": cement["id"], "method": "FIXED",
            "value": value, "minQuantity": least, "minUnitId": unit, "validFrom": from })
    };
    let first = rule(client, input("13", "1", &pallet, "2026-01-01")).await;
    let mended = rule(client, input("12.5", "40", &Value::Null, "2026-01-01")).await;
    assert_eq!(
        (&mended["id"], &mended["version"], &mended["minQuantity"]),
        (&first["id"], &json!(2), &json!("40"))
    );
    rule(client, input("12", "40.0", &bag, "2026-06-01")).await;
    let early = refused(
        client,
        "priceRuleUpsert",
        input("11", "1", &pallet, "2025-06-01"),
    )
    .await;
    assert_eq!(early, ("ALREADY_EXISTS".into(), "validFrom".into()));
    let wanted = [
        ("12.5".to_owned(), json!("2026-01-01"), json!("2026-05-31")),
        ("12".to_owned(), json!("2026-06-01"), Value::Null),
    ];
    assert_eq!(validities(client).await, wanted);
    // Another minimum is another rule.
    rule(client, input("11", "2", &pallet, "2026-06-01")).await;
    assert_eq!(validities(client).await.len(), 3);
}

#[tokio::test]
async fn a_product_keeps_the_units_that_its_rules_need() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let client = &dealer.client;
    let (list, cement) = (
        list(client, "A", json!({})).await,
        product(client, "CEM-PCB40-50").await,
    );
    let (pallet, tonne) = (unit(client, "pallet").await, unit(client, "t").await);
    let input = json!({ "priceListId": list["id"], "productId": cement["id"], "method": "FIXED",
        "value": "80", "unitId": tonne, "minQuantity": "1", "minUnitId": pallet,
        "validFrom": "2026-01-01" });
    let made = rule(client, input).await;
    let (tonnes, pallets) = (
        json!({ "unitId": tonne, "num": 20 }),
        json!({ "unitId": pallet, "num": 40 }),
    );
    for units in [json!([]), json!([tonnes]), json!([pallets])] {
        let input =
            json!({ "id": cement["id"], "expectedVersion": cement["version"], "units": units });
        let said = refused(client, "productUpdate", input).await;
        assert_eq!(said, ("NOT_ALLOWED".into(), "units".into()), "{units}");
    }
    let input = json!({ "id": made["id"], "expectedVersion": 1, "lastDay": "2026-01-31" });
    done(client, "priceRuleEnd", RULE, input).await;
    // Nor is one taken away in which a supplier delivers it.
    let input = json!({ "code": "NOBODY-ELSE", "name": "Kiln" });
    let supplier = done(client, "supplierCreate", "supplier { id }", input).await;
    let input =
        json!({ "supplierId": supplier["id"], "productId": cement["id"], "unitId": pallet });
    let item = done(
        client,
        "supplierItemSet",
        "supplierItem { id version }",
        input,
    )
    .await;
    let input = json!({ "id": cement["id"], "expectedVersion": cement["version"], "units": [] });
    let said = refused(client, "productUpdate", input.clone()).await;
    assert_eq!(said, ("NOT_ALLOWED".into(), "units".into()));
    let removed = json!({ "id": item["id"], "expectedVersion": item["version"] });
    done(client, "supplierItemRemove", "supplierItem { id }", removed).await;
    done(client, "productUpdate", "product { id }", input).await;
}

#[tokio::test]
async fn a_rule_ends_or_never_begins() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let input = json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED",
        "value": "4", "validFrom": "2026-01-01" });
    let made = rule(client, input).await;
    let end = |version: i32, day: &str| json!({ "id": made["id"], "expectedVersion": version, "lastDay": day });
    let ended = done(client, "priceRuleEnd", RULE, end(1, "2026-03-31")).await;
    assert_eq!(
        (&ended["validTo"], &ended["version"]),
        (&json!("2026-03-31"), &json!(2))
    );
    assert_eq!(
        refused(client, "priceRuleEnd", end(1, "2026-02-01"))
            .await
            .0,
        "CONFLICT"
    );
    let later = refused(client, "priceRuleEnd", end(2, "2026-04-30")).await;
    assert_eq!(later, ("NOT_ALLOWED".into(), "lastDay".into()));
    // Before its first day, it is removed.
    done(client, "priceRuleEnd", RULE, end(2, "2025-12-31")).await;
    assert_eq!(validities(client).await, []);
    assert_eq!(
        refused(client, "priceRuleEnd", end(2, "2025-12-31"))
            .await
            .0,
        "NOT_FOUND"
    );
}

/// A rule for timber in a list, but for some of its fields.
fn changed(list: &Value, timber: &Value, change: &Value) -> Value {
    let mut input = json!({ "priceListId": list["id"], "productId": timber["id"],
        "method": "FIXED", "value": "4" });
    for (key, value) in change.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_said() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let customer = customer(client).await;
    let foot = unit(client, "BF").await;
    let category = &timber["category"]["id"];
    for (change, field) in [
        (json!({ "customerId": customer["id"] }), "priceListId"),
        (json!({ "priceListId": null }), "priceListId"),
        (json!({ "categoryId": category }), "productId"),
        (json!({ "productId": null }), "productId"),
        (json!({ "value": "-1" }), "value"),
        (json!({ "method": "LIST_MINUS", "value": "100.5" }), "value"),
        (json!({ "method": "LIST_MINUS", "unitId": foot }), "unitId"),
        (
            json!({ "productId": null, "categoryId": category }),
            "unitId",
        ),
        (
            json!({ "productId": null, "categoryId": category, "unitId": foot, "minQuantity": "5" }),
            "minUnitId",
        ),
        (json!({ "minQuantity": "0.0000001" }), "minQuantity"),
        (json!({ "minQuantity": "-1" }), "minQuantity"),
        (json!({ "validTo": "2020-01-01" }), "validTo"),
    ] {
        let input = changed(&list, &timber, &change);
        let said = refused(client, "priceRuleUpsert", input).await;
        assert_eq!(said, ("BAD_USER_INPUT".into(), field.into()), "{change}");
    }
}

#[tokio::test]
async fn what_a_rule_names_is_there_and_in_use() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let tonne = unit(client, "t").await;
    let nowhere = |prefix: &str| json!(format!("{prefix}_{}", "0".repeat(32)));
    for (change, code, field) in [
        (json!({ "unitId": tonne }), "NOT_FOUND", "unitId"),
        (
            json!({ "minQuantity": "1", "minUnitId": tonne }),
            "NOT_FOUND",
            "minUnitId",
        ),
        (
            json!({ "priceListId": nowhere("pls") }),
            "NOT_FOUND",
            "priceListId",
        ),
        (
            json!({ "productId": nowhere("prd") }),
            "NOT_FOUND",
            "productId",
        ),
        (
            json!({ "priceListId": null, "customerId": nowhere("cus") }),
            "NOT_FOUND",
            "customerId",
        ),
        (
            json!({ "priceListId": null, "jobId": nowhere("job") }),
            "NOT_FOUND",
            "jobId",
        ),
        (
            json!({ "expectedVersion": 1 }),
            "CONFLICT",
            "expectedVersion",
        ),
    ] {
        let input = changed(&list, &timber, &change);
        let said = refused(client, "priceRuleUpsert", input).await;
        assert_eq!(said, (code.into(), field.into()), "{change}");
    }
    let input = json!({ "id": list["id"], "expectedVersion": 1 });
    done(client, "priceListArchive", "priceList { id }", input).await;
    let input = json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED", "value": "4" });
    let said = refused(client, "priceRuleUpsert", input).await;
    assert_eq!(said, ("NOT_ALLOWED".into(), "priceListId".into()));
}

#[tokio::test]
async fn rules_set_at_once_are_one_rule() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let tries = (1..=16).map(|value| {
        let input = json!({ "priceListId": list["id"], "productId": timber["id"], "method": "FIXED",
            "value": value.to_string(), "validFrom": "2026-01-01" });
        rule(client, input)
    });
    let rules = futures_util::future::join_all(tries).await;
    assert!(rules.iter().all(|rule| rule["id"] == rules[0]["id"]));
    let mut versions: Vec<_> = rules
        .iter()
        .map(|rule| rule["version"].as_i64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=16).collect::<Vec<_>>());
}

/// Past the program, by the database alone: whoever the holder is, even none.
#[tokio::test]
async fn of_overlapping_rules_the_database_takes_one() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    let customer = customer(client).await;
    let key = |id: &Value| id.as_str().unwrap().split_once('_').unwrap().1.to_owned();
    let (list, product) = (key(&list["id"]), key(&timber["id"]));
    let (category, customer) = (key(&timber["category"]["id"]), key(&customer["id"]));
    for columns in [
        format!("'{list}', NULL, NULL, '{product}', NULL"),
        format!("NULL, '{customer}', NULL, '{product}', NULL"),
        format!("NULL, NULL, NULL, NULL, '{category}'"),
    ] {
        let insert = format!(
            "INSERT INTO \"{}\".price_rules SELECT gen_random_uuid(), {columns}, NULL, 0, NULL, \
             'LIST_MINUS', $1::int, '2026-01-01', NULL, 1, now(), now()",
            dealer.schema
        );
        let tries = (0..12).map(|value| {
            let insert = insert.clone();
            async move { owner().await.execute(&insert, &[&value]).await }
        });
        let done = futures_util::future::join_all(tries).await;
        let won = done.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "{columns}");
        for error in done.into_iter().filter_map(Result::err) {
            let code = error.code().unwrap().code().to_owned();
            assert!(["23P01", "40P01"].contains(&code.as_str()), "{code}");
        }
    }
}

#[tokio::test]
async fn a_markup_is_hidden_from_those_who_may_not_see_costs() {
    let (server, dealer) = shop().await;
    let client = &dealer.client;
    let (list, timber) = (
        list(client, "A", json!({})).await,
        product(client, "LBR-2X4-8").await,
    );
    for (method, least) in [("COST_PLUS", "0"), ("LIST_MINUS", "10")] {
        let input = json!({ "priceListId": list["id"], "productId": timber["id"], "method": method,
            "value": "25", "minQuantity": least });
        rule(client, input).await;
    }
    let read = PermissionSet::of(&[Permission::PricesRead]);
    let role = server.role(&dealer, read).await;
    let seller = server.client_as(&dealer, UserId::generate(), &[role], None);
    let query = "{ priceRules(orderBy: [{ field: MIN_QUANTITY }]) { nodes { value priceHistory { new } } } }";
    let (all, some) = (client.get(query).await, seller.get(query).await);
    let shown = json!({ "value": "25", "priceHistory": [{ "new": "25" }] });
    let hidden = json!({ "value": null, "priceHistory": [] });
    assert_eq!(all["priceRules"]["nodes"], json!([shown, shown]));
    assert_eq!(some["priceRules"]["nodes"], json!([hidden, shown]));
}
