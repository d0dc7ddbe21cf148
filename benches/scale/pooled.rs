//! Reads through the request pool.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::app::{Core, request_pool};
use tubex::config::DatabaseSettings;
use tubex::db::observe::StatementCount;
use tubex::db::tenant_tables::{product_units, products, stock_levels, units};
use tubex::events::EventBus;
use tubex::kernel::clock::Clock;
use tubex::tenancy::{Access, TenantContext, TenantPool, TenantTx};
use uuid::Uuid;

use super::load::{Figures, Load, Watch};
use super::processor::Backends;
use super::{Read, Way, rows};

const APPLICATION: &str = "bench-pooled";
const PAGE: i64 = 20;

diesel::table! {
    shared_products (dealer_id, id) {
        dealer_id -> Uuid,
        id -> Uuid,
        sku -> Text,
        name -> Text,
    }
}
diesel::table! {
    shared_product_units (dealer_id, product_id, unit_id) {
        dealer_id -> Uuid,
        product_id -> Uuid,
        unit_id -> Uuid,
    }
}
diesel::table! {
    shared_units (dealer_id, id) {
        dealer_id -> Uuid,
        id -> Uuid,
        code -> Text,
    }
}
diesel::table! {
    shared_stock_levels (dealer_id, product_id, warehouse_id) {
        dealer_id -> Uuid,
        product_id -> Uuid,
        warehouse_id -> Uuid,
        on_hand -> Numeric,
    }
}

/// Asks as the server does, over a pool as the server has it.
pub async fn measure(
    core: &Core,
    settings: &DatabaseSettings,
    load: &Load,
    way: Way,
    backends: usize,
) -> Figures {
    let mut settings = settings.clone();
    let url = settings.database_url.expose_secret();
    settings.database_url = format!("{url}?application_name={APPLICATION}").into();
    settings.request_pool_size = backends;
    let mut pool = request_pool(&settings);
    pool.wait = Duration::from_mins(1);
    pool.queue_per_dealer = 1000;
    let pool = TenantPool::new(&core.connector, pool, EventBus::local(), Clock::system());
    let owner = rows::owner(&settings).await;
    warm(&pool, load, way).await;
    let watch = Watch::start(Backends::of(&owner, APPLICATION).await);
    let workers = (0..load.at_once).map(|number| worker(pool.clone(), load.clone(), way, number));
    let took = futures_util::future::join_all(workers.map(tokio::spawn)).await;
    let took = took.into_iter().flat_map(Result::unwrap).collect();
    watch.stop(took, counters(&pool))
}

/// Every dealer is met, by a share of what the measurement asks; with the popular
/// ones once more.
async fn warm(pool: &TenantPool, load: &Load, way: Way) {
    for dealer in 0..load.shop.dealers.len() {
        request(pool, load, way, dealer).await;
    }
    let more = Load {
        time: load.time / 3,
        ..load.clone()
    };
    let workers = (0..load.at_once).map(|n| worker(pool.clone(), more.clone(), way, n + 100));
    futures_util::future::join_all(workers.map(tokio::spawn)).await;
}

async fn worker(pool: TenantPool, load: Load, way: Way, number: usize) -> Vec<Duration> {
    let mut choice = load.choice(u64::try_from(number).unwrap() + 1);
    let mut took = Vec::new();
    let started = Instant::now();
    while started.elapsed() < load.time {
        let dealer = choice.next();
        let asked = Instant::now();
        request(&pool, &load, way, dealer).await;
        took.push(asked.elapsed());
    }
    took
}

async fn request(pool: &TenantPool, load: &Load, way: Way, dealer: usize) {
    let one = load.shop.dealers.as_slice().first().unwrap();
    let context: &Arc<TenantContext> = match way {
        Way::OneDealer => one,
        Way::Shared => &load.shop.shared,
        Way::Schemas | Way::Bare => load.shop.dealers.get(dealer).unwrap(),
    };
    let count = StatementCount::default();
    let begun = pool.begin(Arc::clone(context), Access::Read, &count).await;
    let mut tx = begun.unwrap();
    let id = load.shop.number(dealer);
    match (load.read, way) {
        (Read::Point, Way::Shared) => shared_point(&mut tx, id).await,
        (Read::Nested, Way::Shared) => shared_nested(&mut tx, id).await,
        (Read::Point, _) => point(&mut tx).await,
        (Read::Nested, _) => nested(&mut tx).await,
    }
    tx.release();
}

async fn point(tx: &mut TenantTx) {
    let query = products::table
        .filter(products::sku.eq("SKU-7"))
        .select((products::id, products::name));
    let _row: (Uuid, String) = query.first(tx).await.unwrap();
}

async fn shared_point(tx: &mut TenantTx, dealer: Uuid) {
    use shared_products as t;
    let query = t::table
        .filter(t::dealer_id.eq(dealer))
        .filter(t::sku.eq("SKU-7"))
        .select((t::id, t::name));
    let _row: (Uuid, String) = query.first(tx).await.unwrap();
}

async fn nested(tx: &mut TenantTx) {
    let page = products::table
        .order((products::name, products::id))
        .limit(PAGE)
        .select((products::id, products::sku, products::name));
    let page: Vec<(Uuid, String, String)> = page.load(tx).await.unwrap();
    let ids: Vec<Uuid> = page.iter().map(|row| row.0).collect();
    let found: Vec<(Uuid, Uuid)> = product_units::table
        .filter(product_units::product_id.eq_any(&ids))
        .select((product_units::product_id, product_units::unit_id))
        .load(tx)
        .await
        .unwrap();
    let unit_ids: Vec<Uuid> = found.iter().map(|row| row.1).collect();
    let _units: Vec<(Uuid, String)> = units::table
        .filter(units::id.eq_any(unit_ids))
        .select((units::id, units::code))
        .load(tx)
        .await
        .unwrap();
    let levels: Vec<(Uuid, Uuid)> = stock_levels::table
        .filter(stock_levels::product_id.eq_any(&ids))
        .select((stock_levels::product_id, stock_levels::warehouse_id))
        .load(tx)
        .await
        .unwrap();
    assert_eq!(levels.len(), page.len());
}

async fn shared_nested(tx: &mut TenantTx, dealer: Uuid) {
    use {
        shared_product_units as pu, shared_products as p, shared_stock_levels as s,
        shared_units as u,
    };
    let page = p::table
        .filter(p::dealer_id.eq(dealer))
        .order((p::name, p::id))
        .limit(PAGE)
        .select((p::id, p::sku, p::name));
    let page: Vec<(Uuid, String, String)> = page.load(tx).await.unwrap();
    let ids: Vec<Uuid> = page.iter().map(|row| row.0).collect();
    let found: Vec<(Uuid, Uuid)> = pu::table
        .filter(pu::dealer_id.eq(dealer))
        .filter(pu::product_id.eq_any(&ids))
        .select((pu::product_id, pu::unit_id))
        .load(tx)
        .await
        .unwrap();
    let unit_ids: Vec<Uuid> = found.iter().map(|row| row.1).collect();
    let _units: Vec<(Uuid, String)> = u::table
        .filter(u::dealer_id.eq(dealer))
        .filter(u::id.eq_any(unit_ids))
        .select((u::id, u::code))
        .load(tx)
        .await
        .unwrap();
    let levels: Vec<(Uuid, Uuid)> = s::table
        .filter(s::dealer_id.eq(dealer))
        .filter(s::product_id.eq_any(&ids))
        .select((s::product_id, s::warehouse_id))
        .load(tx)
        .await
        .unwrap();
    assert_eq!(levels.len(), page.len());
}

fn counters(pool: &TenantPool) -> Value {
    let metrics = pool.metrics();
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    json!({
        "home": of(&metrics.home),
        "stolen": of(&metrics.stolen),
        "opened": of(&metrics.opened),
        "recycled": of(&metrics.recycled),
        "plans": pool.plans(),
        "evicted": of(&metrics.evicted),
        "weighed_mib": of(&metrics.memory) >> 20,
    })
}
