//! Who gets in, and to what.

use serde_json::{Value, json};
use tubex::auth::role::BuiltInRole;

use super::{code, done, mutate};
use crate::support::{Client, Server, TestDealer};

/// Two dealers, the second of whom has a product, a customer and a warehouse.
struct Neighbours {
    server: Server,
    mine: TestDealer,
    other: TestDealer,
    product: Value,
    customer: Value,
    warehouse: Value,
}

impl Neighbours {
    async fn new() -> Self {
        let server = Server::start().await;
        let (mine, other) = (server.dealer().await, server.dealer().await);
        let product = json!(other.add_product("THEIRS").await.id);
        let input = json!({ "code": "THEIRS", "name": "Their customer" });
        let customer = done(&other.client, "customerCreate", "customer { id }", input).await;
        let input = json!({ "code": "THEIRS", "name": "Their yard", "kind": "YARD" });
        let warehouse = done(&other.client, "warehouseCreate", "warehouse { id }", input).await;
        Self {
            server,
            mine,
            product,
            customer: customer["customer"]["id"].clone(),
            warehouse: warehouse["warehouse"]["id"].clone(),
            other,
        }
    }

    async fn as_a(&self, role: BuiltInRole) -> Client {
        self.server.member(&self.mine, &[role.into()]).await.client
    }
}

#[tokio::test]
async fn defect_1_an_admin_of_one_dealer_reads_nothing_of_another() {
    let two = Neighbours::new().await;
    let admin = two.as_a(BuiltInRole::Admin).await;
    let query = "query($p: ID!, $c: ID!, $w: ID!) { product(id: $p) { id } customer(id: $c) { id }
        warehouse(id: $w) { id } nodes(ids: [$p, $c, $w]) { id } }";
    let keys = json!({ "p": two.product, "c": two.customer, "w": two.warehouse });
    let nothing = json!({ "product": null, "customer": null, "warehouse": null, "nodes": [null, null, null] });
    assert_eq!(admin.run(query, keys.clone()).await, nothing);
    let theirs = two.other.client.run(query, keys).await;
    assert_eq!(theirs["product"]["id"], two.product);
}

#[tokio::test]
async fn defect_1_nobody_asks_for_a_role_when_he_registers() {
    let two = Neighbours::new().await;
    let register = "mutation($input: DealerRegisterInput!) { dealerRegister(input: $input) {
        userErrors { code } } }";
    let input = json!({ "name": "Sly & Sons", "currency": "USD", "timezone": "UTC", "ownerName": "Sly",
        "ownerEmail": "sly@test.example", "ownerPassword": "three blue umbrellas", "role": "admin" });
    let answer = two
        .server
        .anonymous()
        .send(register, json!({ "input": input }))
        .await;
    assert!(answer.body["errors"].is_array(), "{:#}", answer.body);
    assert!(answer.body["data"]["dealerRegister"].is_null());
}

#[tokio::test]
async fn defect_2_the_dealer_is_the_tokens_whatever_else_is_said() {
    let two = Neighbours::new().await;
    let query = "{ customers { totalCount } viewer { dealer { id } } }";
    let other = two.other.id.to_string();
    let path = format!("/graphql?companyId={other}&tenant={other}");
    let request = two.mine.client.request(reqwest::Method::POST, &path);
    let request = ["x-tenant-id", "x-dealer-id", "x-company-id"]
        .iter()
        .fold(request, |request, name| request.header(*name, &other));
    let answer = request
        .json(&json!({ "query": query }))
        .send()
        .await
        .unwrap();
    let body: Value = answer.json().await.unwrap();
    let told = json!({ "customers": { "totalCount": 0 }, "viewer": { "dealer": { "id": two.mine.id.to_string() } } });
    assert_eq!(body["data"], told);
    let named = format!("{{ customers(companyId: \"{other}\") {{ totalCount }} }}");
    let answer = two.mine.client.send(&named, json!({})).await;
    assert!(answer.body["data"].is_null(), "{:#}", answer.body);
}

#[tokio::test]
async fn defect_3_nothing_of_another_dealer_is_changed_by_its_id() {
    let two = Neighbours::new().await;
    let versioned = |id: &Value| json!({ "id": id, "expectedVersion": 1 });
    let mut renamed = versioned(&two.customer);
    renamed["name"] = json!("Mine now");
    let adjusted = json!({ "customerId": two.customer, "amount": "1", "reason": "mine", "idempotencyKey": "3" });
    for (field, input) in [
        ("customerUpdate", renamed),
        ("productArchive", versioned(&two.product)),
        ("accountAdjust", adjusted),
    ] {
        let payload = mutate(&two.mine.client, field, "__typename", input).await;
        assert_eq!(code(&payload), "NOT_FOUND", "{field}");
    }
    let query = "query($id: ID) { customer(id: $id) { name version archivedAt } accountEntries { totalCount } }";
    let data = two
        .other
        .client
        .run(query, json!({ "id": two.customer }))
        .await;
    let before = json!({ "name": "Their customer", "version": 1, "archivedAt": null });
    assert_eq!(
        data,
        json!({ "customer": before, "accountEntries": { "totalCount": 0 } })
    );
}

#[tokio::test]
async fn defect_12_a_role_or_kind_that_there_is_not_is_refused() {
    let two = Neighbours::new().await;
    let member = two
        .server
        .member(&two.mine, &[BuiltInRole::Viewer.into()])
        .await;
    let owner = two.server.signed_in(&two.mine, two.mine.owner).await;
    let document = "mutation($input: MemberRolesSetInput!) { memberRolesSet(input: $input) {
        member { version } userErrors { code } } }";
    for role in ["dealer", "supplier"] {
        let input =
            json!({ "userId": member.user.to_string(), "expectedVersion": 1, "roles": [role] });
        let answer = owner.send(document, json!({ "input": input })).await;
        let is_refused = answer.body["errors"].is_array()
            || code(&answer.body["data"]["memberRolesSet"]) != "none";
        assert!(is_refused, "{role}: {:#}", answer.body);
    }
    let mut input = two.mine.product_input("KIND").await;
    input["kind"] = json!("DEALER");
    let create = crate::support::CREATE_PRODUCT;
    let answer = two
        .mine
        .client
        .send(create, json!({ "input": input }))
        .await;
    assert!(answer.body["errors"].is_array(), "{:#}", answer.body);
    let found = "{ product(sku: \"KIND\") { id } }";
    assert!(two.mine.client.get(found).await["product"].is_null());
}

#[tokio::test]
async fn defect_15_a_warehouse_is_closed_to_whom_it_is_nothing_to() {
    let two = Neighbours::new().await;
    let query = "query($id: ID!) { node(id: $id) { id } warehouses { totalCount } }";
    let keys = json!({ "id": two.warehouse });
    let data = two.mine.client.run(query, keys.clone()).await;
    assert_eq!(
        data,
        json!({ "node": null, "warehouses": { "totalCount": 0 } })
    );
    let document = "mutation($input: WarehouseArchiveInput!) { warehouseArchive(input: $input) {
        warehouse { id } userErrors { code } } }";
    let input = json!({ "input": { "id": two.warehouse, "expectedVersion": 1 } });
    let data = two.mine.client.run(document, input.clone()).await;
    assert_eq!(code(&data["warehouseArchive"]), "NOT_FOUND");
    // Those of the dealer himself need the right, and nobody does anything without a token.
    for role in [BuiltInRole::Viewer, BuiltInRole::Sales, BuiltInRole::Driver] {
        let client = two.as_a(role).await;
        assert_eq!(
            client.send(document, input.clone()).await.code(),
            "FORBIDDEN"
        );
    }
    for document in [query, document] {
        let both = json!({ "id": two.warehouse, "input": input["input"] });
        let used = if document == query {
            json!({ "id": both["id"] })
        } else {
            input.clone()
        };
        let answer = two.server.anonymous().send(document, used).await;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
    }
    let theirs = two.other.client.run(query, keys).await;
    assert_eq!(theirs["node"]["id"], two.warehouse);
}
