//! The dealers, and what is asked for at theirs.

use std::path::Path;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tubex::app::Core;
use tubex::app::jobs::Workshop;
use tubex::auth::principal::{Grant, Method, Proof};
use tubex::auth::role::RoleCode;
use tubex::auth::token::AccessTokens;
use tubex::auth::vault::Vault;
use tubex::config::DEFAULT_PUBLIC_URL;
use tubex::demo::data::DEALERS;
use tubex::demo::history::Plan;
use tubex::demo::{Grounds, open_many};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::{SessionId, UserId};
use tubex::tenancy::directory::{Dealer, DealerStatus, dealer_list};
use tubex::tenancy::migrate::MigrateError;
use uuid::Uuid;

use super::asks::{LINES, Operation, Side, Turn};
use super::load::{Caller, next};

/// Products that a dealer has at least.
const PRODUCTS: usize = 60;
/// Orders of the list that is asked for.
const ORDERS: usize = 20;
/// Products of this bench begin with it.
const OWN: &str = "FLOOR-";

const LOOK: &str = "{ unit(code: \"bag\") { id }
    customers(first: 20) { nodes { id allowedActions } } warehouses(first: 1) { nodes { id } }
    products(first: 100, where: { kind: STOCK }) { totalCount nodes { id sku } }
    orders(first: 20) { nodes { lines { id } } } }";
const CREATE: &str = "mutation($input: ProductCreateInput!) { productCreate(input: $input) {
    product { id } userErrors { code path message } } }";

/// A dealer, and what a request of his may name.
#[derive(Debug)]
pub struct Shop {
    pub schema: String,
    pub products: Vec<String>,
    pub customers: Vec<String>,
    pub warehouse: String,
    dealer: Dealer,
    owner: UserId,
}

/// Opens dealers of the demo until there are `count`, each with a history of so many lines.
pub async fn fill(core: &Core, count: usize, lines: u64) -> Vec<Dealer> {
    let workshop = Workshop::new(core.clone(), None).await.unwrap();
    let grounds = Grounds {
        directory: workshop.parts().directory.clone(),
        tenants: workshop.parts().tenants.clone(),
    };
    let present = known(core).await.len();
    for number in present..count {
        let plan = Plan {
            months: 2,
            lines,
            seed: 1,
        };
        // All are of the first kind, so that their answers are alike.
        let opened = open_many(core, &grounds, number * DEALERS.len(), plan).await;
        opened.unwrap();
        if number.is_multiple_of(50) {
            eprintln!("{number} dealers");
        }
    }
    let mut dealers = known(core).await;
    dealers.truncate(count);
    dealers
}

async fn known(core: &Core) -> Vec<Dealer> {
    let mut conn = core.control.checkout().await.unwrap();
    let mut dealers = dealer_list(&mut conn).await.unwrap();
    let name = format!("{} ", DEALERS[0].name);
    dealers.retain(|one| one.status == DealerStatus::Active && one.name.starts_with(&name));
    dealers.sort_by_key(|one| one.id);
    dealers
}

/// The keys of the installation.
pub async fn tokens(core: &Core, data: &Path) -> AccessTokens {
    let vault = Vault::from_file(&data.join("key.pem")).unwrap();
    let keys = core.signing_keys(vault, DEFAULT_PUBLIC_URL).unwrap();
    keys.load().await.unwrap();
    AccessTokens::new(keys.ring().clone())
}

/// One for the owner of each shop.
pub fn issued(tokens: &AccessTokens, shops: &[Shop]) -> Arc<[String]> {
    let all = shops
        .iter()
        .map(|shop| token(tokens, &shop.dealer, shop.owner));
    all.collect()
}

fn token(tokens: &AccessTokens, dealer: &Dealer, owner: UserId) -> String {
    let grant = Grant {
        user: owner,
        dealer: dealer.id,
        session: SessionId::generate(),
        user_epoch: 0,
        dealer_epoch: dealer.token_epoch,
        roles: vec![RoleCode::OWNER],
        customer: None,
        proof: Proof {
            methods: vec![Method::Pwd],
            at: Clock::system().now(),
        },
        actor: None,
        read_only: false,
        application: None,
    };
    let issued = tokens.issue(&grant).unwrap();
    issued.token.expose_secret().to_owned()
}

/// Looks around at each dealer, over the API, and brings what is missing; whether anything was.
pub async fn look(
    sql: &tokio_postgres::Client,
    keys: &AccessTokens,
    authority: &str,
    dealers: Vec<Dealer>,
) -> (Vec<Shop>, bool) {
    let mut caller = Caller::open(authority).await;
    let (mut shops, mut has_changed) = (Vec::new(), false);
    for dealer in dealers {
        let owner = owner_of(sql, &dealer).await;
        // Anew for each: a token lasts a quarter of an hour.
        let token = token(keys, &dealer, owner);
        let (shop, has_orders) = seen(&mut caller, &token, dealer, owner).await;
        if !has_orders {
            has_changed = true;
            order(&mut caller, &token, &shop).await;
        }
        shops.push(shop);
        if shops.len().is_multiple_of(50) {
            eprintln!("{} shops", shops.len());
        }
    }
    (shops, has_changed)
}

async fn owner_of(sql: &tokio_postgres::Client, dealer: &Dealer) -> UserId {
    let query = "SELECT user_id::text FROM platform.memberships
                 WHERE dealer_id = $1::text::uuid AND roles @> '{owner}' LIMIT 1";
    let id = dealer.id.uuid().to_string();
    let row = sql.query_one(query, &[&id]).await.unwrap();
    UserId::from_uuid(Uuid::parse_str(row.get(0)).unwrap())
}

async fn seen(caller: &mut Caller, token: &str, dealer: Dealer, owner: UserId) -> (Shop, bool) {
    let data = caller.run(token, LOOK, &json!({})).await;
    let goods = data["products"]["nodes"].as_array().unwrap();
    let count = data["products"]["totalCount"].as_u64().unwrap();
    // The list is of all kinds, and this count of one: there are enough at the end.
    for number in usize::try_from(count).unwrap()..PRODUCTS {
        let input = json!({ "sku": format!("{OWN}{number}"), "name": format!("Goods {number}"),
            "listPrice": "1000", "baseUnitId": data["unit"]["id"] });
        caller.run(token, CREATE, &json!({ "input": input })).await;
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_demo = |one: &&Value| !text(&one["sku"]).starts_with(OWN);
    let customers = data["customers"]["nodes"].as_array().unwrap();
    let may_order = |one: &&Value| {
        let actions = one["allowedActions"].as_array().unwrap();
        actions.iter().any(|action| action == "ORDER_CREATE")
    };
    let shop = Shop {
        schema: dealer.schema.as_str().to_owned(),
        products: goods
            .iter()
            .filter(of_demo)
            .map(|one| text(&one["id"]))
            .collect(),
        customers: customers
            .iter()
            .filter(may_order)
            .map(|one| text(&one["id"]))
            .collect(),
        warehouse: text(&data["warehouses"]["nodes"][0]["id"]),
        dealer,
        owner,
    };
    assert!(shop.products.len() > LINES && !shop.customers.is_empty());
    (shop, are_alike(&data))
}

/// Whether the latest orders are those of this bench.
fn are_alike(data: &Value) -> bool {
    let orders = data["orders"]["nodes"].as_array().unwrap();
    let has_four = |order: &Value| order["lines"].as_array().unwrap().len() == LINES;
    orders.len() == ORDERS && orders.iter().all(has_four)
}

async fn order(caller: &mut Caller, token: &str, shop: &Shop) {
    for _ in 0..ORDERS {
        let number = next();
        let turn = Turn {
            shop,
            token,
            number,
        };
        caller.ask(Side::Ours, Operation::Create, &turn).await;
    }
    let data = caller.run(token, LOOK, &json!({})).await;
    assert!(
        are_alike(&data),
        "the latest orders have {LINES} lines each"
    );
}

/// Has the tables' statistics renewed, after rows have come.
pub async fn analyze(core: &Core) {
    let analyze = |conn: &mut tubex::db::owner::OwnerConn| {
        conn.batch_execute("VACUUM ANALYZE")
            .map_err(MigrateError::from)
    };
    core.owner.run(analyze).await.unwrap();
}
