//! Customers out of files.

use std::time::Duration;

use serde_json::{Value, json};
use tubex::demo::data::DEALERS;

use super::{counts, ended, faults, import, server, taken, told};
use crate::catalogue::mutate;
use crate::support::{Server, TestDealer};

const SOON: Duration = Duration::from_secs(5);
const CUSTOMER: &str = "query($code: String) { customer(code: $code) {
    id name taxId termsDays creditLimit { amount } creditLimitReason creditCheck priceList { code }
    addressLine city postcode country email phone notes version } }";

async fn customer(dealer: &TestDealer, code: &str) -> Value {
    let data = dealer.client.run(CUSTOMER, json!({ "code": code })).await;
    data["customer"].clone()
}

/// Sends a mutation that must succeed.
async fn done(dealer: &TestDealer, field: &str, selection: &str, input: Value) -> Value {
    let payload = mutate(&dealer.client, field, selection, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{field}");
    payload
}

async fn list(dealer: &TestDealer, code: &str) -> Value {
    let input = json!({ "code": code, "name": code });
    let made = done(dealer, "priceListCreate", "priceList { id version }", input).await;
    made["priceList"].clone()
}

async fn archived(dealer: &TestDealer, code: &str) {
    let row = customer(dealer, code).await;
    let input = json!({ "id": row["id"], "expectedVersion": row["version"] });
    let query = "mutation($input: CustomerVersionInput!) {
        customerArchive(input: $input) { userErrors { code } } }";
    let data = dealer.client.run(query, json!({ "input": input })).await;
    assert_eq!(data["customerArchive"]["userErrors"], json!([]));
}

const TWO: &str = "code,name,taxId,termsDays,creditLimit,creditLimitReason,creditCheck,priceList,\
    addressLine,city,postcode,country,email,phone,notes\n\
    C-1,\"Holt, Ltd.\",T-1,30,2500.50,known well,DELIVERY,TRADE,1 High St,Leeds,LS1,UK,Sales@Holt.test,'+44 1,pays late\n\
    C-2,Brown,,,,,,,,,,,,,\n";

#[tokio::test]
async fn lines_add_customers_change_them_and_leave_them_alone() {
    let server = server("bulk_customers").await;
    let dealer = server.dealer().await;
    list(&dealer, "TRADE").await;
    let worker = server.worker();
    let first = taken(&dealer, "CUSTOMERS", "c.csv", TWO).await;
    assert_eq!(counts(&first), [2, 0, 0, 0], "{first:#}");
    let mut one = customer(&dealer, "C-1").await;
    one["id"] = Value::Null;
    assert_eq!(
        one,
        json!({ "id": null, "name": "Holt, Ltd.", "taxId": "T-1", "termsDays": 30,
            "creditLimit": { "amount": "2500.5000" }, "creditLimitReason": "known well", "creditCheck": "DELIVERY",
            "priceList": { "code": "TRADE" }, "addressLine": "1 High St", "city": "Leeds", "postcode": "LS1",
            "country": "UK", "email": "sales@holt.test", "phone": "+44 1", "notes": "pays late", "version": 1 })
    );
    let two = customer(&dealer, "C-2").await;
    assert_eq!(
        (
            &two["name"],
            &two["termsDays"],
            &two["creditCheck"],
            &two["taxId"]
        ),
        (&json!("Brown"), &json!(0), &json!("ORDER"), &Value::Null)
    );
    assert_eq!(
        counts(&taken(&dealer, "CUSTOMERS", "c.csv", TWO).await),
        [0, 0, 2, 0]
    );
    assert_eq!(customer(&dealer, "C-1").await["version"], 1);
    // By NDJSON, with some columns only: an empty one clears what can be empty.
    let some = "{\"code\":\"C-1\",\"taxId\":null,\"priceList\":\"\",\"termsDays\":null}\n\
        {\"code\":\"C-2\",\"creditLimit\":\"10\"}\n\
        {\"code\":\"C-1\",\"name\":\"Holt\",\"creditLimit\":0}\n\
        {\"code\":\"C-3\",\"name\":\"Reed\"}\n\
        {\"code\":\"C-3\",\"city\":\"York\"}\n";
    let more = taken(&dealer, "CUSTOMERS", "c.ndjson", some).await;
    assert_eq!(counts(&more), [1, 4, 0, 0], "{more:#}");
    let one = customer(&dealer, "C-1").await;
    assert_eq!(
        [
            &one["name"],
            &one["taxId"],
            &one["priceList"],
            &one["termsDays"],
            &one["notes"]
        ],
        [
            &json!("Holt"),
            &Value::Null,
            &Value::Null,
            &json!(30),
            &json!("pays late")
        ]
    );
    assert_eq!(one["version"], 2);
    let two = customer(&dealer, "C-2").await;
    assert_eq!(
        [&two["creditLimit"]["amount"], &two["creditLimitReason"]],
        ["10.0000", "imported"]
    );
    assert_eq!(customer(&dealer, "C-3").await["city"], "York");
    worker.stop(SOON).await;
    heard(&server, &dealer).await;
}

/// The same is told as by the mutations, once for each customer of a batch.
async fn heard(server: &Server, dealer: &TestDealer) {
    let mut names = told(server, dealer, "customer").await;
    names.sort();
    let count = |name: &str| names.iter().filter(|told| *told == name).count();
    assert_eq!(count("customer.created"), 3, "{names:?}");
    assert_eq!(count("customer.updated"), 1, "{names:?}");
    assert_eq!(count("customer.priced"), 2, "{names:?}");
    let limits = told(server, dealer, "credit").await;
    assert_eq!(limits.len(), 3, "{limits:?}");
}

const WRONG: &str = "code,name,termsDays,creditLimit,creditLimitReason,creditCheck,priceList,email\n\
    OK-1,Good,10,,,,,\n\
    ,No code,,,,,,\n\
    B 1,Odd code,,,,,,\n\
    B-2,,,,,,,\n\
    B-3,Odd terms,soon,,,,,\n\
    B-4,Long terms,366,,,,,\n\
    B-5,Odd limit,,much,,,,\n\
    B-6,Low limit,,-1,,,,\n\
    B-7,Odd check,,,,LATER,,\n\
    B-8,Odd list,,,,,NONE,\n\
    B-9,Old list,,,,,OLD,\n\
    B-10,Odd mail,,,,,,nobody\n\
    GONE,Another name,,,,,,\n\
    GONE,Gone,,,,,,\n\
    OK-2,Good,,5,why not,,,\n";

async fn shop(name: &'static str) -> (Server, TestDealer) {
    let server = server(name).await;
    let dealer = server.dealer().await;
    let old = list(&dealer, "OLD").await;
    let input = json!({ "id": old["id"], "expectedVersion": old["version"] });
    done(&dealer, "priceListArchive", "priceList { id }", input).await;
    done(
        &dealer,
        "customerCreate",
        "customer { id }",
        json!({ "code": "GONE", "name": "Gone" }),
    )
    .await;
    archived(&dealer, "GONE").await;
    (server, dealer)
}

#[tokio::test]
async fn wrong_lines_of_customers_are_told_by_number_and_left_out() {
    let (server, dealer) = shop("bulk_wrong_customers").await;
    let worker = server.worker();
    let over = taken(&dealer, "CUSTOMERS", "c.csv", WRONG).await;
    assert_eq!(counts(&over), [2, 0, 1, 12], "{over:#}");
    assert_eq!(
        faults(&over),
        json!([
            [3, "code", "BAD_USER_INPUT"],
            [4, "code", "BAD_USER_INPUT"],
            [5, "name", "BAD_USER_INPUT"],
            [6, "termsDays", "BAD_USER_INPUT"],
            [7, "termsDays", "BAD_USER_INPUT"],
            [8, "creditLimit", "BAD_USER_INPUT"],
            [9, "creditLimit", "BAD_USER_INPUT"],
            [10, "creditCheck", "BAD_USER_INPUT"],
            [11, "priceList", "NOT_FOUND"],
            [12, "priceList", "NOT_ALLOWED"],
            [13, "email", "BAD_USER_INPUT"],
            [14, "code", "NOT_ALLOWED"],
        ])
    );
    assert_eq!(
        customer(&dealer, "OK-2").await["creditLimitReason"],
        "why not"
    );
    assert_eq!(customer(&dealer, "B-6").await, Value::Null);
    worker.stop(SOON).await;
}

#[tokio::test]
async fn an_import_of_customers_stops_where_it_is_told_to_and_tries_without_a_trace() {
    let (server, dealer) = shop("bulk_stop_customers").await;
    let worker = server.worker();
    let more = json!({ "kind": "CUSTOMERS", "onError": "SKIP", "dryRun": true });
    let tried = ended(&dealer, &import(&dealer, "c.csv", WRONG, more).await).await;
    assert_eq!(counts(&tried), [2, 0, 1, 12], "{tried:#}");
    assert_eq!(customer(&dealer, "OK-1").await, Value::Null);
    let more = json!({ "kind": "CUSTOMERS" });
    let over = ended(&dealer, &import(&dealer, "c.csv", WRONG, more).await).await;
    assert_eq!(
        (&over["state"], counts(&over)),
        (&json!("STOPPED"), [1, 0, 0, 1])
    );
    assert_eq!(customer(&dealer, "OK-1").await["name"], "Good");
    assert_eq!(customer(&dealer, "OK-2").await, Value::Null);
    worker.stop(SOON).await;
}

#[tokio::test]
async fn codes_are_those_of_one_dealer() {
    let server = server("bulk_own_customers").await;
    let victim = server.dealer_like(&DEALERS[0]).await;
    let dealer = server.dealer().await;
    list(&victim, "SECRET").await;
    let query = "{ customers(first: 1) { nodes { code name version } } }";
    let before = victim.client.get(query).await;
    let code = before["customers"]["nodes"][0]["code"].as_str().unwrap();
    let worker = server.worker();
    let text = format!("code,name,priceList\n{code},Mine,\nX,Odd,SECRET\n");
    let over = taken(&dealer, "CUSTOMERS", "c.csv", &text).await;
    assert_eq!(counts(&over), [1, 0, 0, 1], "{over:#}");
    assert_eq!(faults(&over), json!([[3, "priceList", "NOT_FOUND"]]));
    assert_eq!(victim.client.get(query).await, before);
    worker.stop(SOON).await;
}
