//! Several nodes that migrate the same database at the same moment.

use std::sync::Barrier;

use tubex::app::Core;
use tubex::kernel::clock::Clock;
use tubex::tenancy::migrate::{MigrateError, migrate_control};

use crate::support::empty;

const NODES: usize = 4;

#[test]
fn nodes_that_start_together_migrate_one_after_the_other() {
    let database = empty("migrate_together");
    let start = Barrier::new(NODES);
    let node = || {
        let core = Core::new(&database, 1, Clock::system()).unwrap();
        core.owner.run_blocking(|conn| {
            start.wait();
            migrate_control(conn)
        })
    };
    let applied: Vec<Vec<String>> = std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..NODES).map(|_| scope.spawn(node)).collect();
        let ends = nodes.into_iter().map(|node| node.join().unwrap());
        ends.collect::<Result<_, MigrateError>>().unwrap()
    });
    let at_work = applied.iter().filter(|versions| !versions.is_empty());
    assert_eq!(at_work.count(), 1, "{applied:?}");
}
