//! Invoices by mail: once, to whom they are for, with the paper.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tubex::platform::mail::transport::StoredMail;

use super::Post;
use crate::invoices::reader::Pdf;
use crate::invoices::{bill_at, input_type};
use crate::stock::key;
use crate::support::Client;

const OLIVIA: &str = "olivia@baolong.example";
const HOLT: &str = "bills@holt.example";
const JO: &str = "jo@holt.example";

async fn run(client: &Client, field: &str, selection: &str, input: Value) -> Value {
    let ty = match field {
        "invoiceSettingsSet" => "InvoiceSettingsSetInput".to_owned(),
        "contactAdd" => "ContactAddInput".to_owned(),
        field => input_type(field),
    };
    let query = format!(
        "mutation($input: {ty}!) {{ payload: {field}(input: $input) {{ {selection} userErrors {{ code path }} }} }}"
    );
    client.run(&query, json!({ "input": input })).await["payload"].clone()
}

async fn send(client: &Client, invoice: &Value, more: Value) -> Value {
    let mut input = json!({ "id": invoice["id"], "idempotencyKey": key() });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    run(
        client,
        "invoiceSend",
        "invoice { id mails { sentTo } }",
        input,
    )
    .await
}

/// The paper in a mail, as a mail program takes it out.
fn paper(post: &Post, mail: &StoredMail) -> Pdf {
    let eml = std::fs::read_to_string(post.dir.join(format!("{}.eml", mail.name))).unwrap();
    let (_, rest) = eml.split_once("Content-Type: application/pdf").unwrap();
    let body = rest.split_once("\r\n\r\n").unwrap().1;
    let body = body.split("\r\n--").next().unwrap();
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    Pdf::read(BASE64_STANDARD.decode(body).unwrap())
}

#[tokio::test]
async fn an_invoice_arrives_once_with_its_paper() {
    let post = Post::open("invoices").await;
    let owner = post.dealer("Bao Long", OLIVIA).await;
    let (invoice, _) = bill_at(&owner, Some(HOLT)).await;
    assert!(
        post.mails_to(HOLT).await.is_empty(),
        "nobody has asked for it"
    );
    let input = json!({ "id": invoice["id"], "idempotencyKey": "once" });
    for _ in 0..2 {
        let payload = run(
            &owner,
            "invoiceSend",
            "invoice { mails { sentTo } }",
            input.clone(),
        )
        .await;
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["invoice"]["mails"], json!([{ "sentTo": HOLT }]));
    }
    let mails = post.mails_to(HOLT).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Invoice 1 from Bao Long");
    assert_eq!(mails[0].attachments, ["invoice-1.pdf"]);
    let text = paper(&post, &mails[0]).text();
    assert!(
        text.contains("Invoice 1") && text.contains("Please pay"),
        "{text}"
    );
    assert_eq!(post.states("INVOICE").await, ["SENT"]);
    assert_eq!(
        post.mails_to(HOLT).await.len(),
        1,
        "it is sent, and stays so"
    );
}

#[tokio::test]
async fn what_is_posted_is_mailed_if_the_dealer_wants_that() {
    let post = Post::open("invoices_posted").await;
    let owner = post.dealer("Bao Long", OLIVIA).await;
    let input = json!({ "expectedVersion": 0, "isMailed": true, "name": "Bao Long Ltd" });
    let payload = run(&owner, "invoiceSettingsSet", "settings { version }", input).await;
    assert_eq!(payload["userErrors"], json!([]));
    let (invoice, _) = bill_at(&owner, Some(HOLT)).await;
    let mails = post.mails_to(HOLT).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Invoice 1 from Bao Long Ltd");
    let input = json!({ "invoiceId": invoice["id"], "reason": "broken", "idempotencyKey": key() });
    let payload = run(
        &owner,
        "creditNoteCreate",
        "invoice { id mails { sentTo } }",
        input,
    )
    .await;
    assert_eq!(
        payload["invoice"]["mails"],
        json!([{ "sentTo": HOLT }]),
        "{payload:#}"
    );
    post.pass(chrono::TimeDelta::milliseconds(1));
    let mails = post.mails_to(HOLT).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].subject, "Credit note 1 from Bao Long Ltd");
    assert!(!mails[0].text.contains("Please pay"), "{}", mails[0].text);
    assert!(paper(&post, &mails[0]).text().contains("Reason: broken"));
}

#[tokio::test]
async fn it_goes_to_who_is_the_customers_and_not_too_often() {
    let post = Post::open("invoices_whom").await;
    let owner = post.dealer("Bao Long", OLIVIA).await;
    let (invoice, customer) = bill_at(&owner, None).await;
    let payload = send(&owner, &invoice, json!({})).await;
    assert_eq!(super::codes(&payload), ["NOT_ALLOWED"], "no address");
    let contact = async |customer: &Value, email: Option<&str>| {
        let input = json!({ "customerId": customer, "name": "Jo", "email": email });
        run(&owner, "contactAdd", "contact { id }", input).await["contact"]["id"].clone()
    };
    let create = json!({ "code": "ZZ-OTHER", "name": "Other" });
    let other = run(&owner, "customerCreate", "customer { id }", create).await;
    let stranger = contact(&other["customer"]["id"], Some("x@other.example")).await;
    let payload = send(&owner, &invoice, json!({ "contactId": stranger })).await;
    assert_eq!(super::codes(&payload), ["NOT_FOUND"], "{payload:#}");
    let silent = contact(&customer, None).await;
    let payload = send(&owner, &invoice, json!({ "contactId": silent })).await;
    assert_eq!(super::codes(&payload), ["NOT_ALLOWED"]);
    let jo = contact(&customer, Some(JO)).await;
    for _ in 0..5 {
        let payload = send(&owner, &invoice, json!({ "contactId": jo })).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    }
    let payload = send(&owner, &invoice, json!({ "contactId": jo })).await;
    assert_eq!(super::codes(&payload), ["LIMIT_EXCEEDED"]);
    assert_eq!(post.mails_to(JO).await.len(), 5);
    assert!(post.mails_to("x@other.example").await.is_empty());
}
