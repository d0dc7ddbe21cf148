//! Everything a dealer has, as another dealer must never see it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Client, TestDealer};

/// All of a dealer's records, in one answer.
const EVERYTHING: &str = "query Everything($after: String) {
    viewer { dealer { id } user { id } }
    products(first: 200, after: $after, orderBy: [{ field: SKU }]) {
        nodes {
            id sku name version archivedAt listPrice { amount }
            units { num den barcode unit { id } }
            attachments { id caption file { id name sha256 } }
            stockLevels { onHand { value } reserved { value } warehouse { id } }
        }
        edges { cursor }
    }
    categories(first: 200, orderBy: [{ field: CODE }]) {
        nodes { id code name version archivedAt parent { id } }
    }
    customers(first: 200, orderBy: [{ field: CODE }]) {
        nodes { id code name version jobs { id code name } }
    }
    warehouses(first: 200, orderBy: [{ field: CODE }]) { nodes { id code name version archivedAt } }
    units(first: 200, orderBy: [{ field: CODE }]) { nodes { id code name version } }
    stockLevels(first: 200) { nodes { updatedAt } edges { cursor } }
    roles { id name description permissions version }
    members(first: 200) { nodes { user { id email name } roles { id } customerId since version } edges { cursor } }
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
