//! Invoices as PDF: what stands on them, who reads them, and that they stay the same.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use tubex::kernel::ids::CustomerId;

use super::reader::Pdf;
use super::{Desk, customer, line, refused};
use crate::files::{download, path, upload};
use crate::stock::key;
use crate::support::Answer;

const SETTINGS: &str = "isMailed name taxId footer version logo { id name }";

/// Sets in whose name invoices are written; gives the payload.
async fn set(desk: &Desk, version: i32, more: Value) -> Value {
    let mut input = json!({ "expectedVersion": version, "isMailed": false });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let query = format!(
        "mutation($input: InvoiceSettingsSetInput!) {{ payload: invoiceSettingsSet(input: $input) {{
             settings {{ {SETTINGS} }} userErrors {{ code message path }} }} }}"
    );
    let data = desk.client().run(&query, json!({ "input": input })).await;
    data["payload"].clone()
}

/// Name and link of an invoice's paper.
async fn pdf(desk: &Desk, invoice: &Value) -> Value {
    let query = "query($id: ID) { invoice(id: $id) { pdf { name url } } }";
    let data = desk
        .client()
        .run(query, json!({ "id": invoice["id"] }))
        .await;
    data["invoice"]["pdf"].clone()
}

/// The bytes of an invoice's paper.
async fn bytes(desk: &Desk, invoice: &Value) -> Vec<u8> {
    let url = pdf(desk, invoice).await["url"].clone();
    let read = download(&desk.yard.server.anonymous(), &url).await;
    assert_eq!(read.status(), 200);
    read.bytes().await.unwrap().to_vec()
}

async fn paper(desk: &Desk, invoice: &Value) -> Pdf {
    Pdf::read(bytes(desk, invoice).await)
}

/// A picture of two pixels, one of which is see-through.
fn logo(passes: u8) -> Vec<u8> {
    let piece = |name: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], name, content, &[0; 4]].concat()
    };
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::default());
    rows.write_all(&[0, 200, 30, 30, 255, 1, 2, 3, 0]).unwrap();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        piece(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 1, 8, 6, 0, 0, passes]),
        piece(b"IDAT", &rows.finish().unwrap()),
        piece(b"IEND", &[]),
    ]
    .concat()
}

fn assert_says(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted:?} in\n{text}");
    }
}

#[tokio::test]
async fn an_invoice_says_all_that_it_should() {
    let desk = Desk::open().await;
    let file = upload(desk.dealer(), "logo.png", &logo(0)).await;
    let payload = set(
        &desk,
        0,
        json!({ "name": "Größe & Söhne (Bau) GmbH", "taxId": "DE 123", "addressLine": "Am Weg 1",
            "postcode": "10115", "city": "Berlin", "paymentDetails": "IBAN DE00 1234",
            "footer": "Managing director: Ø. Å. – 5 €", "logoId": file }),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    let (sand, pipe) = (
        desk.taxed("SAND", "19").await,
        desk.taxed("PIPE", "7").await,
    );
    let lines = json!([line(&sand, "1250", "2.5"), line(&pipe, "3", "10")]);
    let order = desk.ordered(lines).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    assert_eq!(pdf(&desk, &draft).await, Value::Null, "a draft is no paper");
    let input = json!({ "id": draft["id"], "expectedVersion": draft["version"],
        "reference": "PO-77", "note": "Thank you.", "idempotencyKey": key() });
    let draft = desk.done("invoiceUpdate", input).await;
    let invoice = desk.post(&draft).await;
    assert_eq!(pdf(&desk, &invoice).await["name"], "invoice-1.pdf");
    let paper = paper(&desk, &invoice).await;
    let text = paper.text();
    assert_says(
        &text,
        &[
            "Größe & Söhne (Bau) GmbH",
            "Tax number DE 123",
            "Am Weg 1",
            "10115 Berlin",
            "Invoice 1",
            "Builder BLD",
            "PO-77",
            "Thank you.",
            "1 250 kg",
            "2.50",
            "3 125.00",
            "Tax 7% on 30.00",
            "2.10",
            "Tax 19% on 3 125.00",
            "593.75",
            "3 750.85 USD",
            "Please pay 3 750.85 USD by ",
            "IBAN DE00 1234",
            "Managing director: Ø. Å. – 5 €",
            "Page 1 of 1",
        ],
    );
    assert_eq!(paper.pages().len(), 1);
    assert_eq!(paper.pictures().len(), 2, "colours and opacity");
}

#[tokio::test]
async fn the_same_invoice_is_the_same_paper_for_ever() {
    let desk = Desk::open().await;
    set(&desk, 0, json!({ "name": "Old Name", "footer": "old" })).await;
    let sand = desk.goods("SAND").await;
    let old = desk.billed(json!([line(&sand, "10", "2")])).await;
    let before = bytes(&desk, &old).await;
    assert_eq!(bytes(&desk, &old).await, before);
    // The dealer changes his name, the invoice is paid in part, and corrected.
    let payload = set(&desk, 1, json!({ "name": "New Name" })).await;
    assert_eq!(payload["settings"]["version"], 2);
    let lines = json!({ "lines": [{ "lineId": old["lines"][0]["id"], "quantity": "1" }] });
    let note = desk.credit(&old, lines).await["invoice"].clone();
    assert_eq!(bytes(&desk, &old).await, before);
    assert_says(&Pdf::read(before).text(), &["Old Name"]);
    let text = paper(&desk, &note).await.text();
    assert_says(
        &text,
        &[
            "New Name",
            "Credit note 1",
            "in correction of invoice 1 of ",
            "Reason: it was wrong",
            "Total credited",
            "2.00 USD",
            "It settles what was open",
        ],
    );
    assert!(!text.contains("Please pay"), "{text}");
    assert_eq!(pdf(&desk, &note).await["name"], "credit-note-1.pdf");
}

#[tokio::test]
async fn many_lines_go_over_pages_with_their_head_and_sum() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let lines: Vec<Value> = (0..120).map(|_| line(&sand, "1", "2")).collect();
    let invoice = desk.billed(json!(lines)).await;
    let paper = paper(&desk, &invoice).await;
    let pages = paper.pages();
    assert!(pages.len() > 2, "{}", pages.len());
    let count = pages.len();
    for (index, page) in pages.iter().enumerate() {
        assert_says(
            page,
            &[&format!("Page {} of {count}", index + 1), "Invoice 1"],
        );
        let is_table = page.contains("Description");
        assert!(is_table || index + 1 == count, "{page}");
        if index > 0 && is_table {
            assert_says(page, &["Brought forward"]);
        }
    }
    // What one page carries forward the next one brings.
    let carried = |page: &str, name: &str| {
        let rest = page.split_once(name).unwrap().1;
        rest.lines().nth(1).unwrap().to_owned()
    };
    let first = carried(&pages[0], "Carried forward");
    assert_eq!(first, carried(&pages[1], "Brought forward"));
    let printed = paper.text().lines().filter(|text| *text == "1 kg").count();
    assert_eq!(printed, 120);
    assert_says(&pages[count - 1], &["240.00 USD"]);
}

#[tokio::test]
async fn letters_that_the_font_has_not_are_replaced() {
    let desk = Desk::open().await;
    let payload = set(
        &desk,
        0,
        json!({ "name": "Xi măng (Nguyễn) \\ Co", "footer": "Бетон 混凝土 🧱" }),
    )
    .await;
    assert_eq!(payload["userErrors"], json!([]));
    let sand = desk.goods("SAND").await;
    let invoice = desk.billed(json!([line(&sand, "1", "2")])).await;
    let text = paper(&desk, &invoice).await.text();
    assert_says(&text, &["Xi mang (Nguyên) \\ Co", "????? ??? ?"]);
}

#[tokio::test]
async fn settings_are_kept_and_checked() {
    let desk = Desk::open().await;
    let query = format!("{{ invoiceSettings {{ {SETTINGS} }} }}");
    let unset = desk.client().get(&query).await;
    assert_eq!(unset["invoiceSettings"]["version"], 0);
    let long = "x".repeat(501);
    for (input, code, field) in [
        (json!({ "footer": long }), "BAD_USER_INPUT", "footer"),
        (json!({ "email": "nobody" }), "BAD_USER_INPUT", "email"),
        (json!({ "name": "a\u{7}b" }), "BAD_USER_INPUT", "name"),
        (
            json!({ "logoId": format!("fil_{}", "0".repeat(32)) }),
            "NOT_FOUND",
            "logoId",
        ),
    ] {
        let payload = set(&desk, 0, input).await;
        assert_eq!(refused(&payload), (code, format!("input.{field}")));
    }
    for content in [logo(1), crate::files::png("no picture")] {
        let file = upload(desk.dealer(), "logo.png", &content).await;
        let payload = set(&desk, 0, json!({ "logoId": file })).await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", "input.logoId".to_owned())
        );
    }
    let file = upload(desk.dealer(), "logo.png", &logo(0)).await;
    let payload = set(&desk, 0, json!({ "logoId": file, "name": "A" })).await;
    assert_eq!(
        payload["settings"]["logo"]["id"],
        json!(file),
        "{payload:#}"
    );
    let payload = set(&desk, 0, json!({ "name": "B" })).await;
    assert_eq!(
        refused(&payload),
        ("CONFLICT", "input.expectedVersion".to_owned())
    );
    let payload = set(&desk, 7, json!({ "name": "B" })).await;
    assert_eq!(
        refused(&payload),
        ("CONFLICT", "input.expectedVersion".to_owned())
    );
    // Wherever else it is, the logo stays.
    let sand = desk.goods("SAND").await;
    let attached = crate::files::attach(desk.client(), &json!(sand), &file, false).await;
    let gone = crate::files::detach(desk.client(), &attached["attachment"]["id"]).await;
    assert!(gone.is_empty(), "{gone:?}");
    let payload = set(&desk, 1, json!({ "logoId": file })).await;
    assert_eq!(payload["settings"]["version"], 2, "{payload:#}");
}

#[tokio::test]
async fn a_link_is_for_one_invoice_of_one_dealer() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let invoice = desk.billed(json!([line(&sand, "1", "2")])).await;
    let url = pdf(&desk, &invoice).await["url"].clone();
    let nobody = desk.yard.server.anonymous();
    let read = download(&nobody, &url).await;
    let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("cache-control"), "private, no-store");
    assert!(header("content-disposition").contains("invoice-1.pdf"));
    let at = path(&url);
    let (_, token) = at.rsplit_once('/').unwrap();
    let mut other = token.to_owned();
    let last = if other.pop() == Some('A') { 'B' } else { 'A' };
    other.insert(0, last);
    for wrong in [
        format!("http://x/files/{token}"),
        format!("http://x/invoices/{other}"),
    ] {
        let answer = Answer::of(download(&nobody, &json!(wrong)).await).await;
        assert_eq!(
            (answer.status, answer.code()),
            (404, "NOT_FOUND"),
            "{wrong}"
        );
    }
    // Another dealer finds no such invoice, and has no link to it.
    let stranger = desk.yard.server.dealer().await;
    let query = "query($id: ID) { invoice(id: $id) { pdf { url } } }";
    let data = stranger
        .client
        .run(query, json!({ "id": invoice["id"] }))
        .await;
    assert_eq!(data["invoice"], Value::Null);
}

#[tokio::test]
async fn a_contractor_reads_his_own_papers() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let own = desk.billed(json!([line(&sand, "1", "3")])).await;
    let other = customer(desk.client(), "OTH", "1000").await;
    let mut input = desk.order_input(&json!([line(&sand, "1", "9")]));
    input["customerId"] = json!(other);
    let order = desk.confirmed(input).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let others = desk.post(&draft).await;
    let id: CustomerId = desk.customer.parse().unwrap();
    let contractor = desk.yard.server.contractor(desk.dealer(), id).await.client;
    let query = "query($id: ID) { invoice(id: $id) { pdf { url } mails { sentTo } } }";
    let data = contractor.run(query, json!({ "id": own["id"] })).await;
    let read = download(&contractor, &data["invoice"]["pdf"]["url"]).await;
    assert_eq!(read.status(), 200);
    let data = contractor.run(query, json!({ "id": others["id"] })).await;
    assert_eq!(data["invoice"], Value::Null);
    let mailing = "mutation($input: InvoiceSendInput!) { invoiceSend(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "id": own["id"], "idempotencyKey": key() } });
    assert_eq!(contractor.send(mailing, input).await.code(), "FORBIDDEN");
    let answer = contractor
        .send("{ invoiceSettings { version } }", json!({}))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

#[tokio::test]
async fn an_answer_that_is_given_again_has_a_link_that_leads_there() {
    let desk = Desk::open().await;
    let sand = desk.goods("SAND").await;
    let order = desk.ordered(json!([line(&sand, "1", "1")])).await;
    let draft = desk.draft_of(&order, "ORDERED").await["invoice"].clone();
    let post = "mutation($input: InvoiceStepInput!) { invoicePost(input: $input) {
        invoice { pdf { name url } } userErrors { code } } }";
    let input = json!({ "input": super::step(&draft) });
    for _ in 0..2 {
        let data = desk.client().run(post, input.clone()).await;
        let url = &data["invoicePost"]["invoice"]["pdf"]["url"];
        let read = download(&desk.yard.server.anonymous(), url).await;
        assert_eq!(read.status(), 200, "{data:#}");
    }
}
