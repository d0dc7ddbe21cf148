//! Who may do what, and who sees which invoices.

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;
use tubex::kernel::ids::CustomerId;

use super::{Desk, customer, document, line, step};

#[tokio::test]
async fn who_writes_drafts_does_not_post_them() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let order = desk.ordered(json!([line(&sand, "1", "1")])).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let server = &desk.yard.server;
    let viewer = server
        .member(desk.dealer(), &[BuiltInRole::Viewer.into()])
        .await;
    let short = "mutation($input: InvoiceStepInput!) { invoicePost(input: $input) { userErrors { code } } }";
    let answer = viewer
        .client
        .send(short, json!({ "input": step(&draft) }))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let query = "query($id: ID) { invoice(id: $id) { allowedActions } }";
    let data = viewer.client.run(query, json!({ "id": draft["id"] })).await;
    assert_eq!(data["invoice"]["allowedActions"], json!([]));
    let mut input = step(&draft);
    input.as_object_mut().unwrap().remove("idempotencyKey");
    let answer = desk
        .client()
        .send(&document("invoicePost"), json!({ "input": input }))
        .await;
    assert_eq!(answer.code(), "IDEMPOTENCY_KEY_REQUIRED");
}

#[tokio::test]
async fn a_contractor_sees_his_own_posted_invoices_and_no_drafts() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let posted = desk.billed(json!([line(&sand, "1", "3")])).await;
    let order = desk.ordered(json!([line(&sand, "1", "1")])).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let other = customer(desk.client(), "OTH", "1000").await;
    let mut input = desk.order_input(&json!([line(&sand, "1", "9")]));
    input["customerId"] = json!(other);
    let order = desk.confirmed(input).await;
    let draft_of_other = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let others = desk.post(&draft_of_other).await;

    let id: CustomerId = desk.customer.parse().unwrap();
    let contractor = desk.yard.server.contractor(desk.dealer(), id).await.client;
    let list =
        "{ invoices { totalCount nodes { id number open { amount } paymentStatus allowedActions
        lines { description net { amount } } creditNotes { id } } } }";
    let data = contractor.get(list).await;
    assert_eq!(data["invoices"]["totalCount"], 1);
    assert_eq!(data["invoices"]["nodes"][0]["id"], posted["id"]);
    assert_eq!(data["invoices"]["nodes"][0]["allowedActions"], json!([]));
    assert_eq!(
        data["invoices"]["nodes"][0]["lines"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for hidden in [&draft, &others] {
        let query = "query($id: ID) { invoice(id: $id) { id } }";
        let data = contractor.run(query, json!({ "id": hidden["id"] })).await;
        assert_eq!(data["invoice"], Value::Null);
    }
}
