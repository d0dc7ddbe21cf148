//! Everything a dealer has, as another dealer must never see it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Client, TestDealer};

/// All of a dealer's records, in one answer.
const EVERYTHING: &str = "query Everything($after: String) {
    viewer { dealer { id } user { id } }
    products(first: 200, after: $after, orderBy: [{ field: SKU }]) {
        nodes {
            id sku name version archivedAt listPrice { amount } standardCost { amount } taxClass { id }
            units { num den barcode unit { id } }
            attributes { code text attribute { id } }
            attachments { id caption file { id name sha256 } }
            stockLevels { onHand { value } reserved { value } warehouse { id } }
        }
        edges { cursor }
    }
    categories(first: 200, orderBy: [{ field: CODE }]) {
        nodes { id code name version archivedAt parent { id } }
    }
    attributes(first: 200) { nodes { id code name version archivedAt } }
    customers(first: 200, orderBy: [{ field: CODE }]) {
        nodes {
            id code name version creditLimit { amount } holdReason priceList { id } contacts { id name }
            jobs { id code name status priceList { id } creditLimit { amount } }
        }
    }
    accountEntries(first: 200) { nodes { id open { amount } allocations { id } } edges { cursor } }
    warehouses(first: 200, orderBy: [{ field: CODE }]) { nodes { id code name version archivedAt } }
    units(first: 200, orderBy: [{ field: CODE }]) { nodes { id code name version } }
    stockLevels(first: 200) { nodes { updatedAt } edges { cursor } }
    stockMovements(first: 200, orderBy: [{ field: AT, direction: ASC }]) { nodes { id } edges { cursor } }
    stockReservations(first: 200) { nodes { id version } edges { cursor } }
    stockCounts(first: 200) { nodes { id version warehouse { id } lines { id expected { value } counted { value } } } edges { cursor } }
    lots(first: 200) { nodes { id code onHand { value } levels { onHand { value } } } edges { cursor } }
    transfers(first: 200) { nodes { id version lines { id } } edges { cursor } }
    suppliers(first: 200) { nodes { id code name version items { id version } } }
    purchaseOrders(first: 200) { nodes { id version state lines { id } } }
    payments(first: 50) { nodes { id version allocations { id } } edges { cursor } }
    paymentReminders(first: 50) { nodes { id level } edges { cursor } }
    orders(first: 200) { nodes { id version state customer { id } lines { id } } edges { cursor } }
    deliveries(first: 200) { nodes { id version state order { id } lines { id } } edges { cursor } }
    deliveryRuns(first: 200) { nodes { id version truck } edges { cursor } }
    goodsReceipts(first: 200) { nodes { id lines { id } } }
    quotes(first: 200) { nodes { id number version state customer { id } lines { id } } }
    returns(first: 200) { nodes { id version state order { id } lines { id orderLine { id } } } }
    invoices(first: 200, where: { states: [DRAFT] }) { nodes { id version customer { id } lines { id orderLine { id } } } edges { cursor } }
    postedInvoices: invoices(first: 200, where: { kind: INVOICE, states: [POSTED] }) { nodes { id lines { id } creditNotes { id } } edges { cursor } }
    roles { id name description permissions version }
    members(first: 200) { nodes { user { id email name } roles { id } customerId since version } edges { cursor } }
    priceLists(first: 200) { nodes { id code name version archivedAt } }
    priceRules(first: 200) { nodes { id value version validTo } }
    taxClasses(first: 200) { nodes { id code name version } }
    taxRates(first: 200) { nodes { id rate validTo } }
    invitations { id email }
    bulkOperations { id kind state }
}";

/// A dealer's records, and what of them is his alone.
pub struct Universe {
    pub all: Value,
    /// Ids of all records, in document order.
    pub ids: Vec<String>,
    /// Texts that only this dealer has: ids, and names and keys no other demo uses.
    pub secrets: BTreeSet<String>,
}

impl Universe {
    pub async fn of(dealer: &TestDealer) -> Self {
        let all = snapshot(&dealer.client).await;
        let mut ids = Vec::new();
        collect(&all, "id", &mut ids);
        ids.retain(|id| !id.starts_with("usr_") && !id.starts_with("dlr_"));
        // Built-in roles are the same at every dealer, and so are their codes.
        ids.retain(|id| id.contains('_'));
        let mut known = BTreeSet::new();
        ids.retain(|id| known.insert(id.clone()));
        Self {
            secrets: known,
            ids,
            all,
        }
    }

    /// Adds names and keys that `other` does not have too.
    pub fn without(mut self, other: &Self) -> Self {
        for key in ["sku", "barcode", "name", "email", "caption", "sha256"] {
            let (mut mine, mut theirs) = (Vec::new(), Vec::new());
            collect(&self.all, key, &mut mine);
            collect(&other.all, key, &mut theirs);
            mine.retain(|text| !theirs.contains(text));
            self.secrets.extend(mine);
        }
        self
    }

    /// The first value of `path` in the snapshot, as in `/products/nodes/0/id`.
    pub fn at(&self, path: &str) -> Value {
        let found = self.all.pointer(path);
        found
            .unwrap_or_else(|| panic!("{path} in the snapshot"))
            .clone()
    }

    /// The first id with this prefix.
    pub fn first(&self, prefix: &str) -> Value {
        let mut ids = self.ids.iter();
        let found = ids.find(|id| id.starts_with(prefix));
        found
            .unwrap_or_else(|| panic!("{prefix} in the snapshot"))
            .as_str()
            .into()
    }

    /// The id of a customer with jobs.
    pub fn with_jobs(&self) -> Value {
        let customers = self.all["customers"]["nodes"].as_array().unwrap();
        let mut some = customers.iter();
        let found = some.find(|customer| customer["jobs"][0]["id"].is_string());
        found.unwrap()["id"].clone()
    }

    /// Fails if `answer` holds anything that is this dealer's alone, apart from
    /// what the question itself said.
    pub fn assert_hidden(&self, answer: &Value, question: &Value, what: &str) {
        let (mut told, mut asked) = (Vec::new(), Vec::new());
        texts(answer, &mut told);
        texts(question, &mut asked);
        for text in told {
            let leaked = self.secrets.contains(&text) && !asked.contains(&text);
            assert!(!leaked, "{what} tells {text}:\n{answer:#}");
        }
    }
}

/// Everything, as the dealer himself sees it.
pub async fn snapshot(client: &Client) -> Value {
    client.run(EVERYTHING, json!({})).await
}

/// All values below `key`, at any depth.
fn collect(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let (true, Some(text)) = (name == key, value.as_str()) {
                    found.push(text.to_owned());
                }
                collect(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, key, found)),
        _ => {}
    }
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        _ => {}
    }
}
