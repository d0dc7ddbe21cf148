//! Which credit settles which debt.

use serde_json::{Value, json};

use super::{ENTRY, Shop, decimal, refused};
use crate::support::owner;

fn entry() -> String {
    format!("entry {{ {ENTRY} allocations {{ id amount {{ amount }} debt {{ {ENTRY} }} }} }}")
}

/// What is allocated over all entries, which is always nothing; and how many rows break
/// the sum of their allocations.
async fn imbalance(shop: &Shop) -> (String, i64) {
    let schema = &shop.dealer.schema;
    let sums = format!(
        "SELECT (SELECT coalesce(sum(allocated), 0)::text FROM {schema}.account_items),
                (SELECT count(*) FROM {schema}.account_items i
                 WHERE i.allocated <> coalesce((SELECT sum(CASE WHEN i.amount < 0 THEN -a.amount ELSE a.amount END)
                     FROM {schema}.entry_allocations a
                     WHERE i.entry_id IN (a.credit_entry_id, a.debit_entry_id)), 0))"
    );
    let row = owner().await.query_one(&sums, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn a_credit_settles_what_is_named_and_no_more_than_there_is() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let one = shop.owes(&customer, None, "60", "2026-01-01").await;
    let two = shop.owes(&customer, None, "50", "2026-01-02").await;
    let credit = shop.owes(&customer, None, "-100", "2026-02-01").await;
    let to = |debts: Value| json!({ "creditEntryId": credit["id"], "debts": debts });
    let part = |entry: &Value, amount: &str| json!({ "entryId": entry["id"], "amount": amount });
    let made = shop
        .done(
            "accountAllocate",
            &entry(),
            to(json!([part(&one, "60"), part(&two, "15")])),
        )
        .await;
    assert_eq!(decimal(&made["entry"]["open"]["amount"]), (-25).into());
    for (debts, path) in [
        (json!([part(&one, "1")]), "input.debts.0.amount"),
        (json!([part(&two, "36")]), "input.creditEntryId"),
        (
            json!([part(&two, "10"), part(&two, "26")]),
            "input.creditEntryId",
        ),
        (json!([part(&credit, "1")]), "input.debts.0.amount"),
    ] {
        let payload = shop
            .mutate("accountAllocate", &entry(), to(debts.clone()))
            .await;
        assert_eq!(
            refused(&payload),
            ("NOT_ALLOWED", path.to_owned()),
            "{debts}"
        );
    }
    // A debt of somebody else is none of his.
    let other = shop.customer("B", "0").await;
    let foreign = shop.owes(&other, None, "5", "2026-01-01").await;
    let payload = shop
        .mutate(
            "accountAllocate",
            &entry(),
            to(json!([part(&foreign, "5")])),
        )
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.debts.0.amount".to_owned())
    );
    assert_eq!(imbalance(&shop).await, ("0.0000".to_owned(), 0));
}

#[tokio::test]
async fn without_names_the_longest_due_comes_first_and_can_be_undone() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let late = shop.owes(&customer, None, "30", "2026-03-01").await;
    let early = shop.owes(&customer, None, "40", "2026-01-01").await;
    let credit = shop.owes(&customer, None, "-55.25", "2026-04-01").await;
    let input = json!({ "creditEntryId": credit["id"] });
    let made = shop.done("accountAllocate", &entry(), input.clone()).await["entry"].clone();
    let parts = made["allocations"].as_array().unwrap();
    let paid: Vec<_> = parts
        .iter()
        .map(|p| (&p["debt"]["id"], decimal(&p["amount"]["amount"])))
        .collect();
    assert_eq!(
        paid,
        [
            (&early["id"], 40.into()),
            (&late["id"], "15.25".parse().unwrap())
        ]
    );
    let payload = shop.mutate("accountAllocate", &entry(), input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.creditEntryId".to_owned())
    );
    let reverse = json!({ "entryId": early["id"], "reason": "r" });
    let payload = shop
        .mutate("accountEntryReverse", "entry { id }", reverse)
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_ALLOWED", "input.entryId".to_owned())
    );
    let undo = json!({ "allocationId": parts[0]["id"] });
    let undone = shop.done("accountDeallocate", &entry(), undo.clone()).await["entry"].clone();
    assert_eq!(decimal(&undone["open"]["amount"]), (-40).into());
    let twice = shop.mutate("accountDeallocate", &entry(), undo).await;
    assert_eq!(refused(&twice).1.split('.').next(), Some("input"));
    let counter = undone["allocations"].as_array().unwrap().last().unwrap();
    assert_eq!(decimal(&counter["amount"]["amount"]), (-40).into());
    let undo = json!({ "allocationId": counter["id"] });
    let again = shop.mutate("accountDeallocate", &entry(), undo).await;
    assert_eq!(
        refused(&again),
        ("NOT_ALLOWED", "input.allocationId".to_owned())
    );
    assert_eq!(imbalance(&shop).await, ("0.0000".to_owned(), 0));
}

#[tokio::test]
async fn many_credits_at_once_settle_a_debt_once() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "1000").await;
    let debt = shop.owes(&customer, None, "100", "2026-01-01").await;
    let mut credits = Vec::new();
    for _ in 0..12 {
        credits.push(shop.owes(&customer, None, "-15", "2026-02-01").await);
    }
    let sent = credits.iter().map(|credit| {
        let debts = json!([{ "entryId": debt["id"], "amount": "15" }]);
        shop.mutate(
            "accountAllocate",
            "entry { id }",
            json!({ "creditEntryId": credit["id"], "debts": debts }),
        )
    });
    let payloads = futures_util::future::join_all(sent).await;
    let won = payloads
        .iter()
        .filter(|payload| payload["userErrors"] == json!([]));
    assert_eq!(won.count(), 6, "six of fifteen fit into a hundred");
    assert_eq!(imbalance(&shop).await, ("0.0000".to_owned(), 0));
    let exposure = &shop.status(&customer, None, "0").await["exposure"];
    assert_eq!(decimal(&exposure["debts"]["amount"]), 10.into());
    assert_eq!(decimal(&exposure["credits"]["amount"]), (-90).into());
}
