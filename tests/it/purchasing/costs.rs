//! What goods have cost when they are here, to the cent.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Office, came, line, number, receipt};

fn amounts(receipt: &Value, field: &str) -> Vec<String> {
    let lines = receipt["lines"].as_array().unwrap();
    lines
        .iter()
        .map(|line| number(line, &format!("/{field}/amount")))
        .collect()
}

fn sum(amounts: &[String]) -> Decimal {
    amounts
        .iter()
        .map(|amount| amount.parse::<Decimal>().unwrap())
        .sum()
}

#[tokio::test]
async fn freight_is_shared_by_value_quantity_and_weight_and_adds_up() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    let steel = office.yard.measured("STL", "bar", &[("kg", 1, 4)]).await;
    let lines = json!([
        line(&cement, "10", "1"),
        line(&sand, "20", "0.5"),
        line(&steel, "30", "0.3333")
    ]);
    let sent = office.sent(lines).await;
    let mut weighed = [
        came(&sent, 0, "10"),
        came(&sent, 1, "20"),
        came(&sent, 2, "30"),
    ];
    weighed[0]["weight"] = json!("250");
    weighed[1]["weight"] = json!("30.5");
    let mut input = receipt(&sent, json!(weighed));
    input["deliveryNote"] = json!("DN 12");
    input["landedCosts"] = json!([
        { "kind": "FREIGHT", "amount": "100", "note": "by truck" },
        { "kind": "HANDLING", "amount": "100", "basis": "QUANTITY" },
        { "kind": "DUTY", "amount": "0.01", "basis": "WEIGHT" },
    ]);
    let done = office.done("goodsReceive", input).await;
    assert_eq!(done["deliveryNote"], "DN 12");
    // 10.00, 10.00 and 9.9999 rounded; a third of the freight each; by sixths of 100; the cent
    // goes to whoever passes its half, by 250 of 400.5 kilograms.
    assert_eq!(amounts(&done, "goodsCost"), ["10", "10", "10"]);
    let wanted = [
        ("33.33", "16.67", "0.01"),
        ("33.34", "33.33", "0"),
        ("33.33", "50", "0"),
    ];
    let wanted =
        wanted.map(|(a, b, c)| sum(&[a.into(), b.into(), c.into()]).normalize().to_string());
    assert_eq!(amounts(&done, "landedCost"), wanted);
    assert_eq!(sum(&amounts(&done, "landedCost")), Decimal::new(20_001, 2));
    let costs = done["landedCosts"].as_array().unwrap();
    assert_eq!(
        (costs.len(), &costs[0]["note"], &costs[0]["basis"]),
        (3, &json!("by truck"), &json!("VALUE"))
    );
    let mut worth = Decimal::ZERO;
    for product in [&cement, &sand, &steel] {
        worth += office.yard.level(product).await[3]
            .parse::<Decimal>()
            .unwrap();
    }
    assert_eq!(
        worth,
        Decimal::new(23_001, 2),
        "what lies there is worth the bills"
    );
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn parts_of_a_line_come_to_what_the_line_comes_to() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    // 10 x 0.3333 is 3.33; each alone is 0.33, and a third of a cent is not lost.
    let sent = office.sent(json!([line(&cement, "10", "0.3333")])).await;
    let mut goods = Vec::new();
    for _ in 0..10 {
        let done = office.receive(&sent, json!([came(&sent, 0, "1")])).await;
        goods.extend(amounts(&done["goodsReceipt"], "goodsCost"));
    }
    assert_eq!((goods.len(), sum(&goods)), (10, Decimal::new(333, 2)));
    assert_eq!(office.yard.level(&cement).await[3], "3.33");
}

#[tokio::test]
async fn odd_sums_over_odd_lines_add_up() {
    let office = Office::open().await;
    let mut lines = Vec::new();
    for index in 1..=13 {
        let product = office.yard.product(&format!("P{index}")).await;
        lines.push(line(
            &product,
            &(index * 7 % 11 + 1).to_string(),
            &format!("{}.37", index * 3 % 5),
        ));
    }
    let sent = office.sent(json!(lines)).await;
    let mut input = receipt(&sent, Value::Null);
    input["landedCosts"] = json!([
        { "kind": "FREIGHT", "amount": "77.77" }, { "kind": "DUTY", "amount": "0.02", "basis": "QUANTITY" },
        { "kind": "OTHER", "amount": "1234567.89", "basis": "QUANTITY" },
    ]);
    let done = office.done("goodsReceive", input).await;
    assert_eq!(
        sum(&amounts(&done, "landedCost")),
        Decimal::new(123_464_568, 2)
    );
    assert_eq!(
        sum(&amounts(&done, "goodsCost")),
        number(&sent, "/total/amount").parse().unwrap()
    );
    let data = office
        .client()
        .get("{ stockValuation { value { amount } } }")
        .await;
    let worth = number(&data, "/stockValuation/value/amount")
        .parse::<Decimal>()
        .unwrap();
    assert_eq!(
        worth,
        sum(&amounts(&done, "landedCost")) + sum(&amounts(&done, "goodsCost"))
    );
}

#[tokio::test]
async fn the_weight_of_a_tonne_is_known() {
    let office = Office::open().await;
    let cement = office.yard.measured("CEM", "bag", &[("t", 20, 1)]).await;
    let steel = office
        .yard
        .measured("STL", "bar", &[("kg", 1, 10), ("t", 100, 1)])
        .await;
    // 20 bags are 1000 kg, 100 bars 1000 kg as well.
    let sent = office
        .sent(json!([line(&cement, "20", "1"), line(&steel, "100", "5")]))
        .await;
    let mut input = receipt(&sent, Value::Null);
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "5", "basis": "WEIGHT" }]);
    let done = office.done("goodsReceive", input).await;
    assert_eq!(amounts(&done, "landedCost"), ["2.5", "2.5"]);
}

#[tokio::test]
async fn what_goods_have_cost_last_is_remembered() {
    let office = Office::open().await;
    let cement = office.yard.measured("CEM", "bag", &[("t", 20, 1)]).await;
    let tonne = office.yard.unit("t").await;
    let more = json!({ "unitId": tonne, "lastCost": "80", "sku": "M-1", "leadDays": 3 });
    let item = office.item(&office.supplier, &cement, more).await;
    assert_eq!(
        (&item["version"], number(&item, "/lastCost/amount")),
        (&json!(1), "80".into())
    );
    // Without a cost it is ordered at the last one: a tonne of 20 bags at 80.
    let sent = office
        .sent(json!([{ "productId": cement, "quantity": { "value": "10" } }]))
        .await;
    assert_eq!(number(&sent, "/lines/0/unitCost/amount"), "4");
    let day = chrono::Utc::now().date_naive() + chrono::Days::new(3);
    assert_eq!(sent["lines"][0]["expectedOn"], json!(day.to_string()));
    let dearer = office.sent(json!([line(&cement, "10", "4.25")])).await;
    office.receive(&dearer, Value::Null).await;
    let query =
        "query($id: ID) { product(id: $id) { supplierItems { lastCost { amount } version } } }";
    let data = office.client().run(query, json!({ "id": cement })).await;
    let item = &data["product"]["supplierItems"][0];
    assert_eq!(
        (number(item, "/lastCost/amount"), &item["version"]),
        ("85".into(), &json!(2))
    );
}
