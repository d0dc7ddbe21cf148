//! Price lists, and who has which.

use serde_json::{Value, json};

use super::{customer, done, list, refused, shop};

#[tokio::test]
async fn a_list_is_made_changed_and_archived() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let made = list(
        client,
        "TRADE",
        json!({ "validFrom": "2026-01-01", "priority": 5 }),
    )
    .await;
    assert_eq!(
        (&made["currency"], &made["priority"]),
        (&json!("USD"), &json!(5))
    );
    let taken = refused(
        client,
        "priceListCreate",
        json!({ "code": "TRADE", "name": "B" }),
    )
    .await;
    assert_eq!(taken, ("ALREADY_EXISTS".into(), "code".into()));
    let input = json!({ "id": made["id"], "expectedVersion": 1, "isDefault": true,
        "validTo": "2026-12-31", "name": "For the trade" });
    let selection = "priceList { name isDefault validFrom validTo version }";
    let changed = done(client, "priceListUpdate", selection, input.clone()).await;
    let wanted = json!({ "name": "For the trade", "isDefault": true, "validFrom": "2026-01-01",
        "validTo": "2026-12-31", "version": 2 });
    assert_eq!(changed, wanted);
    assert_eq!(
        refused(client, "priceListUpdate", input).await.0,
        "CONFLICT"
    );
    let early = json!({ "id": made["id"], "expectedVersion": 2, "validTo": "2025-01-01" });
    let said = refused(client, "priceListUpdate", early).await;
    assert_eq!(said, ("BAD_USER_INPUT".into(), "validTo".into()));
    let input = json!({ "id": made["id"], "expectedVersion": 2 });
    let gone = done(
        client,
        "priceListArchive",
        "priceList { archivedAt version }",
        input,
    )
    .await;
    assert!(gone["archivedAt"].is_string() && gone["version"] == 3);
    let data = client
        .get("{ priceList(code: \"TRADE\") { name } priceLists(where: { archived: false }) { totalCount } }")
        .await;
    assert_eq!(data["priceList"]["name"], "For the trade");
    assert_eq!(data["priceLists"]["totalCount"], 0);
}

#[tokio::test]
async fn customers_and_jobs_have_lists() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let (a, b) = (
        list(client, "A", json!({})).await,
        list(client, "B", json!({})).await,
    );
    let customer = customer(client).await;
    let selection = "assignment { id version priceList { code } }";
    let input = json!({ "id": customer["id"], "expectedVersion": 1, "priceListId": a["id"] });
    let has = done(client, "customerPriceListSet", selection, input.clone()).await;
    let wanted = json!({ "id": customer["id"], "version": 2, "priceList": { "code": "A" } });
    assert_eq!(has, wanted);
    assert_eq!(
        refused(client, "customerPriceListSet", input).await.0,
        "CONFLICT"
    );
    let job = &customer["jobs"][0]["id"];
    let input = json!({ "id": job, "expectedVersion": 1, "priceListId": b["id"] });
    done(client, "jobPriceListSet", selection, input).await;
    let query = "query($id: ID) { customer(id: $id) { priceList { code } jobs { id priceList { code } } } }";
    let data = client.run(query, json!({ "id": customer["id"] })).await;
    assert_eq!(data["customer"]["priceList"]["code"], "A");
    let jobs = data["customer"]["jobs"].as_array().unwrap();
    let codes: Vec<_> = jobs
        .iter()
        .map(|job| job["priceList"]["code"].clone())
        .collect();
    assert_eq!(codes.iter().filter(|code| **code == json!("B")).count(), 1);
    assert_eq!(
        codes.iter().filter(|code| **code == Value::Null).count(),
        codes.len() - 1
    );
    // Taken again; and no list that is not in use.
    let input = json!({ "id": customer["id"], "expectedVersion": 2 });
    let none = done(client, "customerPriceListSet", selection, input).await;
    assert_eq!(none["priceList"], Value::Null);
    let input = json!({ "id": a["id"], "expectedVersion": 1 });
    done(client, "priceListArchive", "priceList { id }", input).await;
    let input = json!({ "id": customer["id"], "expectedVersion": 3, "priceListId": a["id"] });
    let said = refused(client, "customerPriceListSet", input).await;
    assert_eq!(said, ("NOT_ALLOWED".into(), "priceListId".into()));
}

#[tokio::test]
async fn costs_and_tax_classes_stand_at_products() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let product = super::product(client, "LBR-2X4-8").await;
    let input = json!({ "code": "STD", "name": "Standard" });
    let class = done(client, "taxClassCreate", "taxClass { id }", input).await;
    let input = json!({ "id": product["id"], "expectedVersion": 1, "standardCost": "2.5", "taxClassId": class["id"] });
    let selection = "product { version standardCost { amount } taxClass { code } }";
    let set = done(client, "productPricingSet", selection, input).await;
    let wanted = json!({ "version": 2, "standardCost": { "amount": "2.5000" }, "taxClass": { "code": "STD" } });
    assert_eq!(set, wanted);
    let input = json!({ "id": product["id"], "expectedVersion": 2, "standardCost": null });
    let set = done(client, "productPricingSet", selection, input).await;
    assert_eq!(
        (&set["standardCost"], &set["taxClass"]["code"]),
        (&Value::Null, &json!("STD"))
    );
    for (change, code, field) in [
        (
            json!({ "standardCost": "-1" }),
            "BAD_USER_INPUT",
            "standardCost",
        ),
        (
            json!({ "expectedVersion": 1 }),
            "CONFLICT",
            "expectedVersion",
        ),
        (
            json!({ "id": format!("prd_{}", "0".repeat(32)) }),
            "NOT_FOUND",
            "id",
        ),
        (
            json!({ "taxClassId": format!("txc_{}", "0".repeat(32)) }),
            "NOT_FOUND",
            "taxClassId",
        ),
    ] {
        let mut input = json!({ "id": product["id"], "expectedVersion": 3 });
        for (key, value) in change.as_object().unwrap() {
            input[key] = value.clone();
        }
        let said = refused(client, "productPricingSet", input).await;
        assert_eq!(said, (code.into(), field.into()), "{change}");
    }
}
