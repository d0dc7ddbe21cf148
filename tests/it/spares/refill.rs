//! Filling the stock.

use tubex::db::owner::OwnerConn;
use tubex::tenancy::migrate::MigrateError;
use tubex::tenancy::spares::{Stock, Turn};

use super::Depot;
use crate::migrations::dump::dump;
use crate::support::{Strike, until};

#[tokio::test]
async fn the_stock_is_filled_once() {
    let depot = Depot::new("refill").await;
    assert_eq!(depot.fill(3).await.made, 3);
    assert_eq!(depot.stock().await, Stock { whole: 3, begun: 3 });
    assert_eq!(depot.fill(3).await.made, 0);
    assert_eq!(depot.schemas().await, (6, 6));
}

/// What is taken is made again, of the empty schemas as long as there are some:
/// each change of the list of schemas costs everybody his plans.
#[tokio::test]
async fn what_was_claimed_is_refilled_from_empty_schemas() {
    let depot = Depot::new("refill_claimed").await;
    depot.fill(2).await;
    assert_eq!(depot.stock().await, Stock { whole: 2, begun: 2 });
    let before = depot.schemas().await;
    depot.register(1).await;
    depot.register(2).await;
    assert_eq!(depot.stock().await, Stock { whole: 0, begun: 2 });
    assert_eq!(depot.fill(2).await.made, 2);
    assert_eq!(depot.stock().await, Stock { whole: 2, begun: 0 });
    assert_eq!(depot.schemas().await, before);
    depot.register(3).await;
    assert_eq!(depot.fill(2).await.made, 1);
    assert_eq!(depot.stock().await, Stock { whole: 2, begun: 3 });
}

#[tokio::test]
async fn a_refill_ends_when_it_is_told_to() {
    let depot = Depot::new("refill_stop").await;
    let refill = depot.try_fill(3, || false).await.unwrap();
    assert_eq!(refill.made, 1);
    assert_eq!(depot.stock().await, Stock { whole: 1, begun: 5 });
}

#[tokio::test]
async fn one_process_fills_at_a_time() {
    let depot = Depot::new("refill_turns").await;
    let other = depot.core.spares();
    // The other one comes while this one is at it.
    let refill = depot.try_fill(2, move || {
        let refill = other.refill(2, Turn::Try, &|| true).unwrap();
        assert!(refill.elsewhere && refill.made == 0);
        true
    });
    assert_eq!(refill.await.unwrap().made, 2);
    // The turn is over.
    assert_eq!(depot.fill(3).await.made, 1);
}

#[tokio::test]
async fn whoever_waits_for_his_turn_makes_what_is_left() {
    let depot = Depot::new("refill_waits").await;
    let other = depot.core.spares();
    let (at_it, begun) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let first = depot.try_fill(2, move || {
        at_it.send(()).unwrap();
        may_go_on.recv().unwrap();
        true
    });
    let second = tokio::task::spawn_blocking(move || {
        begun.recv().unwrap();
        other.refill(3, Turn::Wait, &|| true).unwrap()
    });
    let release = async {
        let waiting = "SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        until("the second waits", async || {
            depot.number(waiting).await == 1
        })
        .await;
        go_on.send(()).unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    assert_eq!((first.unwrap().made, second.unwrap().made), (2, 1));
    assert_eq!(depot.stock().await.whole, 3);
}

/// At one command after the other; the next refill goes on where the last one was killed.
#[tokio::test]
async fn killed_at_any_command_the_stock_is_filled_by_the_next() {
    let depot = Depot::new("refill_killed").await;
    let model = depot.register(0).await.dealer.schema;
    let strike = Strike::new(&depot.settings).await;
    let mut target = 0;
    let mut survived = None;
    for number in Strike::commands() {
        target += 1;
        strike.at(number).await;
        let struck = depot.try_fill(target, || true).await.is_err();
        strike.never().await;
        if struck {
            // Nobody sees what is half-made.
            assert!(depot.stock().await.whole < target);
            let refill = depot.fill(target).await;
            assert!(refill.failed.is_empty(), "{refill:?}");
        } else {
            survived.get_or_insert(number);
        }
        assert_eq!(depot.stock().await.whole, target);
        if survived.is_some() {
            break;
        }
    }
    assert!(survived.is_some_and(|number| number > 200), "{survived:?}");
    let spares = depot.spare_schemas("schema_version IS NOT NULL").await;
    assert_eq!(spares.len(), target);
    let compare = move |conn: &mut OwnerConn| {
        let model = dump(conn, model.as_str());
        for spare in &spares {
            assert_eq!(dump(conn, spare), model);
        }
        Ok::<_, MigrateError>(())
    };
    depot.core.owner.run(compare).await.unwrap();
    // What is not whole is known as such.
    let begun = i64::try_from(depot.stock().await.begun).unwrap();
    let builds = depot
        .number("SELECT count(*) FROM platform.schema_builds")
        .await;
    assert_eq!(builds, begun);
}

#[tokio::test]
async fn a_spare_with_a_fault_is_told_and_holds_nobody_up() {
    let depot = Depot::new("refill_fault").await;
    depot.try_fill(2, || false).await.unwrap();
    // The one whose turn is next.
    let next =
        "id::text = (SELECT max(id::text) FROM platform.dealers WHERE schema_version IS NULL)";
    let broken = depot.spare_schemas(next).await.pop_first().unwrap();
    let in_the_way = format!("CREATE TABLE \"{broken}\".units ()");
    depot.owner.batch_execute(&in_the_way).await.unwrap();
    let refill = depot.fill(2).await;
    assert_eq!((refill.made, refill.failed.len()), (1, 1));
    assert_eq!(depot.stock().await.whole, 2);
    let out_of_it = format!("DROP TABLE \"{broken}\".units");
    depot.owner.batch_execute(&out_of_it).await.unwrap();
    let Stock { whole, begun } = depot.stock().await;
    let refill = depot.fill(whole + begun).await;
    assert!(refill.failed.is_empty(), "{refill:?}");
    let whole = depot.spare_schemas("schema_version IS NOT NULL").await;
    assert!(whole.contains(&broken));
}
