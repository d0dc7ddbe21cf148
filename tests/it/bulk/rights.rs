//! Columns that take a permission of their own, of whoever has ordered the import.

use std::time::Duration;

use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};

use super::{IMPORT, ended, faults, server, stock, taken};
use crate::files::upload;
use crate::stock::key;
use crate::support::{Server, TestDealer};

/// What becomes of a file that somebody with these permissions imports.
async fn by(
    (server, dealer): (&Server, &TestDealer),
    permissions: &[Permission],
    (kind, text): (&str, &str),
) -> Value {
    let all = [&[Permission::BulkRun], permissions].concat();
    let role = server.role(dealer, PermissionSet::of(&all)).await;
    let clerk = server.member(dealer, &[role]).await.client;
    let file = upload(dealer, "some.csv", text.as_bytes()).await;
    let input = json!({ "kind": kind, "fileId": file, "onError": "SKIP", "idempotencyKey": key() });
    let data = clerk.run(IMPORT, json!({ "input": input })).await;
    ended(dealer, &data["bulkImportStart"]).await
}

#[tokio::test]
async fn credit_and_prices_of_customers_take_what_their_mutations_take() {
    use Permission as P;
    let server = server("bulk_rights").await;
    let dealer = server.dealer().await;
    let create = "mutation { priceListCreate(input: { code: \"TRADE\", name: \"Trade\" }) { priceList { id } } }";
    dealer.client.get(create).await;
    let worker = server.worker();
    let first = "code,name,creditLimit,priceList\nC-1,One,10,TRADE\n";
    taken(&dealer, "CUSTOMERS", "c.csv", first).await;
    let none = json!([]);
    let no = |column: &str| json!([[2, column, "FORBIDDEN"]]);
    let manage = P::CustomersManage;
    for (permissions, text, wrong) in [
        (&[manage][..], "code,phone\nC-1,1\n", none.clone()),
        (&[manage], "code,creditLimit\nC-1,10\n", no("creditLimit")),
        (&[manage], "code,creditLimit\nC-1,\n", none.clone()),
        (
            &[manage],
            "code,creditCheck\nC-1,ORDER\n",
            no("creditCheck"),
        ),
        (&[manage], "code,priceList\nC-1,TRADE\n", no("priceList")),
        (&[manage], "code,priceList\nC-1,NONE\n", no("priceList")),
        (
            &[manage, P::CreditRead],
            "code,creditLimit\nC-1,10\n",
            none.clone(),
        ),
        (
            &[manage, P::CreditRead],
            "code,creditLimit\nC-1,11\n",
            no("creditLimit"),
        ),
        (
            &[manage, P::CreditRead],
            "code,creditLimitReason\nC-1,imported\n",
            no("creditLimitReason"),
        ),
        (
            &[manage, P::CreditManage, P::CreditRead],
            "code,creditLimit\nC-1,11\n",
            none.clone(),
        ),
        (
            &[manage, P::PricesRead],
            "code,priceList\nC-1,TRADE\n",
            none.clone(),
        ),
        (
            &[manage, P::PricesRead],
            "code,priceList\nC-1,\n",
            no("priceList"),
        ),
        (
            &[manage, P::PricesRead, P::PricesManage],
            "code,priceList\nC-1,\n",
            none.clone(),
        ),
    ] {
        let over = by((&server, &dealer), permissions, ("CUSTOMERS", text)).await;
        assert_eq!(faults(&over), wrong, "{permissions:?} {text}");
    }
    let query = "{ customer(code: \"C-1\") { phone creditLimit { amount } priceList { code } } }";
    assert_eq!(
        dealer.client.get(query).await["customer"],
        json!({ "phone": "1", "creditLimit": { "amount": "11.0000" }, "priceList": null })
    );
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn costs_of_stock_are_for_those_who_see_them() {
    let (server, dealer) = stock::yard("bulk_costs").await;
    let worker = server.worker();
    let adjust = Permission::StockAdjust;
    for (permissions, text, wrong) in [
        (
            &[adjust][..],
            "sku,warehouse,change,unitCost\nBAGS,NORTH,1,2\n",
            json!([[2, "unitCost", "FORBIDDEN"]]),
        ),
        (
            &[adjust],
            "sku,warehouse,change,unitCost\nBAGS,NORTH,1,\n",
            json!([]),
        ),
        (
            &[adjust, Permission::CostRead],
            "sku,warehouse,change,unitCost\nBAGS,NORTH,1,2\n",
            json!([]),
        ),
    ] {
        let over = by((&server, &dealer), permissions, ("STOCK", text)).await;
        assert_eq!(faults(&over), wrong, "{permissions:?} {text}");
    }
    worker.stop(Duration::from_secs(5)).await;
}
