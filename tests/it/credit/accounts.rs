//! Entries: brought over, corrected, taken back.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{ENTRY, Shop, refused, send};

fn entries() -> String {
    format!("entries {{ {ENTRY} }}")
}

#[tokio::test]
async fn openings_are_due_by_the_terms_and_all_or_none() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let line = |amount: &str, who: &str| {
        json!({ "customerId": who, "amount": amount,
        "documentOn": "2026-01-31", "reference": "OLD-1" })
    };
    let input = json!({ "entries": [line("120.50", &customer), line("-20", &customer)] });
    let made = shop.done("accountOpeningAdd", &entries(), input).await;
    let due: Vec<_> = made["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["dueOn"])
        .collect();
    assert_eq!(due, [&json!("2026-03-02"), &json!("2026-01-31")]);
    let nobody = format!("cus_{}", "0".repeat(32));
    let input = json!({ "entries": [line("7", &customer), line("8", &nobody)] });
    let payload = shop.mutate("accountOpeningAdd", &entries(), input).await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.entries.1.customerId".to_owned())
    );
    let (job, other) = (
        shop.job(&customer, "LOT").await,
        shop.customer("B", "0").await,
    );
    let mut foreign = line("7", &other);
    foreign["jobId"] = json!(job);
    let payload = shop
        .mutate(
            "accountOpeningAdd",
            &entries(),
            json!({ "entries": [foreign] }),
        )
        .await;
    assert_eq!(
        refused(&payload),
        ("NOT_FOUND", "input.entries.0.jobId".to_owned())
    );
    let wrong = json!({ "customerId": customer, "amount": "0", "documentOn": "1066-10-14",
        "dueOn": "1066-01-01" });
    let payload = shop
        .mutate(
            "accountOpeningAdd",
            &entries(),
            json!({ "entries": [wrong] }),
        )
        .await;
    assert_eq!(
        payload["userErrors"].as_array().unwrap().len(),
        4,
        "{payload:#}"
    );
    let total = shop
        .get("{ accountEntries { totalCount } }", json!({}))
        .await;
    assert_eq!(total["accountEntries"]["totalCount"], 2);
}

#[tokio::test]
async fn five_hundred_entries_cost_what_one_costs_and_no_more_are_taken() {
    let shop = Shop::open().await;
    let (one, other) = (shop.customer("A", "1").await, shop.customer("B", "1").await);
    let job = shop.job(&one, "LOT").await;
    let line = |number: usize| {
        let job = number.is_multiple_of(2).then_some(&job);
        let who = if number.is_multiple_of(2) {
            &one
        } else {
            &other
        };
        json!({ "customerId": who, "jobId": job, "amount": "1", "documentOn": "2026-01-01" })
    };
    let mut costs = Vec::new();
    for count in [1, 500] {
        let input = json!({ "entries": (0..count).map(line).collect::<Vec<_>>() });
        let answer = send(
            &shop.dealer.client,
            "accountOpeningAdd",
            "entries { id }",
            input,
        )
        .await;
        let made = answer.body["data"]["payload"]["entries"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(made, count);
        costs.push(answer.statements());
    }
    assert_eq!(costs[0], costs[1]);
    for count in [0, 501] {
        let input = json!({ "entries": (0..count).map(line).collect::<Vec<_>>() });
        let payload = shop
            .mutate("accountOpeningAdd", "entries { id }", input)
            .await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", "input.entries".to_owned())
        );
    }
}

#[tokio::test]
async fn what_is_posted_under_a_key_is_posted_once() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let key = Uuid::new_v4().to_string();
    let input = json!({ "customerId": customer, "amount": "-12.34", "reason": "rounding",
        "idempotencyKey": key });
    let selection = format!("entry {{ {ENTRY} note }}");
    let first = shop.done("accountAdjust", &selection, input.clone()).await;
    let second = shop.done("accountAdjust", &selection, input).await;
    assert_eq!(first, second);
    assert_eq!(
        (&first["entry"]["kind"], &first["entry"]["note"]),
        (&json!("ADJUSTMENT"), &json!("rounding"))
    );
    let total = shop
        .get("{ accountEntries { totalCount } }", json!({}))
        .await;
    assert_eq!(total["accountEntries"]["totalCount"], 1);
}

#[tokio::test]
async fn an_entry_is_taken_back_once_by_its_opposite() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    for amount in ["80.0000", "-15.5000"] {
        let entry = shop.owes(&customer, None, amount, "2026-01-01").await;
        let input = json!({ "entryId": entry["id"], "reason": "typed twice" });
        let selection = format!("entry {{ {ENTRY} reverses {{ {ENTRY} }} allocations {{ id }} }}");
        let made = shop
            .done("accountEntryReverse", &selection, input.clone())
            .await["entry"]
            .clone();
        let opposite = amount
            .strip_prefix('-')
            .map_or(format!("-{amount}"), str::to_owned);
        assert_eq!(made["amount"]["amount"], opposite);
        assert_eq!(made["reverses"]["id"], entry["id"]);
        for open in [&made["open"], &made["reverses"]["open"]] {
            assert_eq!(open["amount"], "0.0000");
        }
        let twice = shop
            .mutate("accountEntryReverse", "entry { id }", input)
            .await;
        assert_eq!(refused(&twice), ("NOT_ALLOWED", "input.entryId".to_owned()));
        let back = json!({ "entryId": made["id"], "reason": "second thoughts" });
        let back = shop
            .mutate("accountEntryReverse", "entry { id }", back)
            .await;
        assert_eq!(refused(&back), ("NOT_ALLOWED", "input.entryId".to_owned()));
        let undo = json!({ "allocationId": made["allocations"][0]["id"] });
        let undo = shop.mutate("accountDeallocate", "entry { id }", undo).await;
        assert_eq!(
            refused(&undo),
            ("NOT_ALLOWED", "input.allocationId".to_owned())
        );
    }
    let status = shop.status(&customer, None, "0").await;
    assert_eq!(status["exposure"]["total"]["amount"], "0");
    let open = "{ accountEntries(where: { open: true }) { totalCount } all: accountEntries(where: { open: false }) { totalCount } }";
    let counts = shop.get(open, json!({})).await;
    assert_eq!(
        counts,
        json!({ "accountEntries": { "totalCount": 0 }, "all": { "totalCount": 4 } })
    );
    assert_ne!(counts, Value::Null);
}
