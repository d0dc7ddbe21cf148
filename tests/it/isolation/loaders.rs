//! Every loader, asked by one dealer while another is at work.

use std::collections::BTreeSet;
use std::path::Path;

use super::attack::Attack;
use super::queries::cases;

/// Names in `impl LoaderKey for Name`, over all features.
fn loaders_in(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            loaders_in(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let names = text.split("impl LoaderKey for ").skip(1);
        found.extend(names.filter_map(|rest| rest.split_whitespace().next().map(str::to_owned)));
    }
}

#[tokio::test]
async fn every_loader_is_asked_and_tells_nothing() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut known = BTreeSet::new();
    loaders_in(&source.join("dealer"), &mut known);
    assert!(known.len() > 10, "{known:?}");

    let attack = Attack::prepare().await;
    let mut asked = BTreeSet::new();
    for case in cases() {
        // Both at once, so that a batch or a cache shared between them would show.
        let keys = (case.keys)(&attack.victims);
        let (answer, _owners) = tokio::join!(
            attack.run(case.query, keys.clone()),
            attack.victim.client.send(case.query, keys),
        );
        asked.extend(answer.loaders());
    }
    assert_eq!(
        known, asked,
        "every loader needs a query that asks it in queries.rs"
    );
}
