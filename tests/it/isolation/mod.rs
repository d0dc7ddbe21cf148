//! Nothing crosses from dealer to dealer: every root field, every loader, every
//! subscription, raw SQL. The lists of what there is come from introspection
//! and from the source, so a field or loader that no case covers fails here.

mod account_mutations;
mod attack;
mod catalogue_mutations;
mod catalogue_queries;
mod count_mutations;
mod count_queries;
mod delivery_mutations;
mod delivery_queries;
mod invoice_mutations;
mod invoice_queries;
mod invoices;
mod loaders;
mod lot_cases;
mod mutations;
mod order_mutations;
mod order_queries;
mod payment_mutations;
mod payment_queries;
mod portal_mutations;
mod price_mutations;
mod price_queries;
mod purchasing_mutations;
mod purchasing_queries;
mod queries;
mod quote_mutations;
mod quote_queries;
mod raw_sql;
mod report_queries;
mod return_mutations;
mod return_queries;
mod stock_mutations;
mod subscriptions;
mod universe;

use std::collections::BTreeSet;

use crate::support::Client;

/// Names of the fields of the root type `root`: `queryType` and its kin.
async fn root_fields(client: &Client, root: &str) -> BTreeSet<String> {
    let query = format!("{{ __schema {{ {root} {{ fields {{ name }} }} }} }}");
    let schema = client.get(&query).await;
    let fields = schema["__schema"][root]["fields"].as_array().unwrap();
    let name = |field: &serde_json::Value| field["name"].as_str().unwrap().to_owned();
    fields.iter().map(name).collect()
}

/// Fails if a field has no case, or a case no field.
fn assert_covered<'a>(fields: &BTreeSet<String>, cases: impl Iterator<Item = &'a str>) {
    let covered: BTreeSet<String> = cases.map(str::to_owned).collect();
    assert_eq!(
        fields, &covered,
        "every root field needs a case of its own here"
    );
}
