//! The dealers' rows, in their schemas and once more in shared tables.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret;
use tokio_postgres::{Client, NoTls};
use tubex::app::Core;
use tubex::config::DatabaseSettings;
use tubex::db::control_tables::dealers;
use tubex::kernel::ids::DealerId;
use tubex::tenancy::TenantContext;
use tubex::tenancy::directory::Directory;
use tubex::tenancy::migrate::MigrationSet;
use uuid::Uuid;

/// Products of a dealer.
const PRODUCTS: i32 = 50;

/// Dealers with rows, and one whose schema holds the tables that all share.
pub struct Shop {
    pub dealers: Vec<Arc<TenantContext>>,
    pub shared: Arc<TenantContext>,
}

impl Shop {
    /// The number under which the shared tables know a dealer.
    pub fn number(&self, dealer: usize) -> Uuid {
        self.dealers.get(dealer).unwrap().dealer().id.uuid()
    }
}

pub async fn owner(settings: &DatabaseSettings) -> Client {
    let url = settings.database_owner_url.expose_secret();
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Fills the schemas of `count` dealers that are empty, and the shared tables.
pub async fn fill(core: &Core, settings: &DatabaseSettings, count: usize) -> Arc<Shop> {
    let mut contexts = contexts(core, count + 1).await;
    let owner = owner(settings).await;
    let shared = contexts.remove(0);
    let schema = shared.dealer().schema.quoted();
    let setup = format!(
        "SET tubex.actor = 'bench'; SET synchronous_commit = off; SET search_path TO {schema}, public; {SHARED_TABLES}"
    );
    owner.batch_execute(&setup).await.unwrap();
    for context in &contexts {
        if is_empty(&owner, &schema, context).await {
            fill_one(&owner, context).await;
            share(&owner, &schema, context).await;
        }
    }
    let path = format!("SET search_path TO {schema}");
    owner.batch_execute(&path).await.unwrap();
    owner.batch_execute(ANALYZE_SHARED).await.unwrap();
    Arc::new(Shop {
        dealers: contexts,
        shared,
    })
}

async fn contexts(core: &Core, count: usize) -> Vec<Arc<TenantContext>> {
    let directory = Directory::new(core.control.clone(), MigrationSet::tenant().unwrap());
    let mut conn = core.control.checkout().await.unwrap();
    let ids: Vec<DealerId> = dealers::table
        .order(dealers::id)
        .limit(i64::try_from(count).unwrap())
        .select(dealers::id)
        .load(&mut *conn)
        .await
        .unwrap();
    drop(conn);
    let mut contexts = Vec::new();
    for id in ids {
        contexts.push(Arc::new(directory.admit_system(id, "bench").await.unwrap()));
    }
    contexts
}

/// Whether a run before this one has not come to this dealer.
async fn is_empty(owner: &Client, shared: &str, context: &TenantContext) -> bool {
    let id = context.dealer().id.uuid();
    let found =
        format!("SELECT FROM {shared}.shared_stock_levels WHERE dealer_id = '{id}' LIMIT 1");
    owner.query_opt(&found, &[]).await.unwrap().is_none()
}

async fn fill_one(owner: &Client, context: &TenantContext) {
    let schema = context.dealer().schema.quoted();
    let rows = ROWS.replace("PRODUCTS", &PRODUCTS.to_string());
    let path = format!("SET search_path TO {schema}, public; {rows}");
    owner.batch_execute(&path).await.unwrap();
}

async fn share(owner: &Client, shared: &str, context: &TenantContext) {
    let (from, id) = (context.dealer().schema.quoted(), context.dealer().id.uuid());
    let copy = SHARE
        .replace("SHARED", shared)
        .replace("FROM_SCHEMA", &from)
        .replace("DEALER", &format!("'{id}'::uuid"));
    owner.batch_execute(&copy).await.unwrap();
}

const ROWS: &str = "
INSERT INTO warehouses (id, code, name, kind, version, created_at, updated_at)
  VALUES (gen_random_uuid(), 'W', 'Yard', 'YARD', 1, now(), now()) ON CONFLICT DO NOTHING;
INSERT INTO products (id, sku, name, kind, base_unit_id, list_price, version, created_at, updated_at)
  SELECT gen_random_uuid(), 'SKU-' || n, 'Product ' || n, 'STOCK', u.id, n, 1, now(), now()
  FROM generate_series(1, PRODUCTS) n, units u
  WHERE u.code = 'bag' AND NOT EXISTS (SELECT FROM products) ;
INSERT INTO product_units (product_id, unit_id, num, den)
  SELECT p.id, u.id, 40, 1 FROM products p, units u WHERE u.code = 'pallet' ON CONFLICT DO NOTHING;
INSERT INTO stock_levels (product_id, warehouse_id, on_hand, updated_at)
  SELECT p.id, w.id, 100, now() FROM products p, warehouses w ON CONFLICT DO NOTHING;
ANALYZE products, product_units, units, stock_levels;";

const ANALYZE_SHARED: &str =
    "VACUUM ANALYZE shared_products, shared_product_units, shared_units, shared_stock_levels";

const SHARED_TABLES: &str = "
CREATE TABLE IF NOT EXISTS shared_products (LIKE products INCLUDING GENERATED, dealer_id uuid NOT NULL,
  PRIMARY KEY (dealer_id, id), UNIQUE (dealer_id, sku));
CREATE INDEX IF NOT EXISTS shared_products_name ON shared_products (dealer_id, name, id);
CREATE TABLE IF NOT EXISTS shared_product_units (LIKE product_units, dealer_id uuid NOT NULL,
  PRIMARY KEY (dealer_id, product_id, unit_id));
CREATE TABLE IF NOT EXISTS shared_units (LIKE units, dealer_id uuid NOT NULL,
  PRIMARY KEY (dealer_id, id), UNIQUE (dealer_id, code));
CREATE TABLE IF NOT EXISTS shared_stock_levels (LIKE stock_levels, dealer_id uuid NOT NULL,
  PRIMARY KEY (dealer_id, product_id, warehouse_id));";

const SHARE: &str = "
INSERT INTO SHARED.shared_products (id, sku, name, description, kind, category_id, base_unit_id, list_price,
    archived_at, version, created_at, updated_at, dealer_id)
  SELECT id, sku, name, description, kind, category_id, base_unit_id, list_price,
    archived_at, version, created_at, updated_at, DEALER FROM FROM_SCHEMA.products ON CONFLICT DO NOTHING;
INSERT INTO SHARED.shared_product_units SELECT *, DEALER FROM FROM_SCHEMA.product_units ON CONFLICT DO NOTHING;
INSERT INTO SHARED.shared_units SELECT *, DEALER FROM FROM_SCHEMA.units ON CONFLICT DO NOTHING;
INSERT INTO SHARED.shared_stock_levels SELECT *, DEALER FROM FROM_SCHEMA.stock_levels ON CONFLICT DO NOTHING;";
