//! Customers and their contacts: what is changed, refused and told.

use serde_json::{Value, json};
use tubex::dealer::credit::model::CommitmentBucket;
use uuid::Uuid;

use super::{Shop, buyer, commitment, refused};
use crate::support::owner;

const CUSTOMER: &str = "customer { id code name version taxId termsDays creditLimit { amount }
    creditCheck holdReason heldAt city email phone notes archivedAt allowedActions }";
const READ: &str = "query($id: ID!) { customer(id: $id) { id code name version taxId termsDays
    creditLimit { amount } creditCheck holdReason heldAt city email phone notes archivedAt
    allowedActions contacts { id name role email version } } }";

async fn read(shop: &Shop, id: &str) -> Value {
    shop.get(READ, json!({ "id": id })).await["customer"].clone()
}

#[tokio::test]
async fn a_customer_is_added_without_credit_and_changed() {
    let shop = Shop::open().await;
    let input = json!({ "code": "HOLT", "name": " Holt & Sons ", "termsDays": 30,
        "email": "Bills@Holt.example", "city": "Joliet", "notes": "rings first" });
    let made = shop.done("customerCreate", CUSTOMER, input).await["customer"].clone();
    assert_eq!(
        (&made["name"], &made["version"]),
        (&json!("Holt & Sons"), &json!(1))
    );
    assert_eq!(made["email"], "bills@holt.example");
    assert_eq!(
        (&made["creditLimit"]["amount"], &made["creditCheck"]),
        (&json!("0"), &json!("ORDER"))
    );
    let input = json!({ "id": made["id"], "expectedVersion": 1, "name": "Holt", "notes": null,
        "phone": "815 555 0100", "termsDays": 45 });
    let changed = shop.done("customerUpdate", CUSTOMER, input).await["customer"].clone();
    assert_eq!(
        (&changed["notes"], &changed["city"]),
        (&Value::Null, &json!("Joliet"))
    );
    assert_eq!(
        (&changed["termsDays"], &changed["version"]),
        (&json!(45), &json!(2))
    );
    let again = json!({ "id": made["id"], "expectedVersion": 1, "name": "Late" });
    let late = shop.mutate("customerUpdate", CUSTOMER, again).await;
    assert_eq!(
        refused(&late),
        ("CONFLICT", "input.expectedVersion".to_owned())
    );
    let input = json!({ "code": "HOLT", "name": "Another" });
    let twice = shop.mutate("customerCreate", CUSTOMER, input).await;
    assert_eq!(refused(&twice), ("ALREADY_EXISTS", "input.code".to_owned()));
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let shop = Shop::open().await;
    let input = json!({ "code": "a b", "name": "", "termsDays": 99_999, "email": "nobody",
        "postcode": "x".repeat(21) });
    let payload = shop.mutate("customerCreate", CUSTOMER, input).await;
    let errors = payload["userErrors"].as_array().unwrap();
    let mut fields: Vec<_> = errors
        .iter()
        .map(|e| e["path"][1].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["code", "email", "name", "postcode", "termsDays"]);
}

#[tokio::test]
async fn holds_and_the_archive_go_by_state() {
    let shop = Shop::open().await;
    let id = shop.customer("HOLT", "100").await;
    let at = |version: i32| json!({ "id": id, "expectedVersion": version });
    let mut hold = at(2);
    hold["reason"] = json!("a cheque came back");
    let status = "creditStatus { verdict { answer holdReason } customer { version holdReason } }";
    let answer = shop.done("customerHoldSet", status, hold.clone()).await;
    assert_eq!(
        answer["creditStatus"]["verdict"],
        json!({ "answer": "ON_HOLD", "holdReason": "a cheque came back" })
    );
    hold["expectedVersion"] = json!(3);
    let twice = shop.mutate("customerHoldSet", status, hold).await;
    assert_eq!(refused(&twice), ("NOT_ALLOWED", "input.id".to_owned()));
    let customer = read(&shop, &id).await;
    let actions = customer["allowedActions"].as_array().unwrap();
    assert!(actions.contains(&json!("HOLD_RELEASE")) && !actions.contains(&json!("HOLD_SET")));
    shop.done("customerHoldRelease", status, at(3)).await;
    let archived = shop.done("customerArchive", CUSTOMER, at(4)).await;
    assert_eq!(archived["customer"]["allowedActions"], json!(["RESTORE"]));
    let change = shop.mutate("customerUpdate", CUSTOMER, at(5)).await;
    assert_eq!(refused(&change), ("NOT_ALLOWED", "input.id".to_owned()));
    let job =
        json!({ "customerId": id, "code": "1", "name": "1", "addressLine": "1", "city": "1" });
    let job = shop.mutate("jobCreate", "job { id }", job).await;
    assert_eq!(
        refused(&job),
        ("NOT_ALLOWED", "input.customerId".to_owned())
    );
    let restored = shop.done("customerRestore", CUSTOMER, at(5)).await;
    assert_eq!(restored["customer"]["archivedAt"], Value::Null);
    let twice = shop.mutate("customerRestore", CUSTOMER, at(6)).await;
    assert_eq!(refused(&twice).0, "NOT_ALLOWED");
}

#[tokio::test]
async fn whoever_owes_or_has_ordered_is_not_archived() {
    let shop = Shop::open().await;
    let id = shop.customer("HOLT", "100").await;
    let entry = shop.owes(&id, None, "10", "2026-01-01").await;
    let archive = json!({ "id": id, "expectedVersion": 2 });
    let payload = shop
        .mutate("customerArchive", CUSTOMER, archive.clone())
        .await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".to_owned()));
    let reverse = json!({ "entryId": entry["id"], "reason": "paid long ago" });
    shop.done("accountEntryReverse", "entry { id }", reverse)
        .await;
    let (who, order) = (buyer(&id, None), Uuid::new_v4());
    shop.commit(vec![commitment(who, order, CommitmentBucket::Ordered, "5")])
        .await;
    let payload = shop
        .mutate("customerArchive", CUSTOMER, archive.clone())
        .await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    shop.commit(vec![commitment(who, order, CommitmentBucket::Ordered, "0")])
        .await;
    shop.done("customerArchive", CUSTOMER, archive).await;
}

#[tokio::test]
async fn contacts_come_change_and_go() {
    let shop = Shop::open().await;
    let id = shop.customer("HOLT", "0").await;
    let contact = "contact { id name role email version }";
    let input = json!({ "customerId": id, "name": "Ann Holt", "role": "Accounts",
        "email": "Ann@Holt.example" });
    let made = shop.done("contactAdd", contact, input).await["contact"].clone();
    assert_eq!(made["email"], "ann@holt.example");
    let input = json!({ "id": made["id"], "expectedVersion": 1, "role": null });
    shop.done("contactUpdate", contact, input.clone()).await;
    let late = shop.mutate("contactUpdate", contact, input).await;
    assert_eq!(refused(&late).0, "CONFLICT");
    assert_eq!(read(&shop, &id).await["contacts"][0]["role"], Value::Null);
    let input = json!({ "id": made["id"] });
    shop.done("contactRemove", contact, input.clone()).await;
    let gone = shop.mutate("contactRemove", contact, input).await;
    assert_eq!(refused(&gone), ("NOT_FOUND", "input.id".to_owned()));
    assert_eq!(read(&shop, &id).await["contacts"], json!([]));
}

#[tokio::test]
async fn each_change_is_told_of_the_customer() {
    let shop = Shop::open().await;
    let id = shop.customer("HOLT", "100").await;
    let job = shop.job(&id, "1").await;
    shop.owes(&id, Some(&job), "10", "2026-01-01").await;
    let at =
        |id: &str, version: i32| json!({ "id": id, "expectedVersion": version, "reason": "r" });
    let plain = |id: &str, version: i32| json!({ "id": id, "expectedVersion": version });
    let status = "creditStatus { daysOverdue }";
    shop.done("jobHoldSet", status, at(&job, 1)).await;
    shop.done("jobHoldRelease", status, plain(&job, 2)).await;
    shop.done("jobDisable", "job { id }", plain(&job, 3)).await;
    shop.done("customerHoldSet", status, at(&id, 2)).await;
    shop.done("customerHoldRelease", status, plain(&id, 3))
        .await;
    let credit = shop.owes(&id, None, "-4", "2026-01-01").await;
    let settle = json!({ "creditEntryId": credit["id"] });
    shop.done("accountAllocate", "entry { id }", settle).await;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    let grant =
        json!({ "customerId": id, "amount": "5", "reason": "known for long", "until": until });
    shop.done("creditOverrideGrant", "creditOverride { id }", grant)
        .await;
    let told = format!(
        "SELECT name, customer_id IS NOT NULL FROM {}.events ORDER BY id",
        shop.dealer.schema
    );
    let rows = owner().await.query(&told, &[]).await.unwrap();
    let names: Vec<(String, bool)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let wanted = [
        "customer.created",
        "credit.limit_set",
        "job.created",
        "account.entry_posted",
        "job.held",
        "job.released",
        "job.disabled",
        "customer.held",
        "customer.released",
        "account.entry_posted",
        "account.allocated",
        "credit.override_granted",
    ];
    assert_eq!(names, wanted.map(|name| (name.to_owned(), true)));
}
