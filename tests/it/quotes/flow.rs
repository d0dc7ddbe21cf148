//! A quote from the first word to the answer.

use serde_json::{Value, json};

use super::{Office, line, refused, step, step_with};

#[tokio::test]
async fn a_quote_is_written_changed_sent_and_accepted() {
    let office = Office::open().await;
    let mut input = office.input(&json!([line(&office.cement, "10")]));
    input["jobId"] = json!(office.job);
    input["reference"] = json!("INQ 7");
    input["note"] = json!(" by truck ");
    let draft = office.done("quoteCreate", input).await;
    assert_eq!(
        (&draft["number"], &draft["revision"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(draft["state"], "DRAFT");
    assert_eq!(draft["allowedActions"], json!(["UPDATE", "SEND"]));
    assert_eq!(draft["note"], "by truck");
    assert_eq!(draft["job"]["id"], json!(office.job));
    assert_eq!(draft["totals"]["gross"]["amount"], "95");
    assert_eq!(draft["lines"][0]["priceSource"], "LIST_PRICE");
    assert!(draft["salesperson"].as_str().unwrap().starts_with("usr_"));

    let wanted = [
        (
            "lines",
            json!([line(&office.cement, "20"), line(&office.cement, "1")]),
        ),
        ("validUntil", json!("2026-12-01")),
        ("note", Value::Null),
    ];
    let changed = office.done("quoteUpdate", step_with(&draft, &wanted)).await;
    assert_eq!(changed["totals"]["net"]["amount"], "199.5");
    assert_eq!(changed["lines"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&changed["note"], &changed["reference"]),
        (&Value::Null, &json!("INQ 7"))
    );

    let sent = office.done("quoteSend", step(&changed)).await;
    assert_eq!(sent["state"], "SENT");
    assert_eq!(
        sent["allowedActions"],
        json!(["ACCEPT", "REJECT", "REVISE"])
    );
    assert!(sent["sentAt"].is_string() && sent["answeredAt"].is_null());
    let said = [("reason", json!("Mrs Holt, by telephone"))];
    let accepted = office.done("quoteAccept", step_with(&sent, &said)).await;
    assert_eq!(accepted["state"], "ACCEPTED");
    assert_eq!(accepted["answerReason"], "Mrs Holt, by telephone");
    assert_eq!(accepted["allowedActions"], json!(["REVISE", "TO_ORDER"]));
    let told = [
        "quote.created",
        "quote.updated",
        "quote.sent",
        "quote.accepted",
    ];
    assert_eq!(office.told().await, told);
}

#[tokio::test]
async fn a_quote_is_rejected_with_a_reason() {
    let office = Office::open().await;
    let sent = office.ten().await;
    let payload = office
        .mutate("quoteReject", step_with(&sent, &[("reason", json!("  "))]))
        .await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.reason".to_owned())
    );
    let said = [("reason", json!("too dear"))];
    let rejected = office.done("quoteReject", step_with(&sent, &said)).await;
    assert_eq!(rejected["state"], "REJECTED");
    assert_eq!(rejected["answerReason"], "too dear");
    assert_eq!(rejected["allowedActions"], json!(["REVISE"]));
}

#[tokio::test]
async fn nothing_is_reserved_by_a_quote() {
    let office = Office::open().await;
    office.accepted(json!([line(&office.cement, "10")])).await;
    let query =
        "{ stockReservations { totalCount } stockMovements { totalCount } orders { totalCount } }";
    let data = office.client.get(query).await;
    for list in ["stockReservations", "stockMovements", "orders"] {
        assert_eq!(data[list]["totalCount"], 0, "{list}");
    }
}

#[tokio::test]
async fn bad_input_names_its_field() {
    let office = Office::open().await;
    let good = office.input(&json!([line(&office.cement, "10")]));
    let cases: [(&str, Value, &str, &str); 9] = [
        (
            "/validUntil",
            json!("0001-01-01"),
            "BAD_USER_INPUT",
            "input.validUntil",
        ),
        ("/lines", json!([]), "BAD_USER_INPUT", "input.lines"),
        (
            "/reference",
            json!("x".repeat(101)),
            "BAD_USER_INPUT",
            "input.reference",
        ),
        (
            "/note",
            json!("x".repeat(501)),
            "BAD_USER_INPUT",
            "input.note",
        ),
        (
            "/lines/0/quantity/value",
            json!("0"),
            "BAD_USER_INPUT",
            "input.lines.0.quantity.value",
        ),
        (
            "/lines/0/productId",
            nowhere("prd"),
            "NOT_FOUND",
            "input.lines.0.productId",
        ),
        (
            "/customerId",
            nowhere("cus"),
            "NOT_FOUND",
            "input.customerId",
        ),
        (
            "/warehouseId",
            nowhere("whs"),
            "NOT_FOUND",
            "input.warehouseId",
        ),
        ("/jobId", nowhere("job"), "NOT_FOUND", "input.jobId"),
    ];
    for (pointer, value, code, path) in cases {
        let mut input = good.clone();
        if pointer == "/jobId" || pointer == "/reference" || pointer == "/note" {
            input[&pointer[1..]] = value;
        } else {
            *input.pointer_mut(pointer).unwrap() = value;
        }
        input["idempotencyKey"] = json!(crate::stock::key());
        let payload = office.mutate("quoteCreate", input).await;
        assert_eq!(refused(&payload), (code, path.to_owned()), "{pointer}");
    }
    let data = office.client.get("{ quotes { totalCount } }").await;
    assert_eq!(data["quotes"]["totalCount"], 0);
}

fn nowhere(prefix: &str) -> Value {
    json!(format!("{prefix}_{}", uuid::Uuid::now_v7().simple()))
}

#[tokio::test]
async fn another_job_takes_other_prices() {
    let office = Office::open().await;
    let rule = "mutation($input: PriceRuleUpsertInput!) { priceRuleUpsert(input: $input) { userErrors { code } } }";
    let input =
        json!({ "jobId": office.job, "productId": office.cement, "method": "FIXED", "value": "8" });
    let set = office.client.run(rule, json!({ "input": input })).await;
    assert_eq!(set["priceRuleUpsert"]["userErrors"], json!([]));
    let draft = office.draft(json!([line(&office.cement, "10")])).await;
    assert_eq!(draft["totals"]["net"]["amount"], "95");
    let to_job = [("jobId", json!(office.job))];
    let payload = office
        .mutate("quoteUpdate", step_with(&draft, &to_job))
        .await;
    assert_eq!(
        refused(&payload),
        ("BAD_USER_INPUT", "input.lines".to_owned())
    );
    let with_lines = [
        ("jobId", json!(office.job)),
        ("lines", json!([line(&office.cement, "10")])),
    ];
    let moved = office
        .done("quoteUpdate", step_with(&draft, &with_lines))
        .await;
    assert_eq!(moved["totals"]["net"]["amount"], "80");
    assert_eq!(moved["lines"][0]["priceSource"], "JOB_RULE");
    // The same job again changes nothing.
    let same = office.done("quoteUpdate", step_with(&moved, &to_job)).await;
    assert_eq!(same["lines"], moved["lines"]);
}

#[tokio::test]
async fn quotes_are_found_by_what_they_say() {
    let office = Office::open().await;
    let first = office.ten().await;
    let mut input = office.input(&json!([line(&office.cement, "1")]));
    input["jobId"] = json!(office.job);
    input["validUntil"] = json!("2026-12-31");
    let second = office.done("quoteCreate", input).await;
    for (filter, found) in [
        (
            format!("customerId: {{ eq: {} }}", json!(office.customer)),
            vec![&first, &second],
        ),
        (
            format!("jobId: {{ eq: {} }}", json!(office.job)),
            vec![&second],
        ),
        ("states: [DRAFT, EXPIRED]".to_owned(), vec![&second]),
        ("states: [SENT]".to_owned(), vec![&first]),
        ("number: 1".to_owned(), vec![&first]),
        (
            "validUntil: { gte: \"2026-12-01\" }".to_owned(),
            vec![&second],
        ),
        (
            "validUntil: { lte: \"2026-11-30\" }".to_owned(),
            vec![&first],
        ),
        (
            "createdAt: { lt: \"2026-01-01T00:00:00Z\" }".to_owned(),
            vec![],
        ),
        ("NOT: { states: [DRAFT] }".to_owned(), vec![&first]),
        (
            "OR: [{ states: [SENT] }, { number: 2 }]".to_owned(),
            vec![&first, &second],
        ),
    ] {
        let query = format!(
            "{{ quotes(where: {{ {filter} }}, orderBy: [{{ field: CREATED_AT, direction: ASC }}]) {{ nodes {{ id }} }} }}"
        );
        let data = office.client.get(&query).await;
        let wanted: Vec<_> = found
            .iter()
            .map(|quote| json!({ "id": quote["id"] }))
            .collect();
        let mut nodes = data["quotes"]["nodes"].as_array().unwrap().clone();
        nodes.sort_by_key(|node| node["id"].as_str().unwrap().to_owned());
        assert_eq!(json!(nodes), json!(wanted), "{filter}");
    }
    assert_eq!(office.read("number: 2").await["id"], second["id"]);
    assert_eq!(office.read("number: 2, revision: 2").await, Value::Null);
    assert_eq!(office.quote(&first).await["id"], first["id"]);
    let answer = office
        .client
        .send("{ quote(revision: 1) { id } }", json!({}))
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_archived_customer_is_quoted_nothing() {
    let office = Office::open().await;
    let archive = "mutation($input: CustomerVersionInput!) { customerArchive(input: $input) { userErrors { code } } }";
    let input = json!({ "id": office.customer, "expectedVersion": 1 });
    let data = office.client.run(archive, json!({ "input": input })).await;
    assert_eq!(data["customerArchive"]["userErrors"], json!([]));
    let payload = office
        .mutate(
            "quoteCreate",
            office.input(&json!([line(&office.cement, "10")])),
        )
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.customerId".to_owned())
    );
}
