//! Reads of shared tables over bare connections, as a program has them that knows
//! of no schemas: no path, no role, and no transaction around a single statement.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::json;
use tokio_postgres::{Client, NoTls, Statement};
use tubex::config::DatabaseSettings;
use uuid::Uuid;

use super::Read;
use super::load::{Figures, Load, Watch};
use super::processor::Backends;
use super::rows;

const APPLICATION: &str = "bench-bare";
const CONNECTIONS: usize = 8;

struct Connection {
    client: Client,
    point: Statement,
    nested: [Statement; 4],
}

pub async fn measure(settings: &DatabaseSettings, load: &Load) -> Figures {
    let owner = rows::owner(settings).await;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Arc::new(Connection::open(settings, load).await));
    }
    let run = async |time: Duration, seed: usize| {
        let workers = connections.iter().enumerate().map(|(number, connection)| {
            let load = Load {
                time,
                ..load.clone()
            };
            tokio::spawn(worker(Arc::clone(connection), load, number + seed))
        });
        let took = futures_util::future::join_all(workers.collect::<Vec<_>>()).await;
        took.into_iter().flat_map(Result::unwrap).collect()
    };
    let _warm: Vec<Duration> = run(load.time / 3, 100).await;
    let watch = Watch::start(Backends::of(&owner, APPLICATION).await);
    let took = run(load.time, 1).await;
    watch.stop(took, json!(null))
}

async fn worker(connection: Arc<Connection>, load: Load, number: usize) -> Vec<Duration> {
    let mut choice = load.choice(u64::try_from(number).unwrap() + 1);
    let mut took = Vec::new();
    let started = Instant::now();
    while started.elapsed() < load.time {
        let dealer = load.shop.number(choice.next());
        let asked = Instant::now();
        match load.read {
            Read::Point => connection.point(dealer).await,
            Read::Nested => connection.nested(dealer).await,
        }
        took.push(asked.elapsed());
    }
    took
}

impl Connection {
    async fn open(settings: &DatabaseSettings, load: &Load) -> Self {
        let url = settings.database_owner_url.expose_secret();
        let url = format!("{url}?application_name={APPLICATION}");
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let schema = load.shop.shared.dealer().schema.quoted();
        let path = format!("SET search_path TO {schema}; SET plan_cache_mode = force_generic_plan");
        client.batch_execute(&path).await.unwrap();
        let prepare = async |sql: &str| client.prepare(sql).await.unwrap();
        let point =
            "SELECT id, name FROM shared_products WHERE dealer_id = $1 AND sku = $2 LIMIT 1";
        let nested = [
            prepare("SELECT id, sku, name FROM shared_products WHERE dealer_id = $1 ORDER BY name, id LIMIT $2").await,
            prepare("SELECT product_id, unit_id FROM shared_product_units WHERE dealer_id = $1 AND product_id = ANY($2)").await,
            prepare("SELECT id, code FROM shared_units WHERE dealer_id = $1 AND id = ANY($2)").await,
            prepare("SELECT product_id, warehouse_id FROM shared_stock_levels WHERE dealer_id = $1 AND product_id = ANY($2)").await,
        ];
        let point = prepare(point).await;
        Self {
            client,
            point,
            nested,
        }
    }

    async fn point(&self, dealer: Uuid) {
        let row = self
            .client
            .query_one(&self.point, &[&Id(dealer), &"SKU-7"])
            .await;
        row.unwrap();
    }

    async fn nested(&self, dealer: Uuid) {
        let [page, factors, units, levels] = &self.nested;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        self.client.batch_execute(begin).await.unwrap();
        let dealer = Id(dealer);
        let rows = self.client.query(page, &[&dealer, &20_i64]).await.unwrap();
        let ids: Vec<Id> = rows.iter().map(|row| row.get(0)).collect();
        let rows = self.client.query(factors, &[&dealer, &ids]).await.unwrap();
        let unit_ids: Vec<Id> = rows.iter().map(|row| row.get(1)).collect();
        self.client
            .query(units, &[&dealer, &unit_ids])
            .await
            .unwrap();
        let rows = self.client.query(levels, &[&dealer, &ids]).await.unwrap();
        assert_eq!(rows.len(), ids.len());
        self.client.batch_execute("ROLLBACK").await.unwrap();
    }
}

/// A UUID as the driver's bare interface takes it.
#[derive(Debug, Clone, Copy)]
struct Id(Uuid);

impl tokio_postgres::types::ToSql for Id {
    fn to_sql(
        &self,
        _type: &tokio_postgres::types::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(tokio_postgres::types::IsNull::No)
    }

    fn accepts(typ: &tokio_postgres::types::Type) -> bool {
        *typ == tokio_postgres::types::Type::UUID
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'a> tokio_postgres::types::FromSql<'a> for Id {
    fn from_sql(
        _type: &tokio_postgres::types::Type,
        bytes: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Uuid::from_slice(bytes)?))
    }

    fn accepts(typ: &tokio_postgres::types::Type) -> bool {
        *typ == tokio_postgres::types::Type::UUID
    }
}
