//! What a batch costs: as many statements for one line as for two hundred.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use tubex::auth::permission::Permission;
use tubex::db::observe::StatementCount;
use tubex::dealer::bulk::cell::Cells;
use tubex::dealer::bulk::may::May;
use tubex::dealer::bulk::sheets::Taken;
use tubex::dealer::{customers, stock};
use tubex::tenancy::{Access, TenantTx};

use super::stock::yard;
use crate::support::{Server, TestDealer};

const COLUMNS: &[&str] = &[
    "code",
    "name",
    "creditLimit",
    "priceList",
    "sku",
    "warehouse",
    "change",
    "onHand",
    "unit",
    "unitCost",
];

fn lines(texts: &str) -> Vec<Cells> {
    let texts = texts.lines();
    texts
        .map(|text| Cells::of_json(text.as_bytes(), COLUMNS).unwrap())
        .collect()
}

async fn begin(server: &Server, dealer: &TestDealer, count: &StatementCount) -> TenantTx {
    let context = server
        .app
        .directory
        .admit_system(dealer.id, "test")
        .await
        .unwrap();
    let begun = server
        .app
        .tenants
        .begin(Arc::new(context), Access::Write, count);
    begun.await.unwrap()
}

fn may() -> May {
    May::some(Permission::ALL.iter().copied())
}

async fn of_customers(server: &Server, dealer: &TestDealer, texts: &str) -> u32 {
    let (count, lines) = (StatementCount::default(), lines(texts));
    let mut tx = begin(server, dealer, &count).await;
    let lines: Vec<_> = lines.iter().collect();
    let mut named = customers::sheet::Named::load(&mut tx, may(), &lines)
        .await
        .unwrap();
    for cells in lines {
        assert_ne!(named.take(cells).unwrap(), Taken::Unchanged);
    }
    named.write(&mut tx).await.unwrap();
    let statements = count.get();
    tx.commit().await.unwrap();
    statements
}

async fn of_stock(server: &Server, dealer: &TestDealer, texts: &str) -> u32 {
    let (count, lines) = (StatementCount::default(), lines(texts));
    let mut tx = begin(server, dealer, &count).await;
    let lines: Vec<_> = lines.iter().collect();
    let mut named = stock::sheet::Named::load(&mut tx, may(), &lines)
        .await
        .unwrap();
    for cells in lines {
        assert_ne!(named.take(cells).unwrap(), Taken::Unchanged);
    }
    named.write(&mut tx).await.unwrap();
    let statements = count.get();
    tx.commit().await.unwrap();
    statements
}

#[tokio::test]
async fn a_batch_of_customers_costs_the_same_whatever_it_holds() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let create = "mutation { priceListCreate(input: { code: \"TRADE\", name: \"Trade\" }) { priceList { id } } }";
    dealer.client.get(create).await;
    let text = |from: usize, rows: usize, limit: usize| {
        let mut text = String::new();
        for row in from..from + rows {
            let list = if limit == 1 { "TRADE" } else { "" };
            writeln!(
                text,
                r#"{{"code":"C-{row}","name":"N","creditLimit":{limit},"priceList":"{list}"}}"#
            )
            .unwrap();
        }
        text
    };
    // By code; locked; their lists; lists by code; written.
    for (from, rows) in [(0, 1), (1, 200)] {
        assert_eq!(
            of_customers(&server, &dealer, &text(from, rows, 1)).await,
            5
        );
    }
    for rows in [1, 200] {
        assert_eq!(
            of_customers(&server, &dealer, &text(0, rows, 1 + rows)).await,
            4
        );
    }
}

#[tokio::test]
async fn a_batch_of_stock_costs_the_same_whatever_it_holds() {
    let (server, dealer) = yard("bulk_cost").await;
    for row in 0..60 {
        dealer.add_product(&format!("P-{row}")).await;
    }
    let text = |products: std::ops::Range<usize>, columns: &str| {
        let mut text = String::new();
        for row in products {
            for code in ["SOUTH", "NORTH"] {
                writeln!(
                    text,
                    r#"{{"sku":"P-{row}","warehouse":"{code}","unit":"bag",{columns}}}"#
                )
                .unwrap();
            }
        }
        text
    };
    let mut costs = BTreeSet::new();
    // Levels that there are not yet: products, warehouses, units, measures; which levels
    // there are, the warehouses held, the levels locked, what is kept by lots; levels and
    // movements written.
    for products in [0..1, 1..60] {
        costs.insert(
            of_stock(
                &server,
                &dealer,
                &text(products, "\"change\":5,\"unitCost\":2"),
            )
            .await,
        );
    }
    assert_eq!(costs, BTreeSet::from([10]));
    costs.clear();
    for (products, there) in [(0..1, 3), (0..60, 2)] {
        let columns = format!("\"onHand\":{there}");
        costs.insert(of_stock(&server, &dealer, &text(products, &columns)).await);
    }
    assert_eq!(costs, BTreeSet::from([9]));
}
