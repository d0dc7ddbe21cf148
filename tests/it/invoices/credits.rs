//! Credit notes: never more than was billed, and what they settle.

use serde_json::{Value, json};

use super::{Desk, line, number, refused, sums};

#[tokio::test]
async fn a_credit_note_settles_its_invoice_and_takes_no_more_than_there_is() {
    let desk = Desk::open().await;
    let sand = desk.taxed("SAND", "10").await;
    let invoice = desk.billed(json!([line(&sand, "3", "10")])).await;
    assert_eq!(sums(&invoice), ["30", "3"]);
    let of = |quantity: &str| json!({ "lines": [{ "lineId": invoice["lines"][0]["id"], "quantity": quantity }] });
    let note = desk.credit(&invoice, of("1")).await["invoice"].clone();
    assert_eq!(
        (&note["kind"], &note["state"]),
        (&json!("CREDIT_NOTE"), &json!("POSTED"))
    );
    assert_eq!(
        (&note["number"], &note["reason"]),
        (&json!(1), &json!("it was wrong"))
    );
    assert_eq!(note["credits"]["id"], invoice["id"]);
    assert_eq!(sums(&note), ["10", "1"]);
    assert_eq!(number(&note, "/entry/amount/amount"), "-11");
    assert_eq!(number(&note, "/open/amount"), "0");
    assert_eq!(note["paymentStatus"], json!(null));
    let now = desk.invoice(&invoice["id"]).await;
    assert_eq!(number(&now, "/open/amount"), "22");
    assert_eq!(now["paymentStatus"], "PARTIAL");
    assert_eq!(number(&now, "/lines/0/credited/value"), "1");
    assert_eq!(now["creditNotes"][0]["number"], 1);

    let payload = desk.credit(&invoice, of("2.5")).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.lines.0.quantity".to_owned())
    );
    let amount = json!({ "amounts": [{ "taxRate": "10", "net": "20.01" }] });
    let payload = desk.credit(&invoice, amount).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.amounts.0.net".to_owned())
    );
    let amount = json!({ "amounts": [{ "taxRate": "19", "net": "1" }] });
    let payload = desk.credit(&invoice, amount).await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.amounts.0.taxRate".to_owned())
    );

    for nothing in ["lines", "amounts"] {
        let payload = desk.credit(&invoice, json!({ nothing: [] })).await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", format!("input.{nothing}"))
        );
    }
    let amount = json!({ "amounts": [{ "taxRate": "10", "net": "5" }] });
    let note = desk.credit(&invoice, amount).await["invoice"].clone();
    assert_eq!(sums(&note), ["5", "0.5"]);
    let rest = desk.credit(&invoice, json!({})).await["invoice"].clone();
    assert_eq!(sums(&rest), ["15", "1.5"]);
    assert_eq!(rest["number"], 3, "a series of their own");
    assert_eq!(desk.invoice(&invoice["id"]).await["paymentStatus"], "PAID");
    let in_vain = desk.credit(&invoice, json!({})).await;
    assert_eq!(
        refused(&in_vain),
        ("NOT_ALLOWED", "input.invoiceId".to_owned())
    );
    let of_note = desk.credit(&rest, json!({})).await;
    assert_eq!(
        refused(&of_note),
        ("NOT_ALLOWED", "input.invoiceId".to_owned())
    );
}

#[tokio::test]
async fn what_is_credited_to_be_billed_again_is_billed_again() {
    let desk = Desk::open().await;
    let sand = desk.taxed("SAND", "7.7").await;
    let order = desk.ordered(json!([line(&sand, "3", "33.3333")])).await;
    let delivery = desk.pick_up(&order, &[]).await;
    let drafts = desk.drafts(std::slice::from_ref(&delivery)).await;
    let wrong = desk.post(&drafts[0]).await;
    let note = desk.credit(&wrong, json!({ "isBilledAgain": true })).await;
    assert_eq!(sums(&note["invoice"]), sums(&wrong));
    assert_eq!(desk.order(&order).await["billing"], "NONE");
    let drafts = desk.drafts(&[delivery]).await;
    let right = desk.post(&drafts[0]).await;
    assert_eq!(sums(&right), sums(&wrong));
    let order = desk.order(&order).await;
    assert_eq!(
        (&order["billing"], sums(&order["totals"])),
        (&json!("FULL"), sums(&right))
    );
}

#[tokio::test]
async fn an_amount_of_a_line_is_credited_without_goods() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let invoice = desk.billed(json!([line(&sand, "10", "10")])).await;
    let id = &invoice["lines"][0]["id"];
    let lines = json!({ "lines": [{ "lineId": id, "amount": "25" }] });
    let note = desk.credit(&invoice, lines).await["invoice"].clone();
    assert_eq!(sums(&note), ["25", "0"]);
    assert_eq!(number(&note, "/lines/0/quantity/inBase"), "0");
    // What was credited as an amount is not credited again with the goods.
    let lines = json!({ "lines": [{ "lineId": id, "quantity": "10" }] });
    let note = desk.credit(&invoice, lines).await["invoice"].clone();
    assert_eq!(sums(&note), ["75", "0"]);
    for (line, path) in [
        (json!({ "lineId": id }), "input.lines.0.quantity"),
        (
            json!({ "lineId": id, "amount": "0.001" }),
            "input.lines.0.amount",
        ),
        (
            json!({ "lineId": id, "quantity": "-1" }),
            "input.lines.0.quantity",
        ),
    ] {
        let payload = desk.credit(&invoice, json!({ "lines": [line] })).await;
        assert_eq!(refused(&payload), ("BAD_USER_INPUT", path.to_owned()));
    }
}

#[tokio::test]
async fn a_credit_note_for_what_is_paid_stays_in_the_account() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let invoice = desk.billed(json!([line(&sand, "10", "10")])).await;
    let input = json!({ "customerId": desk.customer, "amount": "-100", "reason": "paid",
        "idempotencyKey": crate::stock::key() });
    let made = desk
        .client()
        .run(
            "mutation($input: AccountAdjustInput!) { accountAdjust(input: $input) { entry { id } } }",
            json!({ "input": input }),
        )
        .await;
    let debts: Value = json!([{ "entryId": invoice["entry"]["id"], "amount": "100" }]);
    let input = json!({ "creditEntryId": made["accountAdjust"]["entry"]["id"], "debts": debts,
        "idempotencyKey": crate::stock::key() });
    desk.client()
        .run(
            "mutation($input: AccountAllocateInput!) { accountAllocate(input: $input) { userErrors { code } } }",
            json!({ "input": input }),
        )
        .await;
    let note = desk.credit(&invoice, json!({})).await["invoice"].clone();
    assert_eq!(number(&note, "/open/amount"), "100");
}
