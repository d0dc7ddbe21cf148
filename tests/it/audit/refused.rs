//! Refused changes are written down, but for their input and for floods.

use serde_json::{Value, json};
use tubex::auth::role::{BuiltInRole, RoleCode};
use tubex::kernel::ids::UserId;
use tubex::tenancy::audit::note::MOST_A_MINUTE;

use super::log;
use crate::permissions::operations::operation;
use crate::permissions::schema::Schema;
use crate::support::Server;

const CREATE: &str = "mutation($input: ProductCreateInput!) {
    productCreate(input: $input) { product { id } } }";

async fn refusals(schema: &str) -> Vec<Value> {
    log(schema, "action = 'REFUSED'").await
}

#[tokio::test]
async fn a_refusal_is_written_whatever_the_caller_selects() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    let mut input = dealer.product_input("A-1").await;
    // Exists already.
    let answer = dealer.client.send(CREATE, json!({ "input": input })).await;
    let request = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    // Can not be.
    input["sku"] = json!("");
    input["listPrice"] = json!("-4711");
    dealer.client.send(CREATE, json!({ "input": input })).await;
    let rows = refusals(&dealer.schema).await;
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for row in &rows {
        assert_eq!(
            (&row["entity"], &row["entity_id"]),
            (&json!("operation"), &json!("productCreate"))
        );
        assert_eq!(row["actor"], json!(dealer.owner.to_string()));
        assert!(!row.to_string().contains("4711"));
    }
    assert_eq!(
        rows[0]["new"],
        json!({ "codes": ["ALREADY_EXISTS"], "paths": ["input.sku"] })
    );
    assert_eq!(rows[0]["request_id"], json!(request));
    assert_eq!(rows[1]["new"]["codes"], json!(["BAD_USER_INPUT"]));
    assert_eq!(
        rows[1]["new"]["paths"],
        json!(["input.listPrice", "input.sku"])
    );
    assert_eq!(log(&dealer.schema, "entity = 'products'").await.len(), 1);
}

/// An input whose values can all be read, and which is good for nothing else.
fn order_input() -> Value {
    let line = |quantity: &str| {
        json!({ "productId": "prd_01981e6f0f2a7bbd8d9b1b7f2f6c0a11",
        "quantity": { "value": quantity }, "unitPrice": "2", "priceReason": "so" })
    };
    json!({ "customerId": "cus_01981e6f0f2a7bbd8d9b1b7f2f6c0a12",
        "warehouseId": "whs_01981e6f0f2a7bbd8d9b1b7f2f6c0a13", "wantedOn": "2999-12-31",
        "lines": [line("1"), line("2")], "idempotencyKey": "once" })
}

#[tokio::test]
async fn a_value_that_can_not_be_read_is_named() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let create = "mutation($input: OrderCreateInput!) {
        made: orderCreate(input: $input) { order { id } } }";
    let mut paths = Vec::new();
    for (at, value) in [
        ("/customerId", json!("cus_x")),
        (
            "/warehouseId",
            json!("cus_01981e6f0f2a7bbd8d9b1b7f2f6c0a12"),
        ),
        ("/wantedOn", json!("31.12.2026")),
        ("/lines/1/unitPrice", json!(1.5)),
        ("/lines/1/quantity/value", json!("9".repeat(30))),
        ("/idempotencyKey", json!("")),
    ] {
        let mut input = order_input();
        *input.pointer_mut(at).unwrap() = value;
        if at == "/warehouseId" {
            input["customerId"] = json!("cus_01981e6f0f2a7bbd8d9b1b7f2f6c0a14");
        }
        let answer = dealer.client.send(create, json!({ "input": input })).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{at}");
        let path = format!("input{}", at.replace('/', "."));
        let error = &answer.body["errors"][0];
        assert_eq!(error["extensions"]["field"], json!(path), "{error:#}");
        let known = ["code", "field", "requestId"];
        let told = error["extensions"].as_object().unwrap();
        assert!(told.keys().all(|key| known.contains(&key.as_str())));
        paths.push(path);
    }
    let rows = refusals(&dealer.schema).await;
    let written: Vec<_> = rows.iter().map(|row| row["new"]["paths"].clone()).collect();
    let paths: Vec<_> = paths.into_iter().map(|path| json!([path])).collect();
    assert_eq!(written, paths);
}

#[tokio::test]
async fn a_value_of_a_query_that_can_not_be_read_is_named() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    for (query, field) in [
        (
            "{ products { nodes { sku free: availability(warehouseIds: [\"whs_x\"]) { available { value } } } } }",
            "warehouseIds.0",
        ),
        ("{ one: customer(id: \"cus_x\") { id } }", "id"),
        (
            "query($id: ID = \"cus_x\") { ...of } fragment of on Query { customer(id: $id) { id } }",
            "id",
        ),
        (
            "{ orders(where: { AND: [{ customerId: { eq: \"cus_x\" } }] }) { totalCount } }",
            "where.AND.0.customerId.eq",
        ),
    ] {
        let answer = dealer.client.send(query, json!({})).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{query}");
        let named = &answer.body["errors"][0]["extensions"]["field"];
        assert_eq!(named, field, "{:#}", answer.body);
    }
}

#[tokio::test]
async fn who_may_not_is_written_too() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let viewer = [RoleCode::BuiltIn(BuiltInRole::Viewer)];
    let user = UserId::generate();
    let client = server.client_as(&dealer, user, &viewer, None);
    let input = dealer.product_input("A-1").await;
    let answer = client.send(CREATE, json!({ "input": input })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    // In the control plane, where there is no transaction of a shop.
    let role =
        "mutation { roleCreate(input: { name: \"\", permissions: [] }) { userErrors { code } } }";
    dealer.client.send(role, json!({})).await;
    let rows = refusals(&dealer.schema).await;
    assert_eq!(rows[0]["actor"], json!(user.to_string()));
    assert_eq!(rows[0]["new"]["codes"], json!(["FORBIDDEN"]));
    assert_eq!(rows[1]["entity_id"], "roleCreate");
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn at_a_suspended_dealer_it_is_written_as_well() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let input = dealer.product_input("A-1").await;
    let owner = crate::support::owner().await;
    crate::transfer::set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let answer = dealer.client.send(CREATE, json!({ "input": input })).await;
    assert_eq!(answer.code(), "DEALER_SUSPENDED");
    assert_eq!(refusals(&dealer.schema).await.len(), 1);
}

#[tokio::test]
async fn whatever_mutation_it_is_its_refusal_is_written() {
    let server = Server::start().await;
    let mutations: Vec<_> = Schema::served()
        .operations()
        .into_iter()
        .filter_map(|(field, _needs)| (field.object == "Mutation").then_some(field))
        .collect();
    let (mut tried, mut unwritten) = (0, Vec::new());
    // So many at a time are below the bound of a minute.
    for some in mutations.chunks(20) {
        let dealer = server.dealer().await;
        for field in some {
            let operation = operation(field);
            let document = operation
                .document
                .replace("__typename", "userErrors { code }");
            let answer = dealer.client.send(&document, operation.variables).await;
            let errors = &answer.body["data"][&field.name]["userErrors"];
            if errors.as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            tried += 1;
            let of_it = format!("action = 'REFUSED' AND entity_id = '{}'", field.name);
            if log(&dealer.schema, &of_it).await.is_empty() {
                unwritten.push(format!("{}: {errors}", field.name));
            }
        }
    }
    assert!(tried > 30, "{tried}");
    assert_eq!(unwritten, [""; 0]);
}

#[tokio::test]
async fn a_flood_does_not_fill_the_disk() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let field = |n| {
        format!(
            "m{n}: productArchive(input: {{ id: \"x\", expectedVersion: 1 }}) {{ product {{ id }} }}"
        )
    };
    let fields: Vec<String> = (0..100).map(field).collect();
    let fields = fields.join(" ");
    dealer
        .client
        .send(&format!("mutation {{ {fields} }}"), json!({}))
        .await;
    dealer
        .client
        .send(&format!("mutation {{ {fields} }}"), json!({}))
        .await;
    let most = usize::try_from(MOST_A_MINUTE).unwrap();
    assert!(refusals(&dealer.schema).await.len() <= most);
}
