//! Who is reminded of what is overdue, and when.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};
use tubex::app::jobs::registry;
use tubex::dealer::payments::reminders::run::{RemindCustomers, remind_some};
use tubex::jobs::upkeep::Nothing;
use tubex::jobs::{JobOrder, Queue};
use tubex::kernel::clock::Clock;
use tubex::tenancy::Access;

use super::{Till, done, send};
use crate::credit::Shop;
use crate::support::{Server, owner, until_within};

async fn set(till: &Till, version: i32, days: [Option<i64>; 3]) -> Value {
    let input = json!({ "expectedVersion": version, "isOn": true, "firstAfterDays": days[0],
        "secondAfterDays": days[1], "thirdAfterDays": days[2] });
    send(till.client(), "paymentReminderSettingsSet", input).await
}

/// Reminds as the job does, whatever the hour.
async fn remind(till: &Till) {
    let mut tx = till.shop.begin(Access::Write).await;
    remind_some(&mut tx, None).await.unwrap();
    tx.commit().await.unwrap();
}

/// As if all reminders and debts were so many days older.
async fn age(till: &Till, days: i32) {
    let schema = &till.shop.dealer.schema;
    let owner = owner().await;
    for set in [
        format!(
            "{schema}.payment_reminders SET sent_on = sent_on - $1::int, oldest_due_on = oldest_due_on - $1::int"
        ),
        format!("{schema}.account_items SET due_on = due_on - $1::int"),
    ] {
        owner
            .execute(&format!("UPDATE {set}"), &[&days])
            .await
            .unwrap();
    }
}

/// Levels, amounts and addresses of the reminders, the first first.
async fn reminders(till: &Till) -> Vec<(i64, String, Value)> {
    let query = "{ paymentReminders(orderBy: [{ field: CREATED_AT, direction: ASC }]) {
        nodes { level amount { amount } sentTo } } }";
    let data = till.shop.get(query, json!({})).await;
    let nodes = data["paymentReminders"]["nodes"].as_array().unwrap();
    let read = |node: &Value| {
        let amount = node["amount"]["amount"].as_str().unwrap().to_owned();
        (
            node["level"].as_i64().unwrap(),
            amount,
            node["sentTo"].clone(),
        )
    };
    nodes.iter().map(read).collect()
}

async fn levels(till: &Till) -> Vec<i64> {
    reminders(till).await.iter().map(|row| row.0).collect()
}

/// A till at noon of a day.
async fn overdue() -> (Till, String) {
    let noon = "2026-11-21T12:00:00Z".parse().unwrap();
    overdue_at(Clock::fixed(noon)).await
}

/// A till at which the customer owes 25 for ten days and 5 for one, and somebody else, who is
/// named, 7 for twenty.
async fn overdue_at(clock: Clock) -> (Till, String) {
    let server = Server::start_at(clock, |_settings| {}).await;
    let dealer = server.dealer().await;
    let till = Till::open_in(Shop { server, dealer }).await;
    // What he owes from the start is long due.
    let paid = till.record("150.12", json!({ "auto": true })).await;
    assert_eq!(paid["unallocated"]["amount"], "0");
    let today = till.shop.server.clock.now().date_naive();
    let ago = |days: i64| (today - TimeDelta::days(days)).to_string();
    let other = till.shop.customer("B", "0").await;
    let debts = [
        (&till.customer, "25", 10),
        (&till.customer, "5", 1),
        (&other, "7", 20),
    ];
    let entries = debts.map(|(customer, amount, days)| {
        json!({ "customerId": customer, "amount": amount, "documentOn": ago(days),
            "dueOn": ago(days), "reference": format!("R-{amount}") })
    });
    let input = json!({ "entries": entries });
    till.shop
        .done("accountOpeningAdd", "entries { id }", input)
        .await;
    (till, other)
}

#[tokio::test]
async fn settings_are_kept_and_checked() {
    let till = Till::open().await;
    let query = "{ paymentReminderSettings { isOn firstAfterDays secondAfterDays thirdAfterDays version } }";
    let data = till.shop.get(query, json!({})).await;
    let unset = json!({ "isOn": false, "firstAfterDays": 7, "secondAfterDays": 14, "thirdAfterDays": 30, "version": 0 });
    assert_eq!(data["paymentReminderSettings"], unset);
    for (days, field) in [
        ([Some(0), None, None], "firstAfterDays"),
        ([Some(5), Some(5), None], "secondAfterDays"),
        ([Some(5), None, Some(9)], "thirdAfterDays"),
        ([Some(5), Some(366), None], "secondAfterDays"),
    ] {
        let payload = set(&till, 0, days).await;
        let (code, path) = crate::credit::refused(&payload);
        assert_eq!(
            (code, path),
            ("BAD_USER_INPUT", format!("input.{field}")),
            "{days:?}"
        );
    }
    let payload = set(&till, 0, [Some(5), Some(10), None]).await;
    assert_eq!(payload["settings"]["version"], 1);
    assert_eq!(payload["settings"]["thirdAfterDays"], Value::Null);
    let payload = set(&till, 0, [Some(6), None, None]).await;
    let refused = crate::credit::refused(&payload);
    assert_eq!(refused, ("CONFLICT", "input.expectedVersion".to_owned()));
    let payload = set(&till, 1, [Some(6), None, None]).await;
    assert_eq!(payload["settings"]["version"], 2);
}

#[tokio::test]
async fn each_level_comes_once_for_the_oldest_debt() {
    let (till, _) = overdue().await;
    remind(&till).await;
    assert!(levels(&till).await.is_empty(), "nobody has turned it on");
    assert_eq!(
        set(&till, 0, [Some(7), Some(14), None]).await["userErrors"],
        json!([])
    );
    remind(&till).await;
    // He owes 30 that are overdue, the other one 7; neither has an address.
    let mut first = reminders(&till).await;
    first.sort_by(|one, two| one.1.cmp(&two.1));
    assert_eq!(
        first,
        [
            (1, "30".to_owned(), Value::Null),
            (1, "7".to_owned(), Value::Null)
        ]
    );
    remind(&till).await;
    assert_eq!(levels(&till).await, [1, 1], "not twice a day");
    age(&till, 6).await;
    remind(&till).await;
    assert_eq!(
        levels(&till).await,
        [1, 1],
        "16 days overdue, but 6 behind the first letter"
    );
    age(&till, 1).await;
    remind(&till).await;
    remind(&till).await;
    assert_eq!(levels(&till).await, [1, 1, 2, 2]);
    age(&till, 30).await;
    remind(&till).await;
    assert_eq!(levels(&till).await, [1, 1, 2, 2], "there is no third level");
}

#[tokio::test]
async fn who_has_paid_is_left_alone_until_the_payment_bounces() {
    let (till, other) = overdue().await;
    set(&till, 0, [Some(7), Some(14), Some(30)]).await;
    // Credit that settles nothing yet counts all the same.
    let payment = till.record("30", json!({})).await;
    remind(&till).await;
    let query = "query($id: ID!) { paymentReminders(where: { customerId: { eq: $id } }) {
        nodes { level supersededAt } } }";
    let of = async |id: &str| {
        let data = till.shop.get(query, json!({ "id": id })).await;
        data["paymentReminders"]["nodes"].clone()
    };
    assert_eq!(of(&till.customer).await, json!([]));
    assert_eq!(
        of(&other).await,
        json!([{ "level": 1, "supersededAt": null }])
    );
    let back = |payment: &Value| json!({ "id": payment["id"], "expectedVersion": 1, "reason": "no funds" });
    done(till.client(), "paymentReverse", back(&payment)).await;
    remind(&till).await;
    assert_eq!(
        of(&till.customer).await,
        json!([{ "level": 1, "supersededAt": null }])
    );
    // Paid behind the first letter, and bounced: it begins at the beginning.
    let payment = till.record("30", json!({ "auto": true })).await;
    age(&till, 20).await;
    remind(&till).await;
    assert_eq!(of(&till.customer).await.as_array().unwrap().len(), 1);
    done(till.client(), "paymentReverse", back(&payment)).await;
    remind(&till).await;
    let nodes = of(&till.customer).await;
    assert_eq!(
        (&nodes[0]["level"], &nodes[0]["supersededAt"]),
        (&json!(1), &Value::Null)
    );
    assert!(nodes[1]["supersededAt"].is_string(), "{nodes:#}");
}

#[tokio::test]
async fn a_letter_is_ordered_for_who_has_an_address() {
    let (till, other) = overdue().await;
    set(&till, 0, [Some(7), None, None]).await;
    let query = "query($id: ID!) { customer(id: $id) { version } }";
    let customer = till.shop.get(query, json!({ "id": till.customer })).await;
    let input = json!({ "id": till.customer, "expectedVersion": customer["customer"]["version"],
        "email": "Bills@Holt.example" });
    till.shop
        .done("customerUpdate", "customer { id }", input)
        .await;
    remind(&till).await;
    let sent = reminders(&till).await;
    assert!(
        sent.contains(&(1, "30".to_owned(), json!("bills@holt.example"))),
        "{sent:?}"
    );
    assert!(sent.contains(&(1, "7".to_owned(), Value::Null)), "{sent:?}");
    let query = "query($id: ID!) { all: paymentReminders { totalCount }
        silent: paymentReminders(where: { isSent: false, levels: [1] }) { nodes { customer { id } } }
        his: paymentReminders(where: { customerId: { eq: $id }, isSent: true }) { totalCount } }";
    let data = till.shop.get(query, json!({ "id": till.customer })).await;
    assert_eq!(
        (&data["all"]["totalCount"], &data["his"]["totalCount"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        data["silent"]["nodes"],
        json!([{ "customer": { "id": other } }])
    );
    let mails = "SELECT email, kind, state FROM platform.mails WHERE record_id IS NOT NULL AND dealer_id = $1::text::uuid";
    let dealer = till.shop.dealer.id.uuid().to_string();
    let rows = owner().await.query(mails, &[&dealer]).await.unwrap();
    let read = |row: &tokio_postgres::Row| (row.get::<_, String>(0), row.get::<_, String>(1));
    let rows: Vec<_> = rows.iter().map(read).collect();
    assert_eq!(
        rows,
        [(
            "bills@holt.example".to_owned(),
            "PAYMENT_REMINDER".to_owned()
        )]
    );
}

#[tokio::test]
async fn a_dealer_orders_no_other_mails() {
    let till = Till::open().await;
    let mut tx = till.shop.begin(Access::Write).await;
    let letter = tubex::tenancy::letters::LetterOrder {
        email: "anybody@test.example".to_owned(),
        record: uuid::Uuid::new_v4(),
    };
    let refused = tubex::tenancy::letters::order(&mut tx, "RESET_PASSWORD", vec![letter]).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn nobody_is_reminded_at_night() {
    let early: DateTime<Utc> = "2026-11-21T06:58:00Z".parse().unwrap();
    let (till, _) = overdue_at(Clock::fixed(early)).await;
    set(&till, 0, [Some(7), None, None]).await;
    remind(&till).await;
    assert!(levels(&till).await.is_empty());
    till.shop.server.clock.set(early + TimeDelta::minutes(3));
    remind(&till).await;
    assert_eq!(levels(&till).await.len(), 2);
}

#[tokio::test]
async fn the_job_reminds_and_may_run_twice() {
    // Workers keep the time of the machine, which may be that of the night.
    let (till, _) = overdue_at(Clock::system()).await;
    set(&till, 0, [Some(7), None, None]).await;
    let app = &till.shop.server.app;
    let depot = tubex::app::files::depot(&app.settings.files).unwrap();
    let kinds = registry(&app.core, &app.settings.jobs, &depot);
    assert!(kinds.knows("payments.remind") && kinds.knows("platform.payments.remind"));
    let worker = till.shop.server.worker();
    for _ in 0..2 {
        let order = JobOrder::of::<RemindCustomers>(&Nothing {}).unwrap();
        let mut conn = app.core.control.checkout().await.unwrap();
        let id = Queue::enqueue_for(&mut conn, Some(till.shop.dealer.id), &order)
            .await
            .unwrap()
            .id;
        app.queue.hint();
        let state = "SELECT state FROM platform.jobs WHERE id = $1::text::uuid";
        let owner = owner().await;
        until_within(
            std::time::Duration::from_mins(1),
            "the job is done",
            async || {
                let row = owner
                    .query_one(state, &[&id.uuid().to_string()])
                    .await
                    .unwrap();
                row.get::<_, String>(0) == "DONE"
            },
        )
        .await;
    }
    worker.stop(std::time::Duration::from_secs(5)).await;
    let is_night = till.shop.server.clock.now().hour() < 7;
    let expected: &[i64] = if is_night { &[] } else { &[1, 1] };
    assert_eq!(levels(&till).await, expected);
}
