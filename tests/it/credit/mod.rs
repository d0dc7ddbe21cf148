//! Customers, jobs, accounts and credit, as a dashboard uses them.

mod accounts;
mod ageing;
mod allocations;
mod checked;
mod concurrent;
mod customers;
mod jobs;
mod kept;
mod limits;
mod statements;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tubex::dealer::credit::check::Buyer;
use tubex::dealer::credit::commitments;
use tubex::dealer::credit::model::{CommitmentBucket, CommitmentRow, CommitmentSource};
use tubex::tenancy::{Access, TenantTx};
use uuid::Uuid;

use crate::support::payloads;
pub use crate::support::payloads::refused;
use crate::support::{Answer, Client, Server, TestDealer};

/// A dealer with nothing but units.
pub struct Shop {
    pub server: Server,
    pub dealer: TestDealer,
}

const ENTRY: &str = "id amount { amount } open { amount } dueOn documentOn kind reference";

fn input_type(field: &str) -> String {
    match field {
        "customerArchive" | "customerRestore" | "customerHoldRelease" => {
            "CustomerVersionInput".to_owned()
        }
        "jobDeactivate" | "jobDisable" | "jobClose" | "jobReopen" | "jobHoldRelease" => {
            "JobVersionInput".to_owned()
        }
        _ => payloads::own_input(field),
    }
}

/// Sends a mutation that takes one input.
pub async fn send(client: &Client, field: &str, selection: &str, mut input: Value) -> Answer {
    let posts = field.starts_with("account") || field == "creditOverrideGrant";
    if posts && input["idempotencyKey"].is_null() {
        input["idempotencyKey"] = json!(Uuid::new_v4().to_string());
    }
    let query = format!(
        "mutation($input: {}!) {{ payload: {field}(input: $input) {{
             {selection} userErrors {{ code message path }} }} }}",
        input_type(field)
    );
    let answer = client.send(&query, json!({ "input": input })).await;
    assert!(
        answer.body.get("errors").is_none(),
        "{query}\n{:#}",
        answer.body
    );
    answer
}

pub fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

impl Shop {
    pub async fn open() -> Self {
        let server = Server::start().await;
        let dealer = server.dealer().await;
        Self { server, dealer }
    }

    /// Sends a mutation; gives its payload.
    pub async fn mutate(&self, field: &str, selection: &str, input: Value) -> Value {
        let answer = send(&self.dealer.client, field, selection, input).await;
        answer.body["data"]["payload"].clone()
    }

    /// Sends a mutation that must succeed; gives its payload.
    pub async fn done(&self, field: &str, selection: &str, input: Value) -> Value {
        let payload = self.mutate(field, selection, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{field}");
        payload
    }

    pub async fn get(&self, query: &str, variables: Value) -> Value {
        self.dealer.client.run(query, variables).await
    }

    /// A new customer with this limit; gives its id.
    pub async fn customer(&self, code: &str, limit: &str) -> String {
        let input = json!({ "code": code, "name": format!("Customer {code}"), "termsDays": 30 });
        let made = self.done("customerCreate", "customer { id }", input).await;
        let id = made["customer"]["id"].as_str().unwrap().to_owned();
        let input = json!({ "customerId": id, "expectedVersion": 1, "limit": limit,
            "reason": "as agreed" });
        self.done("creditLimitSet", "creditStatus { daysOverdue }", input)
            .await;
        id
    }

    /// A new job of a customer; gives its id.
    pub async fn job(&self, customer: &str, code: &str) -> String {
        let input = json!({ "customerId": customer, "code": code, "name": format!("Site {code}"),
            "addressLine": "1 Quarry Road", "city": "Joliet" });
        let made = self.done("jobCreate", "job { id }", input).await;
        made["job"]["id"].as_str().unwrap().to_owned()
    }

    /// Brings an open amount over; gives the entry.
    pub async fn owes(&self, customer: &str, job: Option<&str>, amount: &str, on: &str) -> Value {
        let entry = json!({ "customerId": customer, "jobId": job, "amount": amount,
            "documentOn": on });
        let selection = format!("entries {{ {ENTRY} }}");
        let made = self
            .done(
                "accountOpeningAdd",
                &selection,
                json!({ "entries": [entry] }),
            )
            .await;
        made["entries"][0].clone()
    }

    /// A transaction on the shop, in the name of the program.
    pub async fn begin(&self, access: Access) -> TenantTx {
        payloads::begin(&self.server, &self.dealer, access).await
    }

    /// Commits customers as an order or a delivery would.
    pub async fn commit(&self, rows: Vec<CommitmentRow>) {
        let mut tx = self.begin(Access::Write).await;
        commitments::put(&mut tx, rows).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What the check would say.
    pub async fn status(&self, customer: &str, job: Option<&str>, amount: &str) -> Value {
        let query = "query($customer: ID!, $job: ID, $amount: Decimal) {
            creditStatus(customerId: $customer, jobId: $job, amount: $amount) {
                limit { amount } daysOverdue
                exposure { ordered { amount } delivered { amount } debts { amount }
                    credits { amount } total { amount } }
                jobExposure { total { amount } }
                verdict { answer overrideId overBy { amount } limit { amount }
                    exposure { amount } limitOf holdReason }
            } }";
        let variables = json!({ "customer": customer, "job": job, "amount": amount });
        self.get(query, variables).await["creditStatus"].clone()
    }
}

/// The buyer with these ids.
pub fn buyer(customer: &str, job: Option<&str>) -> Buyer {
    Buyer {
        customer: customer.parse().unwrap(),
        job: job.map(|job| job.parse().unwrap()),
    }
}

/// What a document stands for.
pub fn commitment(
    buyer: Buyer,
    source: Uuid,
    bucket: CommitmentBucket,
    amount: &str,
) -> CommitmentRow {
    CommitmentRow {
        source_type: match bucket {
            CommitmentBucket::Ordered => CommitmentSource::Order,
            CommitmentBucket::Delivered => CommitmentSource::Delivery,
        },
        source_id: source,
        customer_id: buyer.customer,
        job_id: buyer.job,
        bucket,
        amount: amount.parse().unwrap(),
        updated_at: chrono::Utc::now(),
    }
}
