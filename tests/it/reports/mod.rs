//! Numbers of a dealer's business: that they are right, and what they cost.

mod history;
mod kept;
mod live;
mod numbers;
mod sales;

use serde_json::json;
use tubex::demo::Grounds;
use tubex::demo::data::DEALERS;
use tubex::demo::history::{Made, Plan};

use crate::support::{Server, TestDealer, owner};

/// A dealer with two months behind him.
pub struct Shop {
    pub server: Server,
    pub dealer: TestDealer,
    pub made: Made,
}

pub const PLAN: Plan = Plan {
    months: 2,
    lines: 700,
    seed: 7,
};

pub fn grounds(server: &Server) -> Grounds {
    Grounds {
        directory: server.app.directory.clone(),
        tenants: server.app.tenants.clone(),
    }
}

/// A dealer whose history follows `plan`.
pub async fn seasoned(server: &Server, plan: Plan) -> (TestDealer, Made) {
    let dealer = server.dealer().await;
    let seller = Some(dealer.owner.uuid());
    let grounds = grounds(server);
    let filled = grounds.fill(dealer.id, &DEALERS[1], Some((plan, seller)));
    let made = filled.await.unwrap().unwrap();
    (dealer, made)
}

impl Shop {
    pub async fn open() -> Self {
        let server = Server::start().await;
        let (dealer, made) = seasoned(&server, PLAN).await;
        Self {
            server,
            dealer,
            made,
        }
    }

    /// One number of the dealer's schema.
    pub async fn number(&self, sql: &str) -> String {
        let sql = sql.replace('@', &format!("{}.", self.dealer.schema));
        let (owner, query) = (owner().await, format!("SELECT ({sql})::text"));
        owner.query_one(&query, &[]).await.unwrap().get(0)
    }
}

/// Sums of sales of a product, a customer and its job on 2026-01-15, and goods that came long
/// ago: for those who only look whether they may be read.
pub async fn pretend(dealer: &TestDealer) {
    let schema = &dealer.schema;
    let sql = format!(
        "SET tubex.actor = 'test'; SET search_path TO {schema};
         INSERT INTO sales_by_day VALUES ('2026-01-15', 10, 10, 8, 1);
         INSERT INTO sales_by_product SELECT '2026-01-15', id, 10, 10, 8, 1, 1 FROM products
             WHERE category_id IS NOT NULL ORDER BY id LIMIT 1;
         INSERT INTO sales_by_buyer SELECT '2026-01-15', customer_id, id, '{nil}', 10, 10, 8, 1
             FROM jobs ORDER BY id LIMIT 1;
         UPDATE stock_movements SET at = '2000-01-01' WHERE number = 1;
         RESET search_path",
        nil = uuid::Uuid::nil()
    );
    owner().await.batch_execute(&sql).await.unwrap();
}

/// What stockReconcile and salesReconcile find.
pub async fn differences(dealer: &TestDealer) -> serde_json::Value {
    let query = "{ stockReconcile { onHand { value } moved { value } }
        salesReconcile { kept day sums net { amount } netOfLines { amount } } }";
    dealer.client.run(query, json!({})).await
}
