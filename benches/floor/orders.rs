//! The floor's list of orders: four statements for the whole list, put together in memory.

use std::collections::HashMap;

use futures_util::future::try_join;
use tokio_postgres::{Error, Row};

use super::pool::{Connection, Dealer};
use super::sql::Query;
use super::values::{Customer, Goods, Id, Line, Money, Nodes, Order, Quantity};

pub fn goods_of(row: &Row) -> Goods<'_> {
    Goods {
        id: row.get::<_, Id>(0).written("prd"),
        sku: row.get(1),
        name: row.get(2),
    }
}

/// The rows of a list.
pub struct Found {
    orders: Vec<Row>,
    customers: Vec<Row>,
    lines: Vec<Row>,
    goods: Vec<Row>,
}

impl Found {
    pub async fn read(connection: &Connection, dealer: &Dealer) -> Result<Self, Error> {
        let orders = connection.rows(dealer, Query::Orders, &[]).await?;
        let ids: Vec<Id> = orders.iter().map(|row| row.get(0)).collect();
        let buyers = each_once(&orders, 3);
        let by_buyer: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&buyers];
        let by_order: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&ids];
        // Both are sent before either is answered.
        let (customers, lines) = try_join(
            connection.rows(dealer, Query::Customers, &by_buyer),
            connection.rows(dealer, Query::Lines, &by_order),
        )
        .await?;
        let sold = each_once(&lines, 2);
        let goods = connection.rows(dealer, Query::Goods, &[&sold]).await?;
        Ok(Self {
            orders,
            customers,
            lines,
            goods,
        })
    }

    pub fn assembled<'a>(&'a self, currency: &'a str) -> Nodes<Order<'a>> {
        let customers: HashMap<Id, Customer<'a>> = self
            .customers
            .iter()
            .map(|row| (row.get::<_, Id>(0), customer_of(row)))
            .collect();
        let goods: HashMap<Id, Goods<'a>> = self
            .goods
            .iter()
            .map(|row| (row.get::<_, Id>(0), goods_of(row)))
            .collect();
        let mut lines: HashMap<Id, Vec<Line<'a>>> = HashMap::new();
        for row in &self.lines {
            let line = Line {
                id: row.get::<_, Id>(0).written("orl"),
                quantity: Quantity { value: row.get(3) },
                net: Money {
                    amount: row.get(4),
                    currency,
                },
                product: goods.get(&row.get::<_, Id>(2)).copied(),
            };
            lines.entry(row.get::<_, Id>(1)).or_default().push(line);
        }
        let nodes = self.orders.iter().map(|row| {
            let id: Id = row.get(0);
            Order {
                id: id.written("ord"),
                number: row.get(1),
                state: row.get(2),
                customer: customers.get(&row.get::<_, Id>(3)).copied(),
                lines: lines.remove(&id).unwrap_or_default(),
            }
        });
        Nodes {
            nodes: nodes.collect(),
        }
    }
}

fn customer_of(row: &Row) -> Customer<'_> {
    Customer {
        id: row.get::<_, Id>(0).written("cus"),
        code: row.get(1),
        name: row.get(2),
    }
}

/// The ids in this column, without those that come again.
fn each_once(rows: &[Row], column: usize) -> Vec<Id> {
    let mut ids: Vec<Id> = rows.iter().map(|row| row.get(column)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
