//! What exports hold, and that it reads back.

use std::time::Duration;

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::RoleCode;
use tubex::demo::data::DEALERS;

use super::{ended, export, import, server, text_of};

const ALL: &str = "{ products(first: 200, orderBy: [{ field: SKU }]) { nodes {
    sku name description kind version listPrice { amount } baseUnit { code } category { code } } } }";

const SOME: &str = "{ products(first: 200, orderBy: [{ field: SKU }]) { nodes {
    sku name description kind listPrice { amount } baseUnit { code } } } }";

fn without_category(line: &str) -> String {
    let mut object: Value = serde_json::from_str(line).unwrap();
    object["category"] = Value::Null;
    format!("{object}\n")
}

#[tokio::test]
async fn a_catalogue_goes_out_and_comes_in_as_it_was() {
    let server = server("bulk_out").await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let before = dealer.client.get(ALL).await;
    let count = before["products"]["nodes"].as_array().unwrap().len();
    let worker = server.worker();
    for (format, name) in [("CSV", "products.csv"), ("NDJSON", "products.ndjson")] {
        let done = ended(&dealer, &export(&dealer.client, "PRODUCTS", format).await).await;
        assert_eq!(done["state"], "DONE", "{done:#}");
        assert_eq!(done["written"], count);
        assert_eq!(done["outputFile"]["name"], name);
        let text = text_of(&server, &done["outputFile"]).await;
        let lines = count + usize::from(format == "CSV");
        assert_eq!(text.lines().count(), lines);
        let back = ended(&dealer, &import(&dealer, name, &text, json!({})).await).await;
        assert_eq!(back["unchanged"], count, "{back:#}");
        assert_eq!(dealer.client.get(ALL).await, before);
        // Into a shop that has units, and no categories yet.
        if format == "NDJSON" {
            let other = server.dealer().await;
            let text: String = text.lines().map(without_category).collect();
            let into = ended(&other, &import(&other, name, &text, json!({})).await).await;
            assert_eq!(into["created"], count, "{into:#}");
            let there = other.client.get(SOME).await;
            assert_eq!(there, dealer.client.get(SOME).await);
        }
    }
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn other_kinds_are_written_with_their_columns() {
    let server = server("bulk_kinds").await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let worker = server.worker();
    for (kind, header) in [
        ("PRICES", "sku,listPrice"),
        (
            "CUSTOMERS",
            "code,name,taxId,termsDays,creditLimit,creditCheck,priceList,addressLine,city,postcode,country,email,phone",
        ),
        ("STOCK", "sku,warehouse,onHand,reserved,unit"),
    ] {
        let done = ended(&dealer, &export(&dealer.client, kind, "CSV").await).await;
        let text = text_of(&server, &done["outputFile"]).await;
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some(header));
        assert_eq!(json!(lines.count()), done["written"]);
        assert!(done["written"].as_u64() > Some(2), "{kind}");
    }
    worker.stop(Duration::from_secs(5)).await;
}

/// A text that a spreadsheet would run is written so that it does not.
#[tokio::test]
async fn formulas_are_guarded_on_the_way_out_and_understood_on_the_way_in() {
    let server = server("bulk_formula").await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    dealer
        .rename(&product, "=HYPERLINK(\"http://evil.test\")")
        .await;
    let worker = server.worker();
    let done = ended(&dealer, &export(&dealer.client, "PRODUCTS", "CSV").await).await;
    let text = text_of(&server, &done["outputFile"]).await;
    assert!(text.contains(",\"'=HYPERLINK(\"\"http"), "{text}");
    let back = ended(&dealer, &import(&dealer, "p.csv", &text, json!({})).await).await;
    assert_eq!(back["unchanged"], 1, "{back:#}");
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn nobody_exports_what_he_could_not_read() {
    let server = server("bulk_unreadable").await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let some = PermissionSet::of(&[Permission::BulkRun, Permission::CustomersRead]);
    let role = server.role(&dealer, some).await;
    let clerk = server.member(&dealer, &[role]).await.client;
    for kind in ["PRODUCTS", "PRICES", "CUSTOMERS", "STOCK"] {
        let refused = export(&clerk, kind, "CSV").await;
        assert_eq!(refused["userErrors"][0]["code"], "FORBIDDEN", "{kind}");
    }
    // Nor does anybody for a customer, whatever else he may do.
    let data = dealer
        .client
        .get("{ customers(first: 1) { nodes { id } } }")
        .await;
    let customer = data["customers"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let odd = server.client_as(&dealer, dealer.owner, &[RoleCode::OWNER], Some(customer));
    let query = super::EXPORT;
    let answer = odd
        .send(query, json!({ "input": { "kind": "CUSTOMERS" } }))
        .await;
    let payload = &answer.body["data"]["bulkExportStart"];
    assert!(
        payload["bulkOperation"].is_null() || payload == &Value::Null,
        "{:#}",
        answer.body
    );
}

#[tokio::test]
async fn nobody_reads_what_another_has_exported_and_he_could_not() {
    let server = server("bulk_outputs").await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let worker = server.worker();
    let payload = export(&dealer.client, "CUSTOMERS", "CSV").await;
    let done = ended(&dealer, &payload).await;
    assert!(done["outputFile"]["url"].is_string(), "{done:#}");
    let query = "query($id: ID!) { bulkOperation(id: $id) { state outputFile { url } } }";
    let id = json!({ "id": payload["bulkOperation"]["id"] });
    for (permissions, may) in [
        (&[Permission::BulkRun][..], false),
        (&[Permission::BulkRun, Permission::CustomersRead], false),
        (
            &[
                Permission::BulkRun,
                Permission::CustomersRead,
                Permission::CreditRead,
            ],
            false,
        ),
        (
            &[
                Permission::BulkRun,
                Permission::CustomersRead,
                Permission::CreditRead,
                Permission::PricesRead,
            ],
            true,
        ),
    ] {
        let role = server.role(&dealer, PermissionSet::of(permissions)).await;
        let clerk = server.member(&dealer, &[role]).await.client;
        let answer = clerk.send(query, id.clone()).await;
        let operation = &answer.body["data"]["bulkOperation"];
        assert_eq!(operation["state"], "DONE");
        assert_eq!(
            operation["outputFile"]["url"].is_string(),
            may,
            "{:#}",
            answer.body
        );
        assert_eq!(answer.code(), if may { "none" } else { "FORBIDDEN" });
    }
    worker.stop(Duration::from_secs(5)).await;
}
