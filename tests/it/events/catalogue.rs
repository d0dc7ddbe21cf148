//! docs/events.md, and the kinds that are told.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};
use tubex::demo::data::DEALERS;
use tubex::events::markdown;
use tubex::roots::EVENTS;

use crate::support::{Server, owner};

#[test]
fn the_book_of_events_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let wanted = markdown(&EVENTS);
    if std::env::var_os("RENEW_EVENTS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == wanted,
        "docs/events.md is not what src says; renew it by \
         `RENEW_EVENTS=1 cargo test --test it events::catalogue`"
    );
}

#[test]
fn names_are_told_apart_and_begin_with_their_record() {
    let names: BTreeSet<_> = EVENTS.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), EVENTS.len());
    for kind in EVENTS.iter() {
        let (entity, deed) = kind.name.split_once('.').unwrap();
        assert_eq!(entity, kind.entity);
        assert!(
            deed.chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        );
        assert_eq!(kind.fields[0].name, kind.entity);
        assert!(kind.version > 0);
    }
}

/// Kinds that every feature declares are in the list.
#[test]
fn no_declared_event_is_missing() {
    let mut declared = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dealer")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("events.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let names = text.lines().filter_map(|line| {
                    let (_, rest) = line.split_once(" = \"")?;
                    Some(rest.split_once('"')?.0.to_owned())
                });
                declared.extend(names);
            }
        }
    }
    let listed: BTreeSet<_> = EVENTS.iter().map(|kind| kind.name.to_owned()).collect();
    assert_eq!(declared, listed);
}

/// One mutation for each kind; `$id` and `$version` are those of the record before.
const DEEDS: &[(&str, &str, &str)] = &[
    (
        "category.created",
        "categoryCreate",
        r#"{ code: "EV", name: "A" }"#,
    ),
    (
        "category.updated",
        "categoryUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "category.archived",
        "categoryArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "category.created",
        "categoryCreate",
        r#"{ code: "EV-2", name: "A" }"#,
    ),
    (
        "attribute.created",
        "attributeCreate",
        r#"{ categoryId: $id, code: "EV", name: "A", kind: TEXT }"#,
    ),
    (
        "attribute.updated",
        "attributeUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "attribute.archived",
        "attributeArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "category.created",
        "categoryCreate",
        r#"{ code: "EV-3", name: "A" }"#,
    ),
    (
        "category.deleted",
        "categoryDelete",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "unit.created",
        "unitCreate",
        r#"{ code: "ev", name: "A", dimension: COUNT, scale: 0 }"#,
    ),
    (
        "unit.updated",
        "unitUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "product.created",
        "productCreate",
        r#"{ sku: "EV", name: "A", listPrice: "1", baseUnitId: $id }"#,
    ),
    (
        "product.updated",
        "productUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "product.archived",
        "productArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "product.restored",
        "productRestore",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "warehouse.created",
        "warehouseCreate",
        r#"{ code: "EV", name: "A", kind: YARD }"#,
    ),
    (
        "warehouse.updated",
        "warehouseUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "warehouse.archived",
        "warehouseArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "customer.created",
        "customerCreate",
        r#"{ code: "EV", name: "A" }"#,
    ),
    (
        "customer.updated",
        "customerUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "customer.archived",
        "customerArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "customer.restored",
        "customerRestore",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "job.created",
        "jobCreate",
        r#"{ customerId: $id, code: "EV", name: "A", addressLine: "A", city: "A" }"#,
    ),
    (
        "job.updated",
        "jobUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "job.deactivated",
        "jobDeactivate",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "job.reopened",
        "jobReopen",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "job.disabled",
        "jobDisable",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "job.closed",
        "jobClose",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "supplier.created",
        "supplierCreate",
        r#"{ code: "EV", name: "A" }"#,
    ),
    (
        "supplier.updated",
        "supplierUpdate",
        r#"{ id: $id, expectedVersion: $version, name: "B" }"#,
    ),
    (
        "supplier.archived",
        "supplierArchive",
        "{ id: $id, expectedVersion: $version }",
    ),
    (
        "supplier.restored",
        "supplierRestore",
        "{ id: $id, expectedVersion: $version }",
    ),
];

/// Kinds whose records are made by more than one mutation, tried where those are.
const ELSEWHERE: &[&str] = &[
    "account.allocated",
    "order.amended",
    "order.approved",
    "order.cancelled",
    "order.closed",
    "order.confirmed",
    "order.created",
    "order.declined",
    "order.held",
    "order.placed",
    "order.progressed",
    "order.released",
    "order.updated",
    "delivery.cancelled",
    "delivery.delivered",
    "delivery.dispatched",
    "delivery.failed",
    "delivery.loaded",
    "delivery.planned",
    "delivery.updated",
    "delivery_run.cancelled",
    "delivery_run.created",
    "delivery_run.finished",
    "delivery_run.started",
    "delivery_run.updated",
    "account.entry_posted",
    "credit.limit_set",
    "credit.override_granted",
    "customer.held",
    "customer.released",
    "job.held",
    "job.released",
    "attachment.added",
    "attachment.removed",
    "bulk_operation.advanced",
    "bulk_operation.ended",
    "lot.came",
    "movement.posted",
    "product.lot_tracking_set",
    "reservation.made",
    "reservation.released",
    "stock_count.cancelled",
    "stock_count.opened",
    "stock_count.posted",
    "stock_count.recorded",
    "stock_level.ran_low",
    "stock_level.reserved",
    "stock_level.set",
    "transfer.approved",
    "transfer.cancelled",
    "transfer.created",
    "transfer.dispatched",
    "transfer.received",
    "customer.priced",
    "job.priced",
    "price_list.archived",
    "price_list.created",
    "price_list.updated",
    "price_rule.ended",
    "price_rule.set",
    "tax_rate.set",
    "invoice.credit_note_posted",
    "invoice.discarded",
    "invoice.drafted",
    "invoice.mailed",
    "invoice.posted",
    "invoice.updated",
    "goods_receipt.posted",
    "payment.allocated",
    "payment.reconciled",
    "payment.recorded",
    "payment.refunded",
    "payment.reversed",
    "payment_reminder.created",
    "purchase_order.cancelled",
    "purchase_order.closed",
    "purchase_order.created",
    "purchase_order.partially_received",
    "purchase_order.received",
    "purchase_order.sent",
    "purchase_order.updated",
    "quote.created",
    "quote.updated",
    "quote.sent",
    "quote.accepted",
    "quote.rejected",
    "quote.expired",
    "quote.converted",
    "quote.revised",
    "return.requested",
    "return.approved",
    "return.rejected",
    "return.received",
    "return.credited",
    "supplier_item.removed",
    "supplier_item.set",
];

#[tokio::test]
async fn each_mutation_tells_its_event_with_the_payload_of_the_book() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let before = told(&dealer.schema).await.len();
    let (mut id, mut version) = (json!(null), json!(1));
    let mut records = Vec::new();
    for (name, mutation, input) in DEEDS {
        let record = name.split_once('.').unwrap().0;
        let input = input
            .replace("$id", &id.to_string())
            .replace("$version", &version.to_string());
        let query = format!(
            "mutation {{ {mutation}(input: {input}) {{
               {record} {{ id version }} userErrors {{ code path }} }} }}"
        );
        let data = dealer.client.get(&query).await;
        let payload = &data[mutation];
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        (id, version) = (
            payload[record]["id"].clone(),
            payload[record]["version"].clone(),
        );
        records.push((*name, id.clone(), version.clone()));
    }
    let told = told(&dealer.schema).await.split_off(before);
    assert_eq!(told.len(), DEEDS.len());
    for ((name, payload), (expected, id, version)) in told.iter().zip(&records) {
        assert_eq!(name, expected);
        let kind = EVENTS.iter().find(|kind| kind.name == name).unwrap();
        let keys: BTreeSet<String> = payload.keys().cloned().collect();
        let fields: BTreeSet<String> = kind.fields.iter().map(tubex::events::Field::key).collect();
        assert_eq!(keys, fields, "{name}");
        assert_eq!(
            (&payload[kind.entity], &payload["recordVersion"]),
            (id, version)
        );
    }
    let covered = DEEDS.iter().map(|(name, ..)| *name);
    let covered: BTreeSet<_> = covered.chain(ELSEWHERE.iter().copied()).collect();
    let listed: BTreeSet<_> = EVENTS.iter().map(|kind| kind.name).collect();
    assert_eq!(covered, listed, "a kind of event has no case here");
}

/// Names and payloads, in order.
async fn told(schema: &str) -> Vec<(String, Map<String, Value>)> {
    let query = format!("SELECT name, payload::text FROM {schema}.events ORDER BY id");
    let rows = owner().await.query(&query, &[]).await.unwrap();
    let told = rows.iter().map(|row| {
        let payload: String = row.get(1);
        (row.get(0), serde_json::from_str(&payload).unwrap())
    });
    told.collect()
}
