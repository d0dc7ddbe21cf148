//! What is in a shop after all, against what was acknowledged.

use std::collections::BTreeMap;

use super::buyer::{Done, Shop};
use super::stage::Stage;
use crate::support::owner_of;

/// Compares the tables with what was acknowledged; gives the ids of the events that
/// were told, in order.
pub async fn check(stage: &Stage, shop: &Shop, done: &[Done]) -> Vec<String> {
    let owner = owner_of(&stage.database).await;
    let schema = &shop.schema;
    let acknowledged: BTreeMap<&str, i64> = done
        .iter()
        .flat_map(|done| &done.products)
        .map(|(sku, version)| (sku.as_str(), *version))
        .collect();

    // Each product once, with all its lines, as often changed as was said.
    let products = format!(
        "SELECT p.sku, p.version::bigint, count(u.*), p.id::text
         FROM {schema}.products p JOIN {schema}.product_units u ON u.product_id = p.id
         GROUP BY p.id"
    );
    let rows = owner.query(&products, &[]).await.unwrap();
    let found: BTreeMap<&str, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(found, acknowledged);
    assert_eq!(rows.len(), acknowledged.len());
    assert!(rows.iter().all(|row| row.get::<_, i64>(2) == 3));

    // One event for each change, without a gap between them.
    let events = format!(
        "SELECT entity_id::text, array_agg(name ORDER BY id), array_agg((payload->>'recordVersion')::bigint ORDER BY id)
         FROM {schema}.events WHERE entity = 'product' GROUP BY entity_id"
    );
    let rows_of = owner.query(&events, &[]).await.unwrap();
    assert_eq!(rows_of.len(), rows.len());
    let versions: BTreeMap<&str, i64> = rows.iter().map(|row| (row.get(3), row.get(1))).collect();
    for row in &rows_of {
        let (entity, names, counted): (&str, Vec<&str>, Vec<i64>) =
            (row.get(0), row.get(1), row.get(2));
        let all: Vec<i64> = (1..=versions[entity]).collect();
        assert_eq!(counted, all, "{names:?}");
        assert_eq!(names[0], "product.created");
        assert!(names[1..].iter().all(|name| *name == "product.updated"));
    }
    // One set of rows of the audit log for each change, and no change without.
    let audited = format!(
        "SELECT entity_id, array_agg(action ORDER BY id), array_agg((new->>'version')::bigint ORDER BY id),
             (SELECT count(*) FROM {schema}.audit_log u
              WHERE u.entity = 'product_units' AND u.entity_id = l.entity_id)
         FROM {schema}.audit_log l WHERE entity = 'products' GROUP BY entity_id"
    );
    let audited = owner.query(&audited, &[]).await.unwrap();
    assert_eq!(audited.len(), rows.len());
    for row in &audited {
        let (entity, actions, counted): (&str, Vec<&str>, Vec<i64>) =
            (row.get(0), row.get(1), row.get(2));
        let all: Vec<i64> = (1..=versions[entity]).collect();
        assert_eq!(counted, all, "{actions:?}");
        assert_eq!(actions[0], "INSERT");
        assert!(actions[1..].iter().all(|action| *action == "UPDATE"));
        assert_eq!(row.get::<_, i64>(3), 3, "{entity}");
    }

    let ids = format!("SELECT id FROM {schema}.events ORDER BY id");
    let ids = owner.query(&ids, &[]).await.unwrap();
    let ids: Vec<i64> = ids.iter().map(|row| row.get(0)).collect();
    assert!(ids.windows(2).all(|pair| pair[0] + 1 == pair[1]), "a gap");

    let told = format!("SELECT id FROM {schema}.events WHERE entity = 'product' ORDER BY id");
    let told = owner.query(&told, &[]).await.unwrap();
    told.iter()
        .map(|row| format!("evt_{:016x}", row.get::<_, i64>(0)))
        .collect()
}
