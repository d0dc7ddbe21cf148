//! Who may do what, and see what of it.

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::BuiltInRole;

use super::{Office, came, document, line, receipt, step};

#[tokio::test]
async fn the_yard_receives_and_does_not_see_what_it_costs() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "10", "2")])).await;
    let (server, dealer) = (&office.yard.server, &office.yard.dealer);
    let member = server
        .member(dealer, &[BuiltInRole::Warehouse.into()])
        .await;
    let query =
        "query($id: ID) { purchaseOrder(id: $id) { allowedActions lines { quantity { value } } } }";
    let data = member.client.run(query, json!({ "id": sent["id"] })).await;
    assert_eq!(data["purchaseOrder"]["allowedActions"], json!(["RECEIVE"]));
    let costs = "query($id: ID) { purchaseOrder(id: $id) { total { amount } } }";
    let answer = member.client.send(costs, json!({ "id": sent["id"] })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let short = "mutation($input: GoodsReceiveInput!) { goodsReceive(input: $input) {
        goodsReceipt { number } userErrors { code } } }";
    let mut input = receipt(&sent, json!([came(&sent, 0, "4")]));
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "1" }]);
    let answer = member.client.send(short, json!({ "input": input })).await;
    assert_eq!(
        answer.code(),
        "FORBIDDEN",
        "who does not see costs writes none"
    );
    input["landedCosts"] = json!([]);
    let data = member.client.run(short, json!({ "input": input })).await;
    assert_eq!(data["goodsReceive"]["goodsReceipt"]["number"], 1);
    let draft = office.draft(json!([line(&cement, "10", "2")])).await;
    for field in ["purchaseOrderSend", "purchaseOrderCancel"] {
        let answer = member
            .client
            .send(&document(field), json!({ "input": step(&draft) }))
            .await;
        assert_eq!(answer.code(), "FORBIDDEN", "{field}");
    }
}

/// What a supplier calls his goods is nobody's business who may not know the supplier.
#[tokio::test]
async fn a_suppliers_code_finds_goods_for_those_only_who_may_know_suppliers() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let more = json!({ "sku": "M-4711" });
    office.item(&office.supplier, &cement, more).await;
    let (server, dealer) = (&office.yard.server, &office.yard.dealer);
    let book = PermissionSet::of(&[Permission::ProductsRead]);
    let knowing = PermissionSet::of(&[Permission::ProductsRead, Permission::SuppliersRead]);
    let input = json!({ "code": "BUILD", "name": "Builders" });
    let customer = "mutation($input: CustomerCreateInput!) { customerCreate(input: $input) { customer { id } } }";
    let made = office
        .client()
        .run(customer, json!({ "input": input }))
        .await;
    let customer = made["customerCreate"]["customer"]["id"]
        .as_str()
        .unwrap()
        .parse();
    let (without, with) = (
        server.role(dealer, book).await,
        server.role(dealer, knowing).await,
    );
    let clients = [
        (server.member(dealer, &[without]).await.client, 0),
        (server.contractor(dealer, customer.unwrap()).await.client, 0),
        (server.member(dealer, &[with]).await.client, 1),
        (office.client().clone(), 1),
    ];
    let search = "query($text: String!) { productSearch(query: $text) { totalCount nodes { foundBy product { id } } } }";
    for (client, count) in clients {
        for text in ["M-4711", "m-4711"] {
            let data = client.run(search, json!({ "text": text })).await;
            let found = &data["productSearch"];
            assert_eq!(found["totalCount"], count, "{text}: {found:#}");
            assert_eq!(found["nodes"].as_array().unwrap().len(), count, "{text}");
        }
        let data = client.run(search, json!({ "text": "CEM" })).await;
        assert_eq!(data["productSearch"]["nodes"][0]["product"]["id"], cement);
    }
}

#[tokio::test]
async fn who_does_not_see_costs_orders_at_the_last_ones() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    office
        .item(&office.supplier, &cement, json!({ "lastCost": "2" }))
        .await;
    let few = PermissionSet::of(&[Permission::PurchasingManage, Permission::SuppliersManage]);
    let (server, dealer) = (&office.yard.server, &office.yard.dealer);
    let role = server.role(dealer, few.with_included()).await;
    let client = server.member(dealer, &[role]).await.client;
    let order = "mutation($input: PurchaseOrderCreateInput!) { purchaseOrderCreate(input: $input) {
        purchaseOrder { id } userErrors { code } } }";
    let input = office.order_input(&json!([line(&cement, "10", "2")]));
    let answer = client.send(order, json!({ "input": input })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let input =
        office.order_input(&json!([{ "productId": cement, "quantity": { "value": "10" } }]));
    let data = client.run(order, json!({ "input": input })).await;
    let id = &data["purchaseOrderCreate"]["purchaseOrder"]["id"];
    assert_eq!(
        office.order(&json!({ "id": id })).await["lines"][0]["unitCost"]["amount"],
        "2"
    );
    let set = "mutation($input: SupplierItemSetInput!) { supplierItemSet(input: $input) { userErrors { code } } }";
    let mut input = json!({ "supplierId": office.supplier, "productId": cement, "expectedVersion": 1, "lastCost": "1" });
    let answer = client.send(set, json!({ "input": input })).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    input.as_object_mut().unwrap().remove("lastCost");
    let data = client.run(set, json!({ "input": input })).await;
    assert_eq!(data["supplierItemSet"]["userErrors"], json!([]));
}

#[tokio::test]
async fn receipts_are_written_and_never_changed() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let sent = office.sent(json!([line(&cement, "10", "2")])).await;
    let mut input = receipt(&sent, Value::Null);
    input["landedCosts"] = json!([{ "kind": "FREIGHT", "amount": "1" }]);
    office.done("goodsReceive", input).await;
    let owner = crate::support::owner().await;
    let schema = &office.yard.dealer.schema;
    for table in [
        "goods_receipts",
        "goods_receipt_lines",
        "goods_receipt_costs",
    ] {
        for right in ["UPDATE", "DELETE"] {
            let may =
                format!("SELECT has_table_privilege('{schema}', '{schema}.{table}', '{right}')");
            let may: bool = owner.query_one(&may, &[]).await.unwrap().get(0);
            assert!(!may, "{right} {table}");
        }
    }
}
