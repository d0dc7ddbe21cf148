//! Postings, as they are heard.

use serde_json::{Value, json};
use tubex::kernel::ids::CustomerId;

use super::{Desk, customer, line};

const HEAR: &str = "subscription($customer: ID, $ids: [ID!], $after: ID) {
    invoicePosted(customerId: $customer, ids: $ids, afterEventId: $after) {
        eventId event invoice { id kind number } } }";

fn heard(message: &Value) -> (&str, &Value) {
    let posting = &message["payload"]["data"]["invoicePosted"];
    (
        posting["event"]
            .as_str()
            .unwrap_or_else(|| panic!("{message:#}")),
        &posting["invoice"]["id"],
    )
}

#[tokio::test]
async fn postings_are_heard_by_whom_they_concern() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let other = customer(desk.client(), "OTH", "1000").await;
    let mut socket = desk.yard.server.socket(desk.dealer()).await;
    socket
        .subscribe("own", HEAR, json!({ "customer": desk.customer }))
        .await;
    socket.settle().await;
    let mut input = desk.order_input(&json!([line(&sand, "1", "9")]));
    input["customerId"] = json!(other);
    let order = desk.confirmed(input).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    desk.post(&draft).await;
    let posted = desk.billed(json!([line(&sand, "1", "3")])).await;
    let note = desk.credit(&posted, json!({})).await["invoice"].clone();
    // That of the other customer came first: had it been heard, it would be here.
    let first = socket.next().await;
    assert_eq!(heard(&first), ("invoice.posted", &posted["id"]));
    let second = socket.next().await;
    assert_eq!(heard(&second), ("invoice.credit_note_posted", &note["id"]));
    let after = &first["payload"]["data"]["invoicePosted"]["eventId"];
    socket
        .subscribe(
            "ids",
            HEAR,
            json!({ "ids": [posted["id"]], "after": after }),
        )
        .await;
    let third = socket.next().await;
    assert_eq!(
        (&third["id"], heard(&third).1),
        (&json!("ids"), &note["id"])
    );
}

#[tokio::test]
async fn a_contractor_hears_of_his_own_and_of_no_drafts() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let id: CustomerId = desk.customer.parse().unwrap();
    let contractor = desk.yard.server.contractor(desk.dealer(), id).await.client;
    let token = contractor.token().unwrap().to_owned();
    let mut socket = crate::support::Socket::open(&desk.yard.server.url).await;
    socket.init(&token).await;
    socket.subscribe("own", HEAR, json!({})).await;
    socket.settle().await;
    let posted = desk.billed(json!([line(&sand, "1", "3")])).await;
    let first = socket.next().await;
    assert_eq!(heard(&first), ("invoice.posted", &posted["id"]));
}
