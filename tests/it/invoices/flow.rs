//! From deliveries to an invoice that is paid for in part.

use serde_json::json;

use super::{Desk, line, number, refused, step, sums};

#[tokio::test]
async fn what_was_delivered_is_billed_once_and_owed_by_the_terms() {
    let desk = Desk::open().await;
    let (sand, lime) = (
        desk.taxed("SAND", "10").await,
        desk.taxed("LIME", "5").await,
    );
    let order = desk
        .ordered(json!([line(&sand, "100", "2.5"), line(&lime, "10", "7")]))
        .await;
    let first = desk.pick_up(&order, &[(0, "40")]).await;
    let second = desk.pick_up(&order, &[(0, "60"), (1, "4")]).await;
    let drafts = desk.drafts(&[first.clone(), second]).await;
    let [draft] = drafts.as_slice() else {
        panic!("{drafts:#?}")
    };
    assert_eq!(draft["state"], "DRAFT");
    assert_eq!(draft["number"], json!(null));
    assert_eq!(
        draft["allowedActions"],
        json!(["UPDATE", "DISCARD", "POST"])
    );
    assert_eq!(draft["billTo"]["name"], "Builder BLD");
    // 250 at 10 %, 28 at 5 %.
    assert_eq!(sums(draft), ["278", "26.4"]);
    assert_eq!(draft["lines"].as_array().unwrap().len(), 3);

    let again = json!({ "deliveryIds": [first], "idempotencyKey": crate::stock::key() });
    let payload = desk.mutate("invoiceFromDeliveries", again).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.deliveryIds".to_owned())
    );

    let posted = desk.post(draft).await;
    assert_eq!(posted["number"], 1);
    assert_eq!(posted["allowedActions"], json!(["CREDIT", "SEND"]));
    assert_eq!(posted["paymentStatus"], "OPEN");
    assert_eq!(number(&posted, "/open/amount"), "304.4");
    assert_eq!(number(&posted, "/entry/amount/amount"), "304.4");
    assert_eq!(posted["entry"]["reference"], "1");
    let days = days(&posted["issuedOn"], &posted["dueOn"]);
    assert_eq!(days, 30, "by the customer's terms");
    let taxes = posted["taxes"].as_array().unwrap();
    let taxes: Vec<_> = taxes.iter().map(|tax| number(tax, "/tax/amount")).collect();
    assert_eq!(taxes, ["1.4", "25"]);

    let order = desk.order(&order).await;
    assert_eq!(
        (&order["billing"], &order["state"]),
        (&json!("PARTIAL"), &json!("CONFIRMED"))
    );
    desk.pick_up(&order, &[]).await;
    let rest = desk.draft_of(&order, "DELIVERED").await;
    assert_eq!(sums(&rest["invoice"]), ["42", "2.1"]);
    desk.post(&rest["invoice"]).await;
    let order = desk.order(&order).await;
    assert_eq!(
        (&order["billing"], &order["state"]),
        (&json!("FULL"), &json!("CLOSED"))
    );
    assert_eq!(sums(&order["totals"]), ["320", "28.5"]);
    let told = desk.told("invoice").await;
    assert_eq!(
        told,
        [
            "invoice.drafted",
            "invoice.posted",
            "invoice.drafted",
            "invoice.posted"
        ]
    );
}

fn days(from: &serde_json::Value, to: &serde_json::Value) -> i64 {
    let day = |day: &serde_json::Value| day.as_str().unwrap().parse::<chrono::NaiveDate>().unwrap();
    (day(to) - day(from)).num_days()
}

#[tokio::test]
async fn how_far_an_invoice_is_paid_follows_from_its_account() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let posted = desk.billed(json!([line(&sand, "100", "1")])).await;
    for (amount, open, status) in [("-40", "60", "PARTIAL"), ("-60", "0", "PAID")] {
        let input = json!({ "customerId": desk.customer, "amount": amount, "reason": "paid",
            "idempotencyKey": crate::stock::key() });
        let made = desk
            .client()
            .run(
                "mutation($input: AccountAdjustInput!) { accountAdjust(input: $input) { entry { id } } }",
                json!({ "input": input }),
            )
            .await;
        let input = json!({ "creditEntryId": made["accountAdjust"]["entry"]["id"],
            "idempotencyKey": crate::stock::key() });
        desk.client()
            .run(
                "mutation($input: AccountAllocateInput!) { accountAllocate(input: $input) { userErrors { code } } }",
                json!({ "input": input }),
            )
            .await;
        let now = desk.invoice(&posted["id"]).await;
        assert_eq!(number(&now, "/open/amount"), open);
        assert_eq!(now["paymentStatus"], status);
    }
    let query = "{ open: invoices(where: { isOpen: true }) { totalCount }
        settled: invoices(where: { isOpen: false }) { totalCount }
        overdue: invoices(where: { overdueOn: \"2999-01-01\" }) { totalCount } }";
    let data = desk.client().get(query).await;
    let counts = ["open", "settled", "overdue"].map(|name| data[name]["totalCount"].clone());
    assert_eq!(counts, [json!(0), json!(1), json!(0)]);
}

#[tokio::test]
async fn an_invoice_is_overdue_by_its_day() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let posted = desk.billed(json!([line(&sand, "10", "1")])).await;
    let owner = crate::support::owner().await;
    let late = format!(
        "SET tubex.actor = 'test'; UPDATE {}.account_items SET due_on = '2020-01-01'",
        desk.dealer().schema
    );
    owner.batch_execute(&late).await.unwrap();
    assert_eq!(
        desk.invoice(&posted["id"]).await["paymentStatus"],
        "OVERDUE"
    );
    let data = desk
        .client()
        .get("{ invoices(where: { overdueOn: \"2020-01-02\" }) { nodes { number } } }")
        .await;
    assert_eq!(data["invoices"]["nodes"], json!([{ "number": 1 }]));
}

#[tokio::test]
async fn what_is_posted_is_found_by_nobody_who_changes_it() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let posted = desk.billed(json!([line(&sand, "10", "1")])).await;
    for field in ["invoiceDiscard", "invoicePost", "invoiceUpdate"] {
        let mut input = step(&posted);
        input["idempotencyKey"] = json!(crate::stock::key());
        let payload = desk.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_ALLOWED", "input.id".to_owned()),
            "{field}"
        );
    }
    let data = desk
        .client()
        .get("{ invoices(where: { kind: INVOICE, states: [POSTED] }) { nodes { gross { amount } } } }")
        .await;
    assert_eq!(number(&data, "/invoices/nodes/0/gross/amount"), "10");
}

#[tokio::test]
async fn deliveries_of_several_jobs_come_on_one_invoice_or_on_one_each() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let mut deliveries = Vec::new();
    for code in ["A", "B"] {
        let input = json!({ "customerId": desk.customer, "code": code, "name": code,
            "addressLine": "1 Quarry Road", "city": "Joliet" });
        let job = desk.done("jobCreate", input).await;
        for _ in 0..2 {
            let mut input = desk.order_input(&json!([line(&sand, "1", "3")]));
            input["jobId"] = job["id"].clone();
            let order = desk.confirmed(input).await;
            deliveries.push(desk.pick_up(&order, &[]).await);
        }
    }
    let input =
        json!({ "deliveryIds": deliveries, "scope": "JOB", "idempotencyKey": crate::stock::key() });
    let drafts = desk.done("invoiceFromDeliveries", input).await;
    let drafts = drafts.as_array().unwrap();
    assert_eq!(drafts.len(), 2);
    for draft in drafts {
        assert!(draft["job"]["id"].is_string());
        assert_eq!(sums(draft), ["6", "0"]);
        desk.done("invoiceDiscard", step(draft)).await;
    }
    let drafts = desk.drafts(&deliveries).await;
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0]["job"], json!(null));
    assert_eq!(sums(&drafts[0]), ["12", "0"]);
}
