//! Revisions: one number, and only the latest that was sent holds.

use serde_json::{Value, json};

use super::{Office, detail, line, refused, step, step_with};

async fn revisions(office: &Office, quote: &Value) -> Value {
    let query = "query($id: ID) { quote(id: $id) { revisions { revision state } } }";
    let data = office.client.run(query, json!({ "id": quote["id"] })).await;
    data["quote"]["revisions"].clone()
}

#[tokio::test]
async fn the_earlier_revision_holds_until_the_new_one_is_sent() {
    let office = Office::open().await;
    let first = office.ten().await;
    let second = office.done("quoteRevise", step(&first)).await;
    assert_eq!(
        (&second["number"], &second["revision"]),
        (&first["number"], &json!(2))
    );
    assert_eq!(second["state"], "DRAFT");
    assert_eq!(second["totals"], first["totals"]);
    let both = json!([{ "revision": 1, "state": "SENT" }, { "revision": 2, "state": "DRAFT" }]);
    assert_eq!(revisions(&office, &first).await, both);
    let payload = office.mutate("quoteRevise", step(&first)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    assert_eq!(detail(&payload, "quoteId"), &second["id"]);
    let more = [("lines", json!([line(&office.cement, "12")]))];
    let second = office.done("quoteUpdate", step_with(&second, &more)).await;
    office.done("quoteSend", step(&second)).await;
    let both = json!([{ "revision": 1, "state": "REVISED" }, { "revision": 2, "state": "SENT" }]);
    assert_eq!(revisions(&office, &second).await, both);
    let first = office.quote(&first).await;
    let payload = office.mutate("quoteAccept", step(&first)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    // By the number alone it is the latest.
    assert_eq!(office.read("number: 1").await["revision"], 2);
    assert_eq!(
        office.read("number: 1, revision: 1").await["state"],
        "REVISED"
    );
    let told = [
        "quote.created",
        "quote.sent",
        "quote.created",
        "quote.updated",
        "quote.revised",
        "quote.sent",
    ];
    assert_eq!(office.told().await, told);
}

#[tokio::test]
async fn what_became_an_order_makes_way_for_nothing() {
    let office = Office::open().await;
    let first = office.ten().await;
    let second = office.done("quoteRevise", step(&first)).await;
    let first = office.done("quoteAccept", step(&first)).await;
    office.done("quoteToOrder", step(&first)).await;
    let payload = office.mutate("quoteSend", step(&second)).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    assert_eq!(office.quote(&first).await["state"], "CONVERTED");
}

#[tokio::test]
async fn prices_are_renewed_on_wish_but_for_those_that_were_set() {
    let office = Office::open().await;
    let mut special = line(&office.cement, "4");
    special["unitPrice"] = json!("7.25");
    special["priceReason"] = json!("a large job");
    let mut cheaper = line(&office.cement, "10");
    cheaper["discount"] = json!("50");
    cheaper["priceReason"] = json!("the bags are wet");
    let lines = json!([line(&office.cement, "10"), special, cheaper]);
    let first = office.sent(lines).await;
    office.reprice("20").await;
    let kept = office.done("quoteRevise", step(&first)).await;
    let net = |quote: &Value, index: usize| quote["lines"][index]["net"]["amount"].clone();
    assert_eq!(
        [net(&kept, 0), net(&kept, 1), net(&kept, 2)],
        ["95", "29", "47.5"]
    );
    let kept = office.done("quoteSend", step(&kept)).await;
    let renew = [("renewPrices", json!(true))];
    let renewed = office.done("quoteRevise", step_with(&kept, &renew)).await;
    assert_eq!(
        [net(&renewed, 0), net(&renewed, 1), net(&renewed, 2)],
        ["200", "29", "100"]
    );
    assert_eq!(renewed["lines"][1]["priceSource"], "OVERRIDE");
    assert_eq!(renewed["lines"][1]["priceReason"], "a large job");
    assert_eq!(renewed["lines"][2]["discount"], "50");
    assert_eq!(renewed["totals"]["net"]["amount"], "329");
}

#[tokio::test]
async fn prices_of_what_is_sold_no_more_are_not_renewed() {
    let office = Office::open().await;
    let first = office.ten().await;
    let archive = "mutation($input: ProductArchiveInput!) { productArchive(input: $input) { userErrors { code } } }";
    let input = json!({ "id": office.cement, "expectedVersion": 1 });
    office.client.run(archive, json!({ "input": input })).await;
    let renew = [("renewPrices", json!(true))];
    let payload = office
        .mutate("quoteRevise", step_with(&first, &renew))
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.renewPrices".to_owned())
    );
    assert_eq!(detail(&payload, "line"), "0");
}

#[tokio::test]
async fn of_two_revisions_at_once_one_is_written() {
    let office = Office::open().await;
    for _ in 0..4 {
        let first = office.ten().await;
        let (one, two) = tokio::join!(
            office.mutate("quoteRevise", step(&first)),
            office.mutate("quoteRevise", step(&first))
        );
        let written = [&one, &two]
            .iter()
            .filter(|payload| payload["quote"].is_object())
            .count();
        assert_eq!(written, 1, "{one:#} {two:#}");
    }
}

/// The sending of a revision and the acceptance of the one before, at once: one wins.
#[tokio::test]
async fn nobody_accepts_what_makes_way_at_that_moment() {
    let office = Office::open().await;
    for _ in 0..4 {
        let first = office.ten().await;
        let second = office.done("quoteRevise", step(&first)).await;
        let (sent, accepted) = tokio::join!(
            office.mutate("quoteSend", step(&second)),
            office.mutate("quoteAccept", step(&first))
        );
        assert!(sent["quote"].is_object(), "{sent:#}");
        // Whoever accepted in time made way with it.
        let code = accepted["userErrors"][0]["code"].as_str();
        assert!(matches!(code, None | Some("CONFLICT")), "{accepted:#}");
        assert_eq!(office.quote(&first).await["state"], "REVISED");
    }
}
