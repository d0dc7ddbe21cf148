//! Goods that come in lots.

use serde_json::{Value, json};

use super::{Office, came, line, refused};
use crate::stock::lots::track;

/// A line of a receipt with lots: code, day and quantity of each.
fn in_lots(order: &Value, quantity: &str, lots: &[(&str, &str, Option<&str>)]) -> Value {
    let mut line = came(order, 0, quantity);
    let lot = |(code, day, quantity): &(&str, &str, Option<&str>)| {
        let quantity = quantity.map(|value| json!({ "value": value }));
        json!({ "lot": { "code": code, "expiresOn": day }, "quantity": quantity })
    };
    line["lots"] = lots.iter().map(lot).collect();
    json!([line])
}

#[tokio::test]
async fn a_line_comes_in_the_lots_that_it_names() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    track(office.client(), &cement).await;
    let order = office.sent(json!([line(&cement, "30", "4")])).await;
    let one = office
        .receive(&order, in_lots(&order, "10", &[("A", "2030-01-01", None)]))
        .await;
    assert_eq!(one["userErrors"], json!([]));
    let both = [
        ("A", "2030-01-01", Some("5")),
        ("B", "2029-01-01", Some("15")),
    ];
    let both = office.receive(&order, in_lots(&order, "20", &both)).await;
    let query = "query($id: ID!) { goodsReceipt(id: $id) { lines { lots { lot { code expiresOn } quantity { value } } } } }";
    let keys = json!({ "id": both["goodsReceipt"]["id"] });
    let data = office.client().run(query, keys).await;
    let mut lots = data["goodsReceipt"]["lines"][0]["lots"]
        .as_array()
        .unwrap()
        .clone();
    lots.sort_by_key(|lot| lot["lot"]["code"].as_str().unwrap().to_owned());
    assert_eq!(
        json!(lots),
        json!([
            { "lot": { "code": "A", "expiresOn": "2030-01-01" }, "quantity": { "value": "5" } },
            { "lot": { "code": "B", "expiresOn": "2029-01-01" }, "quantity": { "value": "15" } },
        ])
    );
    // From where it came: the trace of a lot names the receipts.
    let query = "query($id: ID!) { product(id: $id) { lots { id code onHand { value } } } }";
    let data = office.client().run(query, json!({ "id": cement })).await;
    let lots = &data["product"]["lots"];
    assert_eq!(
        (&lots[0]["code"], &lots[1]["onHand"]["value"]),
        (&json!("B"), &json!("15"))
    );
    let trace = "query($id: ID!) { lotTrace(lotId: $id, orderBy: [{ field: AT, direction: ASC }]) { nodes { kind sourceId } } }";
    let data = office
        .client()
        .run(trace, json!({ "id": lots[1]["id"] }))
        .await;
    assert_eq!(
        data["lotTrace"]["nodes"],
        json!([{ "kind": "RECEIPT", "sourceId": one["goodsReceipt"]["id"] },
            { "kind": "RECEIPT", "sourceId": both["goodsReceipt"]["id"] }])
    );
    office.yard.books_are_right().await;
}

#[tokio::test]
async fn what_is_wrong_with_the_lots_of_a_line_is_told_at_its_field() {
    let office = Office::open().await;
    let (cement, sand) = (
        office.yard.product("CEM").await,
        office.yard.product("SND").await,
    );
    track(office.client(), &cement).await;
    let order = office.sent(json!([line(&cement, "30", "4")])).await;
    let day = "2030-01-01";
    for (lines, code, path) in [
        (Value::Null, "BAD_USER_INPUT", "input.lines"),
        (
            json!([came(&order, 0, "10")]),
            "BAD_USER_INPUT",
            "input.lines.0.lots",
        ),
        (
            in_lots(&order, "10", &[("A", day, Some("9"))]),
            "BAD_USER_INPUT",
            "input.lines.0.lots",
        ),
        (
            in_lots(&order, "10", &[("A", day, Some("9")), ("B", day, None)]),
            "BAD_USER_INPUT",
            "input.lines.0.lots.1.quantity",
        ),
        (
            in_lots(
                &order,
                "10",
                &[("A", day, Some("5")), ("A", day, Some("5"))],
            ),
            "BAD_USER_INPUT",
            "input.lines.0.lots.1.lot.code",
        ),
        (
            in_lots(&order, "10", &[("A", "0203-01-01", None)]),
            "BAD_USER_INPUT",
            "input.lines.0.lots.0.lot.expiresOn",
        ),
    ] {
        let payload = office.receive(&order, lines).await;
        assert_eq!(refused(&payload), (code, path.to_owned()));
    }
    let plain = office.sent(json!([line(&sand, "30", "4")])).await;
    let payload = office
        .receive(&plain, in_lots(&plain, "10", &[("A", day, None)]))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.lines.0.lots".to_owned())
    );
}
