//! What quotes come to.

use serde_json::{Value, json};

use super::{Office, line, refused, step_with};

/// Puts the cement into a tax class with this rate.
async fn tax(office: &Office, code: &str, product: &str, rate: &str) {
    let create = "mutation($input: TaxClassCreateInput!) { taxClassCreate(input: $input) { taxClass { id } } }";
    let input = json!({ "code": code, "name": code });
    let data = office.client.run(create, json!({ "input": input })).await;
    let class = data["taxClassCreate"]["taxClass"]["id"].clone();
    let set = "mutation($input: TaxRateSetInput!) { taxRateSet(input: $input) { userErrors { code path message } } }";
    let input = json!({ "taxClassId": class, "rate": rate });
    let data = office.client.run(set, json!({ "input": input })).await;
    assert_eq!(data["taxRateSet"]["userErrors"], json!([]));
    let query = "query($id: ID) { product(id: $id) { version } }";
    let data = office.client.run(query, json!({ "id": product })).await;
    let put = "mutation($input: ProductPricingSetInput!) { productPricingSet(input: $input) { userErrors { code path message } } }";
    let input = json!({ "id": product, "expectedVersion": data["product"]["version"], "taxClassId": class });
    let data = office.client.run(put, json!({ "input": input })).await;
    assert_eq!(data["productPricingSet"]["userErrors"], json!([]));
}

#[tokio::test]
async fn tax_is_taken_of_each_rate_group_and_rounded_once() {
    let office = Office::open().await;
    let sand = office.dealer.add_product("SND").await.id;
    tax(&office, "FULL", &office.cement, "10").await;
    tax(&office, "LOW", &sand, "5").await;
    // Each line's tax by itself would be rounded three times.
    let mut odd = line(&office.cement, "1");
    odd["unitPrice"] = json!("0.55");
    odd["priceReason"] = json!("odd");
    let quote = office.draft(json!([odd, odd, line(&sand, "2"), odd])).await;
    let totals = &quote["totals"];
    assert_eq!(totals["net"]["amount"], "20.65");
    // 10 % of 1.65 and 5 % of 19.00.
    assert_eq!(totals["tax"]["amount"], "1.12");
    assert_eq!(totals["gross"]["amount"], "21.77");
    assert_eq!(
        totals["rates"],
        json!([
            { "rate": "5", "net": { "amount": "19" }, "tax": { "amount": "0.95" } },
            { "rate": "10", "net": { "amount": "1.65" }, "tax": { "amount": "0.17" } }
        ])
    );
}

#[tokio::test]
async fn a_price_of_ones_own_takes_a_reason() {
    let office = Office::open().await;
    let draft = office.draft(json!([line(&office.cement, "10")])).await;
    for (name, value) in [("unitPrice", "7"), ("discount", "5")] {
        let mut own = line(&office.cement, "10");
        own[name] = json!(value);
        let payload = office
            .mutate("quoteUpdate", step_with(&draft, &[("lines", json!([own]))]))
            .await;
        let path = "input.lines.0.priceReason".to_owned();
        assert_eq!(refused(&payload), ("BAD_USER_INPUT", path), "{name}");
    }
    let mut free = line(&office.cement, "10");
    free["discount"] = json!("100");
    free["priceReason"] = json!("a gift");
    let changes = [("lines", json!([free]))];
    let quote = office
        .done("quoteUpdate", step_with(&draft, &changes))
        .await;
    assert_eq!(quote["totals"]["gross"]["amount"], "0");
    assert_eq!(quote["lines"][0]["priceReason"], "a gift");
    let mut more = free.clone();
    more["discount"] = json!("100.5");
    let payload = office
        .mutate(
            "quoteUpdate",
            step_with(&quote, &[("lines", json!([more]))]),
        )
        .await;
    let path = "input.lines.0.discount".to_owned();
    assert_eq!(refused(&payload), ("BAD_USER_INPUT", path));
}

#[tokio::test]
async fn a_draft_keeps_its_prices_until_its_lines_are_sent_again() {
    let office = Office::open().await;
    let draft = office.draft(json!([line(&office.cement, "10")])).await;
    office.reprice("20").await;
    let note = [("note", Value::from("a word"))];
    let kept = office.done("quoteUpdate", step_with(&draft, &note)).await;
    assert_eq!(kept["totals"]["net"]["amount"], "95");
    let lines = [("lines", json!([line(&office.cement, "10")]))];
    let renewed = office.done("quoteUpdate", step_with(&kept, &lines)).await;
    assert_eq!(renewed["totals"]["net"]["amount"], "200");
}
