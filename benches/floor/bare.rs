//! The floor: actix and the driver, and what the rows ask for. No GraphQL, no sign-in, no
//! permissions, no limits; who is asked for stands in a header that is believed.

use std::collections::HashMap;
use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::error::{ErrorBadRequest, ErrorInternalServerError};
use actix_web::web::{Data, Json, Path, get, post};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use futures_util::future::{join4, try_join};
use serde::{Deserialize, Serialize};
use tokio_postgres::{NoTls, Row};
use tubex::kernel::ids::split;
use uuid::Uuid;

use super::pool::{Dealer, Lease, Pool};
use super::sql::Query;
use super::values::{Goods, Id, Money, NewOrder, Nodes, Page, PageInfo, Product};
use super::{DEALER, orders};

/// How many of a page are shown; one more is read, to know whether there is a next one.
const SHOWN: usize = 20;

/// What a worker of the floor has.
struct Floor {
    pool: Pool,
    dealers: Arc<HashMap<String, Dealer>>,
}

impl Floor {
    async fn enter(&self, request: &HttpRequest) -> Result<(&Dealer, Lease<'_>), Error> {
        let name = request.headers().get(DEALER);
        let name = name.and_then(|name| name.to_str().ok());
        let dealer = name.and_then(|name| self.dealers.get(name));
        let dealer = dealer.ok_or_else(|| ErrorBadRequest("no such dealer"))?;
        Ok((dealer, self.pool.lease(dealer).await))
    }
}

/// Serves until it is killed, and says where on the standard output.
pub fn serve(url: &str, workers: usize, connections: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let share = (connections / workers).max(1);
    actix_web::rt::System::new().block_on(async {
        let dealers = Arc::new(dealers(url).await);
        let url = url.to_owned();
        let server = HttpServer::new(move || {
            let (url, dealers) = (url.clone(), Arc::clone(&dealers));
            App::new()
                .data_factory(move || open(url.clone(), share, Arc::clone(&dealers)))
                .route("/product/{id}", get().to(product))
                .route("/products", get().to(list))
                .route("/page", get().to(page))
                .route("/orders", get().to(latest))
                .route("/orders", post().to(create))
        });
        let server = server.workers(workers).listen(listener).unwrap();
        println!("http://{address}");
        std::io::stdout().flush().unwrap();
        server.run().await.unwrap();
    });
}

async fn open(
    url: String,
    share: usize,
    dealers: Arc<HashMap<String, Dealer>>,
) -> Result<Floor, tokio_postgres::Error> {
    let pool = Pool::open(&url, share).await?;
    Ok(Floor { pool, dealers })
}

async fn dealers(url: &str) -> HashMap<String, Dealer> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let query = "SELECT schema_name, currency FROM platform.dealers ORDER BY id";
    let rows = client.query(query, &[]).await.unwrap();
    let known = rows.iter().enumerate().map(|(number, row)| {
        let dealer = Dealer {
            number,
            schema: row.get(0),
            currency: row.get(1),
        };
        (dealer.schema.clone(), dealer)
    });
    known.collect()
}

fn id_of(text: &str) -> Result<Id, Error> {
    let found = split(text).ok_or_else(|| ErrorBadRequest("no id"))?;
    Ok(Id(found.1))
}

fn answer(value: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(value)
}

fn product_of<'a>(row: &'a Row, dealer: &'a Dealer) -> Product<'a> {
    Product {
        id: row.get::<_, Id>(0).written("prd"),
        sku: row.get(1),
        name: row.get(2),
        kind: row.get(3),
        description: row.get(4),
        version: row.get(5),
        updated_at: row.get(6),
        list_price: Money {
            amount: row.get(7),
            currency: &dealer.currency,
        },
    }
}

async fn product(
    floor: Data<Floor>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Error> {
    let (dealer, lease) = floor.enter(&request).await?;
    let id = id_of(&id)?;
    let rows = lease.connection.rows(dealer, Query::Product, &[&id]).await;
    let rows = rows.map_err(ErrorInternalServerError)?;
    drop(lease);
    let found = rows.first().map(|row| product_of(row, dealer));
    Ok(answer(&found))
}

async fn list(floor: Data<Floor>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (dealer, lease) = floor.enter(&request).await?;
    let rows = lease.connection.rows(dealer, Query::List, &[]).await;
    let rows = rows.map_err(ErrorInternalServerError)?;
    drop(lease);
    let nodes = rows.iter().map(|row| product_of(row, dealer)).collect();
    Ok(answer(&Nodes { nodes }))
}

async fn page(floor: Data<Floor>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (dealer, lease) = floor.enter(&request).await?;
    // Both are sent before either is answered.
    let both = try_join(
        lease.connection.rows(dealer, Query::Page, &[]),
        lease.connection.rows(dealer, Query::Count, &[]),
    );
    let (rows, count) = both.await.map_err(ErrorInternalServerError)?;
    drop(lease);
    let shown = rows.iter().take(SHOWN);
    let nodes: Vec<Goods<'_>> = shown.map(orders::goods_of).collect();
    let info = PageInfo {
        has_next_page: rows.len() > SHOWN,
        end_cursor: nodes.last().map(|last| last.id),
    };
    let total_count = count.first().map_or(0, |row| row.get(0));
    Ok(answer(&Page {
        total_count,
        nodes,
        info,
    }))
}

async fn latest(floor: Data<Floor>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (dealer, lease) = floor.enter(&request).await?;
    let found = orders::Found::read(&lease.connection, dealer).await;
    let found = found.map_err(ErrorInternalServerError)?;
    drop(lease);
    Ok(answer(&found.assembled(&dealer.currency)))
}

/// What is to be ordered.
#[derive(Deserialize)]
struct Wanted {
    customer: String,
    warehouse: String,
    lines: Vec<WantedLine>,
}

#[derive(Deserialize)]
struct WantedLine {
    product: String,
    quantity: String,
}

/// The rows of the document and no more. In one message: whose work it is, which the triggers
/// of the audit log ask for, both statements, and a COMMIT that waits for the disk.
async fn create(
    floor: Data<Floor>,
    request: HttpRequest,
    wanted: Json<Wanted>,
) -> Result<HttpResponse, Error> {
    let (dealer, lease) = floor.enter(&request).await?;
    let (customer, warehouse) = (id_of(&wanted.customer)?, id_of(&wanted.warehouse)?);
    let (mut products, mut amounts, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for line in &wanted.lines {
        products.push(id_of(&line.product)?);
        amounts.push(line.quantity.as_str());
        ids.push(Id(Uuid::now_v7()));
    }
    let id = Id(Uuid::now_v7());
    let (connection, fault) = (&lease.connection, ErrorInternalServerError);
    let order = connection.statement(dealer, Query::InsertOrder).await;
    let lines = connection.statement(dealer, Query::InsertLines).await;
    let (order, lines) = (order.map_err(fault)?, lines.map_err(fault)?);
    let currency = dealer.currency.as_str();
    let (begun, inserted, added, ended) = join4(
        connection
            .client
            .batch_execute("BEGIN; SET LOCAL tubex.actor TO 'system:floor'"),
        connection.client.query_one(
            &order,
            &[&id, &customer, &warehouse, &currency, &products, &amounts],
        ),
        connection.client.execute(
            &lines,
            &[&id, &customer, &warehouse, &ids, &products, &amounts],
        ),
        connection.client.batch_execute("COMMIT"),
    )
    .await;
    begun.map_err(fault)?;
    let row = inserted.map_err(fault)?;
    let count = added.map_err(fault)?;
    ended.map_err(fault)?;
    assert_eq!(count, u64::try_from(wanted.lines.len()).unwrap());
    Ok(answer(&NewOrder {
        id: id.written("ord"),
        number: row.get(0),
        state: "DRAFT",
    }))
}
