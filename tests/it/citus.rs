//! The same program on Citus. Needs a cluster, so it runs when it is asked for:
//!
//! ```sh
//! TUBEX_CITUS_URL=postgres://postgres@127.0.0.1:5500/tubex cargo test --test it -- --ignored citus
//! ```
//!
//! The database has the extension, and two workers or more that let the
//! coordinator in (docs/guides/scale-out.md).

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tubex::app::Core;
use tubex::config::{DatabaseSettings, EngineChoice};
use tubex::db::engine::Engine;
use tubex::kernel::clock::Clock;
use tubex::tenancy::doors::close_doors;
use tubex::tenancy::migrate::{
    MigrateError, MigrationSet, Options, Runner, migrate_control, targets,
};
use tubex::tenancy::relocate::{MoveError, Server as Place, move_dealer};
use tubex::tenancy::roles::prepare_request_role;
use tubex::tenancy::verify::Verifier;

use crate::migrations::set::next;
use crate::support::{Server, TestDealer, owner_of};

const NAMES: &str = "{ products(first: 9) { nodes { name baseUnit { code } } } }";
const UP: &str = "ALTER TABLE products ADD COLUMN probe text;
    CREATE INDEX products_probe ON products (probe);
    CREATE TABLE probes (id uuid PRIMARY KEY, product_id uuid REFERENCES products (id))";
const DOWN: &str = "DROP TABLE probes; ALTER TABLE products DROP COLUMN probe";

fn settings() -> DatabaseSettings {
    let owner = std::env::var("TUBEX_CITUS_URL").expect("TUBEX_CITUS_URL names the coordinator");
    let (scheme, rest) = owner.split_once("://").unwrap();
    let (_, place) = rest.split_once('@').unwrap();
    let request = format!("{scheme}://tubex_app:of-the-tests@{place}");
    let mut settings = DatabaseSettings::local(request.into(), owner.into());
    settings.engine = EngineChoice::Citus;
    settings
}

fn prepared(settings: &DatabaseSettings) -> Core {
    let core = Core::new(settings, 1, Clock::system()).unwrap();
    assert!(matches!(core.engine(), Ok(Engine::Citus { .. })));
    let role = core.request_role.clone();
    let prepare = core.owner.run_blocking(|conn| {
        prepare_request_role(conn, &role, Some(&"of-the-tests".into()))?;
        close_doors(conn, &role)?;
        migrate_control(conn)
    });
    prepare.unwrap();
    core
}

#[tokio::test]
#[ignore = "needs a Citus cluster, named by TUBEX_CITUS_URL"]
async fn dealers_live_on_citus_and_move_while_they_work() {
    let settings = settings();
    let of = settings.clone();
    let core = tokio::task::spawn_blocking(move || prepared(&of))
        .await
        .unwrap();
    let server = Server::start_on(&settings, Clock::system(), |_settings| {}).await;
    let (one, other) = (server.dealer().await, server.dealer().await);
    one.add_product("Mortar").await;
    other.add_product("Timber").await;
    spine_works(&settings, &one).await;
    let names = one.client.get(NAMES).await.to_string();
    assert!(
        names.contains("Mortar") && !names.contains("Timber"),
        "{names}"
    );

    // Migrated, verified, and taken back, with a column, an index and a table.
    let (dealers, of) = (vec![one.id, other.id], core.clone());
    let migrate = move || {
        let options = Options {
            only: dealers.clone(),
            ..Options::default()
        };
        let runner = Runner {
            owner: &of.owner,
            clock: &of.clock,
            options: &options,
            seen: &|_| {},
        };
        let set = next(UP, DOWN);
        let report = runner.migrate(&set).unwrap();
        assert_eq!((report.changed, report.failed.len()), (2, 0), "{report:?}");
        drift(&of, &set, &dealers);
        let report = runner.revert(&set).unwrap();
        assert_eq!((report.changed, report.failed.len()), (2, 0), "{report:?}");
        drift(&of, MigrationSet::tenant().unwrap(), &dealers);
    };
    tokio::task::spawn_blocking(migrate).await.unwrap();

    // Moved from server to server under load, and nothing is lost.
    let (moved, id) = (AtomicBool::new(false), one.id);
    let work = async {
        let mut count = 0;
        while !moved.load(Ordering::Relaxed) {
            assert_eq!(one.client.get(NAMES).await.to_string(), names);
            count += 1;
        }
        count
    };
    let there = async {
        let nodes =
            "SELECT nodename, nodeport FROM pg_dist_node WHERE shouldhaveshards AND isactive";
        let rows = owner_of(&settings).await.query(nodes, &[]).await.unwrap();
        let places = rows
            .iter()
            .map(|row| format!("{}:{}", row.get::<_, String>(0), row.get::<_, i32>(1)));
        let places: Vec<Place> = places.map(|place| place.parse().unwrap()).collect();
        assert!(places.len() > 1, "two servers are needed");
        for to in places {
            let core = core.clone();
            let step = move || {
                let found = core
                    .owner
                    .run_blocking(|conn| targets(conn, &[id]))
                    .unwrap();
                move_dealer(&core.owner, &found[0], &to).unwrap();
                assert_eq!(move_dealer(&core.owner, &found[0], &to).unwrap(), to);
                let nowhere = "nowhere:1".parse().unwrap();
                let refused = move_dealer(&core.owner, &found[0], &nowhere);
                assert!(
                    matches!(refused, Err(MoveError::NoServer { .. })),
                    "{refused:?}"
                );
            };
            tokio::task::spawn_blocking(step).await.unwrap();
        }
        moved.store(true, Ordering::Relaxed);
    };
    let (answered, ()) = tokio::join!(work, there);
    eprintln!("{answered} requests while the dealer moved");
    assert!(answered > 0);
}

/// What happened is told, logged, and so is what was refused.
async fn spine_works(settings: &DatabaseSettings, dealer: &TestDealer) {
    let refused = "mutation($input: ProductCreateInput!) {
        productCreate(input: $input) { userErrors { code } } }";
    let input = dealer.product_input("Mortar").await;
    let answer = dealer.client.run(refused, json!({ "input": input })).await;
    let code = &answer["productCreate"]["userErrors"][0]["code"];
    assert_eq!(code, "ALREADY_EXISTS");
    dealer.add_product("Gravel").await;
    let owner = owner_of(settings).await;
    let kept = format!(
        "SELECT (SELECT array_agg(id ORDER BY id) FROM {schema}.events WHERE name = 'product.created'),
            (SELECT last FROM {schema}.event_counter), (SELECT max(id) FROM {schema}.events),
            (SELECT array_agg(action || ' ' || entity ORDER BY at) FROM {schema}.audit_log
             WHERE entity IN ('products', 'operation'))",
        schema = dealer.schema
    );
    let row = owner.query_one(kept.as_str(), &[]).await.unwrap();
    let (told, logged): (Vec<i64>, Vec<String>) = (row.get(0), row.get(3));
    assert_eq!(told.len(), 2);
    assert_eq!(row.get::<_, i64>(1), row.get::<_, i64>(2));
    let wanted = ["INSERT products", "REFUSED operation", "INSERT products"];
    assert_eq!(logged, wanted);
}

/// Fails if one of the dealers has drifted.
fn drift(core: &Core, set: &MigrationSet, dealers: &[tubex::kernel::ids::DealerId]) {
    let found = std::sync::Mutex::new(Vec::new());
    let targets = core.owner.run_blocking(|conn| targets(conn, dealers));
    let verifier = Verifier {
        owner: &core.owner,
        request_role: &core.request_role,
        set,
        jobs: 1,
        seen: &|finding| found.lock().unwrap().extend(finding),
    };
    let summary: Result<_, MigrateError> = verifier.verify(targets.unwrap());
    assert_eq!(summary.unwrap().drifted, 0, "{found:#?}");
}
