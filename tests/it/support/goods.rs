//! A dealer's goods, made and changed as a dashboard would.

use serde_json::{Value, json};

use super::server::TestDealer;

/// A product as a test needs to know it.
#[derive(Clone, Debug)]
pub struct Product {
    pub id: String,
    pub version: i64,
}

pub const CREATE_PRODUCT: &str = "mutation($input: ProductCreateInput!) {
    productCreate(input: $input) { product { id version } userErrors { code path message } } }";
const UPDATE: &str = "mutation($input: ProductUpdateInput!) {
    productUpdate(input: $input) { product { id version } userErrors { code path message } } }";

impl TestDealer {
    /// The input of a product with this SKU.
    pub async fn product_input(&self, sku: &str) -> Value {
        let data = self.client.get("{ unit(code: \"bag\") { id } }").await;
        json!({ "sku": sku, "name": format!("Goods {sku}"), "listPrice": "9.5", "baseUnitId": data["unit"]["id"] })
    }

    /// Adds a product with this SKU.
    pub async fn add_product(&self, sku: &str) -> Product {
        let input = self.product_input(sku).await;
        let data = self
            .client
            .run(CREATE_PRODUCT, json!({ "input": input }))
            .await;
        Product::of(&data["productCreate"])
    }

    /// Gives a product another name.
    pub async fn rename(&self, product: &Product, name: &str) -> Product {
        let input = json!({ "id": product.id, "expectedVersion": product.version, "name": name });
        let data = self.client.run(UPDATE, json!({ "input": input })).await;
        Product::of(&data["productUpdate"])
    }

    /// Sends a change, which may be refused; gives the codes of its refusals.
    pub async fn try_update(&self, input: Value) -> Vec<String> {
        let data = self.client.run(UPDATE, json!({ "input": input })).await;
        let errors = data["productUpdate"]["userErrors"].as_array().unwrap();
        errors
            .iter()
            .map(|error| error["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Product {
    fn of(payload: &Value) -> Self {
        assert_eq!(payload["userErrors"], json!([]));
        Self {
            id: payload["product"]["id"].as_str().unwrap().to_owned(),
            version: payload["product"]["version"].as_i64().unwrap(),
        }
    }
}
