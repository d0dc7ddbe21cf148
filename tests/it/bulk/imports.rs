//! What becomes of lines.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};

use super::{IMPORT, ended, import, server, text_of};
use crate::files::upload;
use crate::support::{TestDealer, owner_of};

const PRODUCT: &str = "query($sku: String) { product(sku: $sku) {
    name description kind version listPrice { amount } baseUnit { code } category { code } } }";

async fn product(dealer: &TestDealer, sku: &str) -> Value {
    let data = dealer.client.run(PRODUCT, json!({ "sku": sku })).await;
    data["product"].clone()
}

async fn category(dealer: &TestDealer, code: &str) {
    let query = "mutation($input: CategoryCreateInput!) { categoryCreate(input: $input) {
        userErrors { code } } }";
    let input = json!({ "input": { "code": code, "name": code } });
    dealer.client.run(query, input).await;
}

#[tokio::test]
async fn lines_add_change_and_leave_alone() {
    let server = server("bulk_lines").await;
    let dealer = server.dealer().await;
    category(&dealer, "SANDS").await;
    let worker = server.worker();
    let text = "sku,name,description,kind,category,baseUnit,listPrice\n\
        A-1,River sand,\"washed, fine\",STOCK,SANDS,t,12.50\n\
        A-2,'=Formula sand,,,,bag,3\n\
        A-3,Crane,,SERVICE,,bag,80.1234\n";
    let done = ended(&dealer, &import(&dealer, "p.csv", text, json!({})).await).await;
    assert_eq!(done["state"], "DONE", "{done:#}");
    assert_eq!(
        (&done["created"], &done["progress"]),
        (&json!(3), &json!(100))
    );
    assert_eq!(done["line"], 4);
    let one = product(&dealer, "A-1").await;
    assert_eq!(one["description"], "washed, fine");
    assert_eq!(one["category"]["code"], "SANDS");
    assert_eq!(one["baseUnit"]["code"], "t");
    assert_eq!(product(&dealer, "A-2").await["name"], "=Formula sand");
    assert_eq!(product(&dealer, "A-3").await["kind"], "SERVICE");

    // The same once more, one of them changed; and by NDJSON, with some columns only.
    let changed = text.replace("River sand", "River sand twice");
    let done = ended(
        &dealer,
        &import(&dealer, "p.csv", &changed, json!({})).await,
    )
    .await;
    assert_eq!(
        (&done["updated"], &done["unchanged"]),
        (&json!(1), &json!(2)),
        "{done:#}"
    );
    assert_eq!(product(&dealer, "A-1").await["name"], "River sand twice");
    assert_eq!(product(&dealer, "A-2").await["version"], 1);
    let json = "{\"sku\":\"A-1\",\"description\":null,\"category\":\"\"}\n{\"sku\":\"A-2\",\"listPrice\":4.25}\n";
    let done = ended(&dealer, &import(&dealer, "p.ndjson", json, json!({})).await).await;
    assert_eq!(done["updated"], 2, "{done:#}");
    let one = product(&dealer, "A-1").await;
    assert_eq!(
        (&one["description"], &one["category"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        product(&dealer, "A-2").await["listPrice"]["amount"],
        "4.2500"
    );

    let prices = "sku;listPrice\nA-1;99\nA-2;4.25\nNONE;1\n";
    let more = json!({ "kind": "PRICES", "onError": "SKIP" });
    let done = ended(&dealer, &import(&dealer, "prices.csv", prices, more).await).await;
    assert_eq!(
        (&done["updated"], &done["unchanged"], &done["failed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(done["errors"][0]["code"], "NOT_FOUND");
    worker.stop(std::time::Duration::from_secs(5)).await;
}

const WRONG: &str = "sku,name,baseUnit,listPrice\n\
    OK-1,Good,bag,1\n\
    ,No key,bag,1\n\
    OK-1,Good again,bag,2\n\
    B 1,Odd key,bag,1\n\
    B-2,,bag,1\n\
    B-3,Odd price,bag,cheap\n\
    B-4,Dear,bag,-1\n\
    B-5,Odd unit,furlong,1\n\
    B-6,Few cells\n\
    OK-1,Other unit,t,2\n\
    OK-2,Good,bag,1\n";

#[tokio::test]
async fn wrong_lines_are_told_by_number_and_left_out() {
    let server = server("bulk_wrong").await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    let started = import(&dealer, "p.csv", WRONG, json!({ "onError": "SKIP" })).await;
    let done = ended(&dealer, &started).await;
    assert_eq!(done["state"], "DONE", "{done:#}");
    assert_eq!((&done["created"], &done["updated"]), (&json!(2), &json!(1)));
    let found: Vec<_> = done["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| json!([error["line"], error["field"], error["code"]]))
        .collect();
    assert_eq!(
        json!(found),
        json!([
            [3, "sku", "BAD_USER_INPUT"],
            [5, "sku", "BAD_USER_INPUT"],
            [6, "name", "BAD_USER_INPUT"],
            [7, "listPrice", "BAD_USER_INPUT"],
            [8, "listPrice", "BAD_USER_INPUT"],
            [9, "baseUnit", "NOT_FOUND"],
            [10, null, "BAD_USER_INPUT"],
            [11, "baseUnit", "NOT_ALLOWED"],
        ])
    );
    assert_eq!(done["failed"], 8);
    let file = text_of(&server, &done["errorFile"]).await;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines[0], "line,field,code,message");
    assert_eq!(lines.len(), 9);
    assert!(
        lines[1].starts_with("3,sku,BAD_USER_INPUT,"),
        "{}",
        lines[1]
    );
    assert_eq!(product(&dealer, "OK-1").await["name"], "Good again");
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn an_import_that_stops_keeps_what_came_before() {
    let server = server("bulk_stops").await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    let done = ended(&dealer, &import(&dealer, "p.csv", WRONG, json!({})).await).await;
    assert_eq!(done["state"], "STOPPED", "{done:#}");
    assert_eq!((&done["created"], &done["failed"]), (&json!(1), &json!(1)));
    assert_eq!(done["errors"][0]["line"], 3);
    assert_eq!(product(&dealer, "OK-2").await, Value::Null);
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_changes_nothing() {
    let server = server("bulk_dry").await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    let more = json!({ "onError": "SKIP", "dryRun": true });
    let done = ended(&dealer, &import(&dealer, "p.csv", WRONG, more).await).await;
    assert_eq!(
        (&done["created"], &done["failed"]),
        (&json!(2), &json!(8)),
        "{done:#}"
    );
    assert_eq!(product(&dealer, "OK-1").await, Value::Null);
    let owner = owner_of(&server.database).await;
    let sql = format!(
        "SELECT count(*) FROM {}.events WHERE entity = 'product'",
        dealer.schema
    );
    let told: i64 = owner.query_one(&sql, &[]).await.unwrap().get(0);
    assert_eq!(told, 0);
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_can_not_be_read_at_all_fails_with_a_word() {
    let server = server("bulk_unread").await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    for (text, word) in [
        ("sku,colour\nA,red\n", "there is no column colour"),
        ("name,listPrice\nA,1\n", "columns out of sku"),
    ] {
        let done = ended(&dealer, &import(&dealer, "p.csv", text, json!({})).await).await;
        assert_eq!(done["state"], "FAILED");
        let message = done["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
    }
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_may_not_be_imported_is_refused() {
    let server = server("bulk_refused").await;
    let dealer = server.dealer().await;
    let picture = upload(&dealer, "a.png", &crate::files::png("no rows")).await;
    let list = upload(&dealer, "a.csv", b"sku\nA\n").await;
    let input = |kind: &str, file: &str| json!({ "input": { "kind": kind, "fileId": file } });
    for (kind, file, code, field) in [
        ("PRODUCTS", &picture, "BAD_USER_INPUT", "fileId"),
        (
            "PRODUCTS",
            &format!("fil_{}", "0".repeat(32)),
            "NOT_FOUND",
            "fileId",
        ),
    ] {
        let data = dealer.client.run(IMPORT, input(kind, file)).await;
        let error = &data["bulkImportStart"]["userErrors"][0];
        assert_eq!(
            (error["code"].as_str(), &error["path"]),
            (Some(code), &json!(["input", field]))
        );
    }
    // Who may run imports and not change the records can import none.
    let some = PermissionSet::of(&[
        Permission::BulkRun,
        Permission::ProductsRead,
        Permission::CustomersRead,
        Permission::StockRead,
    ]);
    let role = server.role(&dealer, some).await;
    let clerk = server.member(&dealer, &[role]).await;
    for kind in ["PRODUCTS", "PRICES", "CUSTOMERS", "STOCK"] {
        let mut input = input(kind, &list);
        input["input"]["idempotencyKey"] = json!(kind);
        let data = clerk.client.run(IMPORT, input).await;
        let error = &data["bulkImportStart"]["userErrors"][0];
        assert_eq!(error["code"], "FORBIDDEN", "{kind}");
    }
}

#[tokio::test]
async fn an_import_can_be_ended_before_its_time() {
    let server = server("bulk_cancel").await;
    let dealer = server.dealer().await;
    let started = import(&dealer, "p.csv", WRONG, json!({})).await;
    let cancel =
        "mutation($input: BulkOperationCancelInput!) { bulkOperationCancel(input: $input) {
        bulkOperation { state } userErrors { code } } }";
    let id = json!({ "input": { "id": started["bulkOperation"]["id"] } });
    let data = dealer.client.run(cancel, id.clone()).await;
    assert_eq!(
        data["bulkOperationCancel"]["bulkOperation"]["state"],
        "CANCELLED"
    );
    let worker = server.worker();
    let data = dealer.client.run(cancel, id).await;
    assert_eq!(
        data["bulkOperationCancel"]["userErrors"][0]["code"],
        "NOT_ALLOWED"
    );
    let sql = "SELECT count(*) FROM platform.jobs WHERE kind = 'bulk.import' AND state = 'DONE'";
    let owner = owner_of(&server.database).await;
    crate::support::until("its job has ended", async || {
        owner.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    assert_eq!(product(&dealer, "OK-1").await, Value::Null);
    worker.stop(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn lines_of_json_are_taken_to_the_last_digit_or_not_at_all() {
    let server = server("bulk_json").await;
    let dealer = server.dealer().await;
    let worker = server.worker();
    let text = r#"{"sku":"J-1","name":"Exact","baseUnit":"bag","listPrice":12345678901234.5678}
{"sku":"J-\u0000","name":"NUL","baseUnit":"bag","listPrice":"1"}
{"sku":"J-3","name":"one","name":"two","baseUnit":"bag","listPrice":1}
{"sku":"J-4","name":"odd","baseUnit":"bag","listPrice":1,"colour":"red"}
{"sku":"J-5","name":"Last","baseUnit":"bag","listPrice":"2.5"}
"#;
    let text = text.replace("\\\\", "\\");
    let payload = import(&dealer, "p.ndjson", &text, json!({ "onError": "SKIP" })).await;
    let done = ended(&dealer, &payload).await;
    assert_eq!(
        (&done["state"], &done["created"]),
        (&json!("DONE"), &json!(2)),
        "{done:#}"
    );
    let faults: Vec<_> = done["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["line"].clone())
        .collect();
    assert_eq!(faults, [2, 3, 4]);
    assert_eq!(
        product(&dealer, "J-1").await["listPrice"]["amount"],
        "12345678901234.5678"
    );
    // A header that names a column twice is no header.
    let text = "sku,name,name\nA,b,c\n";
    let done = ended(&dealer, &import(&dealer, "p.csv", text, json!({})).await).await;
    assert_eq!(done["state"], "FAILED");
    assert!(
        done["message"].as_str().unwrap().contains("name twice"),
        "{done:#}"
    );
    worker.stop(std::time::Duration::from_secs(5)).await;
}
