//! Suppliers, and what they deliver.

use serde_json::{Value, json};

use super::{Office, line, refused};

#[tokio::test]
async fn a_supplier_is_kept_changed_archived_and_restored() {
    let office = Office::open().await;
    let input = json!({ "code": "Q-1", "name": " Quarry ", "termsDays": 30, "email": "Sales@Quarry.Example",
        "tolerance": "2.5", "notes": "closed on Mondays" });
    let made = office.done("supplierCreate", input).await;
    assert_eq!(
        (&made["name"], &made["tolerance"], &made["email"]),
        (
            &json!("Quarry"),
            &json!("2.5"),
            &json!("sales@quarry.example")
        )
    );
    assert_eq!(
        made["allowedActions"],
        json!(["UPDATE", "ARCHIVE", "ITEM_SET", "ORDER_CREATE"])
    );
    let input = json!({ "id": made["id"], "expectedVersion": 1, "email": null, "leadDays": 2 });
    let changed = office.done("supplierUpdate", input.clone()).await;
    assert_eq!(
        (
            &changed["email"],
            &changed["leadDays"],
            &changed["termsDays"]
        ),
        (&Value::Null, &json!(2), &json!(30))
    );
    // Also what is more than is kept.
    for (field, days) in [("leadDays", 366), ("termsDays", 99_999)] {
        let mut long = json!({ "id": made["id"], "expectedVersion": 2 });
        long[field] = json!(days);
        let long = office.mutate("supplierUpdate", long).await;
        assert_eq!(refused(&long), ("BAD_USER_INPUT", format!("input.{field}")));
    }
    let at = |version: i32| json!({ "id": made["id"], "expectedVersion": version });
    let stale = office.mutate("supplierUpdate", input).await;
    assert_eq!(
        refused(&stale),
        ("CONFLICT", "input.expectedVersion".into())
    );
    let gone = office.done("supplierArchive", at(2)).await;
    assert_eq!(gone["allowedActions"], json!(["RESTORE"]));
    let cement = office.yard.product("CEM").await;
    let mut order = office.order_input(&json!([line(&cement, "1", "1")]));
    order["supplierId"] = made["id"].clone();
    for (field, input, path) in [
        ("supplierUpdate", at(3), "input.id"),
        ("supplierArchive", at(3), "input.id"),
        ("purchaseOrderCreate", order, "input.supplierId"),
        (
            "supplierItemSet",
            json!({ "supplierId": made["id"], "productId": cement }),
            "input.supplierId",
        ),
    ] {
        let payload = office.mutate(field, input).await;
        assert_eq!(
            refused(&payload),
            ("NOT_ALLOWED", path.to_owned()),
            "{field}"
        );
    }
    let back = office.done("supplierRestore", at(3)).await;
    assert_eq!(back["archivedAt"], Value::Null);
    let payload = office.mutate("supplierRestore", at(4)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
    let query = "{ suppliers(where: { OR: [{ code: { startsWith: \"q\" } }, { archived: true }] }) { nodes { code } } }";
    let data = office.client().get(query).await;
    assert_eq!(data["suppliers"]["nodes"], json!([{ "code": "Q-1" }]));
}

#[tokio::test]
async fn a_supplier_with_open_orders_is_not_archived() {
    let office = Office::open().await;
    let cement = office.yard.product("CEM").await;
    let draft = office.draft(json!([line(&cement, "1", "1")])).await;
    let input = json!({ "id": office.supplier, "expectedVersion": 1 });
    let payload = office.mutate("supplierArchive", input.clone()).await;
    assert_eq!(refused(&payload), ("NOT_ALLOWED", "input.id".into()));
    office.step("purchaseOrderCancel", &draft).await;
    assert_eq!(
        office.mutate("supplierArchive", input).await["userErrors"],
        json!([])
    );
}

#[tokio::test]
async fn a_wrong_supplier_is_refused() {
    let office = Office::open().await;
    for (field, value) in [
        ("code", json!("a b")),
        ("name", json!(" ")),
        ("tolerance", json!("100.01")),
        ("tolerance", json!("-1")),
        ("tolerance", json!("0.005")),
        ("leadDays", json!(366)),
        ("termsDays", json!(-1)),
        ("email", json!("nobody")),
    ] {
        let mut input = json!({ "code": "NEW", "name": "New" });
        input[field] = value;
        let payload = office.mutate("supplierCreate", input).await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", format!("input.{field}"))
        );
    }
    let payload = office
        .mutate("supplierCreate", json!({ "code": "MILL", "name": "Other" }))
        .await;
    assert_eq!(refused(&payload), ("ALREADY_EXISTS", "input.code".into()));
}

/// A product by the bag and the tonne, and the item of the supplier.
async fn delivered(office: &Office) -> (String, Value) {
    let cement = office.yard.measured("CEM", "bag", &[("t", 20, 1)]).await;
    let more = json!({ "isPreferred": true, "sku": "M-1" });
    let mine = office.item(&office.supplier, &cement, more).await;
    (cement, mine)
}

#[tokio::test]
async fn of_those_who_deliver_a_product_one_is_preferred() {
    let office = Office::open().await;
    let (cement, mine) = delivered(&office).await;
    let other = office.another("OTHER").await;
    assert_eq!(
        (
            &mine["unit"]["code"],
            &mine["minQuantity"],
            &mine["leadDays"]
        ),
        (&json!("bag"), &json!("0"), &Value::Null)
    );
    let more =
        json!({ "isPreferred": true, "unitId": office.yard.unit("t").await, "minQuantity": "0.5" });
    let others = office.item(&other, &cement, more).await;
    assert_eq!(others["isPreferred"], true);
    let query = "query($id: ID) { product(id: $id) { supplierItems { id isPreferred version supplier { code } } }
        supplier(code: \"MILL\") { items { id sku } } }";
    let data = office.client().run(query, json!({ "id": cement })).await;
    assert_eq!(
        data["product"]["supplierItems"],
        json!([{ "id": others["id"], "isPreferred": true, "version": 1, "supplier": { "code": "OTHER" } },
            { "id": mine["id"], "isPreferred": false, "version": 2, "supplier": { "code": "MILL" } }])
    );
    assert_eq!(
        data["supplier"]["items"],
        json!([{ "id": mine["id"], "sku": "M-1" }])
    );
    let query = "{ productSearch(query: \"m-1\") { nodes { foundBy product { id } } } }";
    let found = office.client().get(query).await["productSearch"].clone();
    assert_eq!(
        found,
        json!({ "nodes": [{ "foundBy": "SUPPLIER_SKU", "product": { "id": cement } }] })
    );
}

#[tokio::test]
async fn what_is_said_of_an_item_is_looked_at_and_changed() {
    let office = Office::open().await;
    let (cement, mine) = delivered(&office).await;
    let change = |version: Value, more: Value| {
        let mut input = json!({ "supplierId": office.supplier, "productId": cement, "expectedVersion": version });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    for (input, code, path) in [
        (
            change(Value::Null, json!({})),
            "CONFLICT",
            "expectedVersion",
        ),
        (change(json!(2), json!({})), "CONFLICT", "expectedVersion"),
        (
            change(json!(1), json!({ "minQuantity": "0.5" })),
            "BAD_USER_INPUT",
            "minQuantity",
        ),
        (
            change(json!(1), json!({ "leadDays": 400 })),
            "BAD_USER_INPUT",
            "leadDays",
        ),
        (
            change(json!(1), json!({ "lastCost": "-1" })),
            "BAD_USER_INPUT",
            "lastCost",
        ),
        (
            change(json!(1), json!({ "unitId": office.yard.unit("m").await })),
            "NOT_FOUND",
            "unitId",
        ),
    ] {
        let payload = office.mutate("supplierItemSet", input).await;
        assert_eq!(refused(&payload), (code, format!("input.{path}")));
    }
    let set = office
        .done(
            "supplierItemSet",
            change(json!(1), json!({ "lastCost": "4", "minQuantity": "5" })),
        )
        .await;
    assert_eq!(
        (&set["sku"], &set["minQuantity"]),
        (&json!("M-1"), &json!("5"))
    );
    // In another unit, what was said in the one before is forgotten.
    let more = json!({ "unitId": office.yard.unit("t").await });
    let set = office.done("supplierItemSet", change(json!(2), more)).await;
    assert_eq!(
        (&set["lastCost"], &set["minQuantity"]),
        (&Value::Null, &json!("0"))
    );
    let gone = json!({ "id": mine["id"], "expectedVersion": 2 });
    assert_eq!(
        refused(&office.mutate("supplierItemRemove", gone).await).0,
        "CONFLICT"
    );
    let gone = json!({ "id": mine["id"], "expectedVersion": 3 });
    office.done("supplierItemRemove", gone.clone()).await;
    assert_eq!(
        refused(&office.mutate("supplierItemRemove", gone).await),
        ("NOT_FOUND", "input.id".into())
    );
    let told = office.told("supplier_item").await;
    let (removed, set) = told.split_last().unwrap();
    assert_eq!((removed.as_str(), set.len()), ("supplier_item.removed", 3));
}
