//! Payments as the office uses them, and reminders of what is not paid.

mod deposits;
mod listed;
mod recorded;
mod refunded;
mod reminders;
mod statements;
mod taken_back;
mod together;

use serde_json::{Value, json};

use crate::credit::{Shop, decimal};
use crate::stock::key;
use crate::support::{Client, TestDealer, owner};

const PAYMENT: &str = "payment { id number direction state version allowedActions method
    amount { amount currency } allocated { amount } unallocated { amount }
    allocations { id amount { amount } accountEntry { id reference } }
    customer { id } job { id } order { id } paidOn externalRef note reversalReason reversedAt reconciledAt
    accountEntry { id kind reference documentOn amount { amount } open { amount } } }";
const ENTRY: &str = "query($id: ID!) { accountEntries(where: { customerId: { eq: $id } }, first: 200,
    orderBy: [{ field: POSTED_AT }]) { nodes { id kind reference note amount { amount } open { amount } } } }";

fn document(field: &str, selection: &str) -> String {
    format!(
        "mutation($input: {}{}Input!) {{ payload: {field}(input: $input) {{ {selection}
             userErrors {{ code message path details {{ name value }} }} }} }}",
        field[..1].to_uppercase(),
        &field[1..]
    )
}

/// Sends a mutation on payments with a key of its own until there is room for it; gives its
/// payload.
async fn send(client: &Client, field: &str, mut input: Value) -> Value {
    if input["idempotencyKey"].is_null() {
        input["idempotencyKey"] = json!(key());
    }
    let selection = match field {
        "paymentReminderSettingsSet" => {
            "settings { isOn firstAfterDays secondAfterDays thirdAfterDays version }"
        }
        _ => PAYMENT,
    };
    run(client, &document(field, selection), input).await
}

/// Sends a document whose one field is called payload until there is room for it.
async fn run(client: &Client, document: &str, input: Value) -> Value {
    let variables = json!({ "input": input });
    loop {
        let answer = client.send(document, variables.clone()).await;
        if answer.code() == "OVERLOADED" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        }
        let body = &answer.body;
        assert!(body.get("errors").is_none(), "{document}\n{body:#}");
        return body["data"]["payload"].clone();
    }
}

/// Sends one that must succeed; gives the payment.
async fn done(client: &Client, field: &str, input: Value) -> Value {
    let payload = send(client, field, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}: {payload:#}");
    payload["payment"].clone()
}

/// A shop whose customer HOLT owes three debts, the first of them due longest.
pub struct Till {
    shop: Shop,
    customer: String,
    debts: Vec<String>,
}

impl Till {
    async fn open() -> Self {
        Self::open_in(Shop::open().await).await
    }

    async fn open_in(shop: Shop) -> Self {
        let customer = shop.customer("HOLT", "1000").await;
        let mut debts = Vec::new();
        for (amount, on) in [
            ("60", "2026-01-01"),
            ("50", "2026-01-10"),
            ("40.12", "2026-02-01"),
        ] {
            let entry = shop.owes(&customer, None, amount, on).await;
            debts.push(entry["id"].as_str().unwrap().to_owned());
        }
        Self {
            shop,
            customer,
            debts,
        }
    }

    fn client(&self) -> &Client {
        &self.shop.dealer.client
    }

    /// What the customer pays.
    fn pays(&self, amount: &str, more: Value) -> Value {
        let mut input = json!({ "customerId": self.customer, "method": "BANK_TRANSFER",
            "amount": amount, "paidOn": "2026-03-01" });
        let Value::Object(more) = more else {
            panic!("{more} is no object")
        };
        for (field, value) in more {
            input[field] = value;
        }
        input
    }

    async fn record(&self, amount: &str, more: Value) -> Value {
        done(self.client(), "paymentRecord", self.pays(amount, more)).await
    }

    /// Code and path of the only refusal.
    async fn refused(&self, field: &str, input: Value) -> (String, String) {
        let payload = send(self.client(), field, input).await;
        let (code, path) = crate::credit::refused(&payload);
        (code.to_owned(), path)
    }

    /// A part of one of the debts.
    fn part(&self, debt: usize, amount: &str) -> Value {
        json!({ "entryId": self.debts[debt], "amount": amount })
    }

    /// What is open of each debt.
    async fn open_debts(&self) -> Vec<String> {
        let entries = self.entries().await;
        let open = |id: &String| {
            let entry = entries.iter().find(|entry| entry["id"] == **id).unwrap();
            decimal(&entry["open"]["amount"]).normalize().to_string()
        };
        self.debts.iter().map(open).collect()
    }

    /// The customer's entries, the first posted first.
    async fn entries(&self) -> Vec<Value> {
        let data = self.shop.get(ENTRY, json!({ "id": self.customer })).await;
        data["accountEntries"]["nodes"].as_array().unwrap().clone()
    }

    /// Fails unless the books are right: what is allocated comes to nothing over all entries, of
    /// each it is the sum of its allocations, and payments are what their entries are.
    async fn check_books(&self) {
        let schema = &self.shop.dealer.schema;
        let sums = format!(
            "SELECT (SELECT coalesce(sum(allocated), 0)::text FROM {schema}.account_items),
                (SELECT count(*) FROM {schema}.account_items i
                 WHERE i.allocated <> coalesce((SELECT sum(CASE WHEN i.amount < 0 THEN -a.amount ELSE a.amount END)
                     FROM {schema}.entry_allocations a
                     WHERE i.entry_id IN (a.credit_entry_id, a.debit_entry_id)), 0)),
                (SELECT count(*) FROM {schema}.payments p JOIN {schema}.account_entries e ON e.id = p.entry_id
                 WHERE e.amount <> CASE p.direction WHEN 'IN' THEN -p.amount ELSE p.amount END
                    OR e.source_id <> p.id OR e.customer_id <> p.customer_id),
                (SELECT count(*) - coalesce(max(number), 0) FROM {schema}.payments)"
        );
        let row = owner().await.query_one(&sums, &[]).await.unwrap();
        let (sum, wrong, foreign, gaps): (String, i64, i64, i64) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let sum: rust_decimal::Decimal = sum.parse().unwrap();
        assert!(sum.is_zero(), "allocations come to {sum}");
        assert_eq!((wrong, foreign, gaps), (0, 0, 0));
    }
}

/// Has a customer of a dealer pay some of what he owes, and be reminded of the rest; gives the
/// id of the payment.
pub async fn pay_some(dealer: &TestDealer) -> String {
    let data = dealer
        .client
        .get("{ customers(first: 1, orderBy: [{ field: CODE }]) { nodes { id } } }")
        .await;
    let customer = data["customers"]["nodes"][0]["id"].clone();
    let opening = json!({ "entries": [{ "customerId": customer, "amount": "10",
        "documentOn": "2026-01-01" }], "idempotencyKey": key() });
    let open = "mutation($input: AccountOpeningAddInput!) { accountOpeningAdd(input: $input) { entries { id } } }";
    let made = dealer.client.run(open, json!({ "input": opening })).await;
    let entry = made["accountOpeningAdd"]["entries"][0]["id"].clone();
    let input = json!({ "customerId": customer, "method": "CASH", "amount": "5", "paidOn": "2026-02-01",
        "allocations": [{ "entryId": entry, "amount": "4" }] });
    let payment = done(&dealer.client, "paymentRecord", input).await;
    let remind = format!(
        "INSERT INTO {}.payment_reminders (id, customer_id, level, amount, oldest_due_on, sent_on, created_at)
         SELECT gen_random_uuid(), customer_id, 1, 6, '2026-01-01', '2026-02-02', now() FROM {0}.payments LIMIT 1
         ON CONFLICT DO NOTHING",
        dealer.schema
    );
    owner().await.execute(&remind, &[]).await.unwrap();
    payment["id"].as_str().unwrap().to_owned()
}
