//! Contractors at the portal: what is their own, and nothing else, whatever they ask.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::CustomerId;

use super::schema::{Needs, Schema};
use crate::support::{Answer, Client, Server, TestDealer};

const BOOK: &str = "{ customers(first: 200) { totalCount nodes {
    id code name taxId creditLimit { amount } jobs { id code name addressLine poNumber customer { id } } } } }";

/// A dealer with customers, and a contractor who stands for the first of them.
struct Portal {
    server: Server,
    dealer: TestDealer,
    contractor: Client,
    own: Value,
    others: Vec<Value>,
    secrets: BTreeSet<String>,
}

/// Texts by which a customer or job is known.
fn marks(customer: &Value) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    let jobs = customer["jobs"].as_array().unwrap();
    for record in jobs.iter().chain([customer]) {
        for key in ["id", "name", "code", "taxId", "addressLine", "poNumber"] {
            marks.extend(record[key].as_str().map(str::to_owned));
        }
    }
    marks
}

impl Portal {
    async fn open() -> Self {
        let server = Server::start().await;
        let dealer = server.dealer_like(&DEALERS[1]).await;
        let data = dealer.client.get(BOOK).await;
        let mut customers = data["customers"]["nodes"].as_array().unwrap().clone();
        customers.sort_by_key(|customer| customer["jobs"].as_array().unwrap().len());
        let own = customers.pop().unwrap();
        let mine = marks(&own);
        let secrets = customers.iter().flat_map(marks);
        let secrets: BTreeSet<String> = secrets.filter(|text| !mine.contains(text)).collect();
        assert!(own["jobs"].as_array().unwrap().len() > 1 && secrets.len() > 20);
        let id: CustomerId = own["id"].as_str().unwrap().parse().unwrap();
        let contractor = server.contractor(&dealer, id).await.client;
        Self {
            server,
            dealer,
            contractor,
            own,
            others: customers,
            secrets,
        }
    }

    /// What the contractor is answered; fails if it tells of another customer.
    async fn ask(&self, document: &str, variables: Value) -> Answer {
        let answer = self.contractor.send(document, variables.clone()).await;
        let (told, asked) = (answer.body["data"].to_string(), variables.to_string());
        for secret in &self.secrets {
            let is_told = told.contains(&format!("\"{secret}\""));
            assert!(
                !is_told || asked.contains(secret),
                "{document} tells {secret}:\n{told}"
            );
        }
        answer
    }

    /// Some product.
    async fn product(&self) -> Value {
        let data = self
            .dealer
            .client
            .get("{ products(first: 1) { nodes { id } } }")
            .await;
        data["products"]["nodes"][0]["id"].clone()
    }

    fn stranger(&self) -> &Value {
        let mut with_jobs = self.others.iter().rev();
        with_jobs
            .find(|other| other["jobs"][0]["id"].is_string())
            .unwrap()
    }
}

/// Whether nothing was found.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(fields) => fields.get("nodes").is_some_and(is_nothing),
        _ => false,
    }
}

/// Each operation that a contractor may call, with the keys of a customer who is not
/// his own, and whether it may find anything.
const CASES: &[(&str, &str, bool)] = &[
    (
        "viewer",
        "{ viewer { customerId user { id } permissions } }",
        true,
    ),
    ("permissions", "{ permissions { name } }", true),
    ("sessions", "{ sessions { id } }", false),
    ("oauthGrants", "{ oauthGrants { id } }", false),
    ("secondFactor", "{ secondFactor { isOn } }", true),
    (
        "invitationPreview",
        "{ invitationPreview(token: \"none\") { email } }",
        false,
    ),
    (
        "node",
        "query($customer: ID!) { node(id: $customer) { id } }",
        false,
    ),
    (
        "node",
        "query($job: ID!) { node(id: $job) { id ... on Job { customer { name } } } }",
        false,
    ),
    (
        "nodes",
        "query($customer: ID!, $job: ID!) { nodes(ids: [$customer, $job]) { id } }",
        false,
    ),
    (
        "customer",
        "query($customer: ID!) { customer(id: $customer) { id name jobs { id } } }",
        false,
    ),
    (
        "customer",
        "query($code: String) { customer(code: $code) { id name jobs { id } } }",
        false,
    ),
    (
        "customers",
        "query($code: String) { customers(where: { code: { eq: $code } }) { nodes { id } } }",
        false,
    ),
    (
        "customers",
        "{ customers(first: 200, orderBy: [{ field: CODE }]) { totalCount nodes { id name taxId jobs { id name customer { id } } } } }",
        true,
    ),
    (
        "job",
        "query($job: ID!) { job(id: $job) { id name } }",
        false,
    ),
    (
        "jobs",
        "{ jobs(first: 200) { totalCount nodes { id name customer { id } effectiveCreditLimit { amount } } } }",
        true,
    ),
    (
        "accountEntries",
        "query($customer: ID!) { accountEntries(where: { customerId: { eq: $customer } }) { nodes { id } } }",
        false,
    ),
    (
        "accountEntries",
        "{ accountEntries(first: 100) { totalCount nodes { id open { amount } customer { id name } job { id } } } }",
        true,
    ),
    (
        "customerStatement",
        "query($customer: ID!) { customerStatement(customerId: $customer, from: \"2000-01-01\",
            to: \"2100-01-01\") { closingBalance { amount } } }",
        false,
    ),
    (
        "creditStatus",
        "query($customer: ID!) { creditStatus(customerId: $customer) { limit { amount } } }",
        false,
    ),
    (
        "creditStatus",
        "query($customer: ID!, $job: ID!) { creditStatus(customerId: $customer, jobId: $job) { limit { amount } } }",
        false,
    ),
    ("creditSettings", "{ creditSettings { version } }", true),
    (
        "payment",
        "{ payment(number: 1) { id customer { id name } } }",
        false,
    ),
    (
        "payments",
        "query($customer: ID!) { payments(where: { customerId: { eq: $customer } }) { nodes { id } } }",
        false,
    ),
    (
        "paymentReminders",
        "query($customer: ID!) { paymentReminders(where: { customerId: { eq: $customer } }) { nodes { id customer { name } } } }",
        false,
    ),
    (
        "receivablesAgeing",
        "{ receivablesAgeing(at: \"2100-01-01\") { totalCount nodes { customer { id name }
            buckets { total { amount } } jobs { job { id } } } } }",
        true,
    ),
    (
        "priceFor",
        "query($product: ID!, $customer: ID!) { priceFor(productId: $product, customerId: $customer) { source } }",
        false,
    ),
    (
        "priceFor",
        "query($product: ID!, $job: ID!) { priceFor(productId: $product, jobId: $job) { source } }",
        false,
    ),
    (
        "priceFor",
        "query($product: ID!) { priceFor(productId: $product) { source unitPrice { amount } unit { code } } }",
        true,
    ),
    ("product", "{ product(sku: \"none\") { id } }", false),
    (
        "productByBarcode",
        "{ productByBarcode(barcode: \"none\") { barcode } }",
        false,
    ),
    (
        "productSearch",
        "{ productSearch(query: \"cement\") { totalCount nodes { foundBy product { sku } } } }",
        true,
    ),
    ("attribute", "{ attribute(code: \"none\") { id } }", false),
    ("attributes", "{ attributes { nodes { id } } }", false),
    (
        "products",
        "{ products(first: 200) { totalCount nodes { sku listPrice { amount } units { unit { code } } category { name } } } }",
        true,
    ),
    ("category", "{ category(code: \"none\") { id } }", false),
    (
        "categories",
        "{ categories(first: 200) { nodes { id name } } }",
        true,
    ),
    ("unit", "{ unit(code: \"none\") { id } }", false),
    ("units", "{ units(first: 200) { nodes { id } } }", true),
    ("lastEventId", "{ lastEventId }", true),
    ("invoice", "{ invoice(number: 1) { id } }", false),
    (
        "invoices",
        "query($customer: ID!) { invoices(where: { customerId: { eq: $customer } }) { nodes { id } } }",
        false,
    ),
    ("quote", "{ quote(number: 1) { id } }", false),
    (
        "quotes",
        "query($customer: ID!) { quotes(where: { customerId: { eq: $customer } }) { nodes { id } } }",
        false,
    ),
    ("return", "{ return(number: 1) { id } }", false),
    (
        "returns",
        "query($customer: ID!) { returns(where: { customerId: { eq: $customer } }) { nodes { id } } }",
        false,
    ),
    ("delivery", "{ delivery(number: 1) { id } }", false),
    ("deliveries", "{ deliveries { nodes { id } } }", false),
    ("deliveryRun", "{ deliveryRun(number: 1) { id } }", false),
    ("deliveryRuns", "{ deliveryRuns { nodes { id } } }", false),
    ("myRuns", "{ myRuns { id } }", false),
    ("order", "{ order(number: 1) { id } }", false),
    ("orders", "{ orders { nodes { id } } }", false),
];

#[tokio::test]
async fn a_contractor_sees_his_own_and_nothing_else_by_whatever_query() {
    let portal = Portal::open().await;
    // Every query that the role may call has a case: a new one fails here first.
    let role = BuiltInRole::Customer.permissions();
    let queries = Schema::served().operations().into_iter();
    let queries = queries.filter(|(field, _)| field.object == "Query");
    let allowed: BTreeSet<String> = queries
        .filter(|(_, needs)| needs.is_met(role))
        .map(|(field, _)| field.name)
        .collect();
    let covered: BTreeSet<String> = CASES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(
        allowed, covered,
        "every query of the portal needs a case here"
    );

    let stranger = portal.stranger();
    let keys = json!({ "customer": stranger["id"], "code": stranger["code"],
        "job": stranger["jobs"][0]["id"], "product": portal.product().await });
    for (field, document, finds) in CASES {
        let used = |key: &str| document.contains(&format!("${key}:"));
        let variables = keys
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| used(key));
        let variables = Value::Object(variables.map(|(k, v)| (k.clone(), v.clone())).collect());
        let answer = portal.ask(document, variables).await;
        assert!(
            answer.body.get("errors").is_none(),
            "{document}\n{:#}",
            answer.body
        );
        let data = &answer.body["data"][field];
        assert_eq!(is_nothing(data), !finds, "{document}\n{data:#}");
    }
    let data = portal.contractor.get(BOOK).await;
    assert_eq!(data["customers"]["totalCount"], 1);
    assert_eq!(data["customers"]["nodes"], json!([portal.own]));
}

/// What a contractor may change for his customer; tried in tests/it/portal and quotes/portal.rs.
const DEEDS: &[&str] = &[
    "orderApprove",
    "orderDecline",
    "orderPlace",
    "orderWithdraw",
    "quoteAccept",
    "quoteReject",
];

#[tokio::test]
async fn a_contractor_changes_little_and_sees_neither_stock_nor_people() {
    let portal = Portal::open().await;
    let role = BuiltInRole::Customer.permissions();
    for (field, needs) in Schema::served().operations() {
        if field.object == "Mutation" {
            let is_own_affair = !matches!(needs, Needs::Permission(_));
            let is_deed = DEEDS.contains(&field.name.as_str());
            let is_met = needs.is_met(role);
            assert_eq!(is_met, is_own_affair || is_deed, "{}", field.path());
        }
    }
    for document in [
        "{ stockLevels(first: 1) { totalCount } }",
        "{ stockMovements(first: 1) { totalCount } }",
        "{ stockReservations(first: 1) { totalCount } }",
        "{ stockValuation { at } }",
        "{ transfers(first: 1) { totalCount } }",
        "{ stockCounts(first: 1) { totalCount } }",
        "{ lots(first: 1) { totalCount } }",
        "{ products(first: 1) { nodes { isKeptByLots } } }",
        "{ availability(productIds: []) { onHand { value } } }",
        "{ products(first: 1) { nodes { availability { onHand { value } } } } }",
        "{ reorderSuggestions { level { updatedAt } } }",
        "{ warehouses(first: 1) { totalCount } }",
        "{ products(first: 1) { nodes { stockLevels { updatedAt } } } }",
        "{ members(first: 1) { totalCount } }",
        "{ roles { id } }",
        "{ securityEvents(first: 1) { id } }",
        "{ auditLog(first: 1) { totalCount } }",
        "{ products(first: 1) { nodes { history { id } } } }",
        "{ products(first: 1) { nodes { standardCost { amount } } } }",
        "{ products(first: 1) { nodes { priceHistory { new } } } }",
        "{ products(first: 1) { nodes { price { rule { id } } } } }",
        "{ products(first: 1) { nodes { price { beaten { reason } } } } }",
        "{ customers(first: 1) { nodes { priceList { id } } } }",
        "{ priceLists(first: 1) { totalCount } }",
        "{ priceRules(first: 1) { totalCount } }",
        "{ taxRates(first: 1) { totalCount } }",
    ] {
        let answer = portal.ask(document, json!({})).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{document}");
    }
}

/// The role is worth nothing without a customer, and a customer nothing without
/// the role, whatever a token says.
#[tokio::test]
async fn role_and_customer_go_together() {
    let portal = Portal::open().await;
    let id: CustomerId = portal.own["id"].as_str().unwrap().parse().unwrap();
    let user = portal.dealer.owner;
    for (roles, customer) in [
        (vec![BuiltInRole::Customer.into()], None),
        (vec![BuiltInRole::Owner.into()], Some(id)),
        (vec![BuiltInRole::Sales.into()], Some(id)),
    ] {
        let client = portal
            .server
            .client_as(&portal.dealer, user, &roles, customer);
        let data = client.get("{ viewer { permissions } }").await;
        assert_eq!(data["viewer"]["permissions"], json!([]), "{roles:?}");
        assert_eq!(client.send(BOOK, json!({})).await.code(), "FORBIDDEN");
    }
}

/// One connection serves a contractor, then the dealer's own people, and again.
#[tokio::test]
async fn nothing_of_a_contractor_stays_on_the_connection() {
    let portal = Portal::open().await;
    let count = "{ customers { totalCount } }";
    let all = i64::try_from(portal.others.len()).unwrap() + 1;
    for _ in 0..20 {
        let data = portal.contractor.get(count).await;
        assert_eq!(data["customers"]["totalCount"], 1);
        let data = portal.dealer.client.get(count).await;
        assert_eq!(data["customers"]["totalCount"], all);
    }
}

/// The whole way: given the role by the owner, signed in by password.
#[tokio::test]
async fn the_owner_lets_a_contractor_in() {
    let portal = Portal::open().await;
    let member = portal
        .server
        .member(&portal.dealer, &[BuiltInRole::Viewer.into()])
        .await;
    let document = "mutation($input: MemberRolesSetInput!) { memberRolesSet(input: $input) {
        member { customerId roles { id } } userErrors { code message } } }";
    let input = json!({ "userId": member.user.to_string(), "expectedVersion": 1,
        "roles": ["customer"], "customerId": portal.own["id"] });
    let data = portal
        .dealer
        .client
        .run(document, json!({ "input": input }))
        .await;
    assert_eq!(data["memberRolesSet"]["userErrors"], json!([]));
    assert_eq!(
        data["memberRolesSet"]["member"]["customerId"],
        portal.own["id"]
    );
    let found = "query($id: ID) { members(where: { customerId: $id }) { totalCount } }";
    let data = portal
        .dealer
        .client
        .run(found, json!({ "id": portal.own["id"] }))
        .await;
    assert_eq!(data["members"]["totalCount"], 2);
}
