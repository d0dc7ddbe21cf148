//! Whoever can do everything in the database can change the log, and it shows.

use super::{log, part, seal, verified};
use crate::support::{Server, owner};

/// What somebody does to the log of `S`, row 7 of which is sealed, and what is said.
const CASES: &[(&str, &str)] = &[
    (
        "UPDATE S.audit_log SET actor = 'usr_another' WHERE id = 7",
        "row 7 was changed",
    ),
    (
        "UPDATE S.audit_log SET new = new || '{\"name\": \"x\"}' WHERE id = 7",
        "row 7 was changed",
    ),
    (
        "UPDATE S.audit_log SET at = at + interval '1 microsecond' WHERE id = 7",
        "row 7 was changed",
    ),
    (
        "UPDATE S.audit_log SET part = '' WHERE id = 7",
        "row 7 was changed",
    ),
    (
        "UPDATE S.audit_log SET request_id = gen_random_uuid() WHERE id = 7",
        "row 7 was changed",
    ),
    ("DELETE FROM S.audit_log WHERE id = 7", "row 7 was removed"),
    ("DELETE FROM S.audit_log WHERE id >= 7", "row 7 was removed"),
    ("TRUNCATE S.audit_log", "row 1 was removed"),
    (
        "UPDATE S.audit_log SET id = -1 WHERE id = 7",
        "row -1 was inserted",
    ),
    (
        "UPDATE S.audit_seals SET hash = sha256('') WHERE number = 1",
        "seal 1 was changed",
    ),
    (
        "UPDATE S.audit_seals SET at = now() WHERE number = 1",
        "seal 1 was changed",
    ),
    (
        "UPDATE S.audit_seals SET entries = '' WHERE number = 1",
        "seal 1 was changed",
    ),
    (
        "UPDATE S.audit_seals SET entries = substr(entries, 25), entries_hash = sha256(substr(entries, 25)) WHERE number = 1",
        "seal 1 was changed",
    ),
    (
        "DELETE FROM S.audit_seals WHERE number = 1",
        "seal 1 was removed",
    ),
    (
        "DELETE FROM S.audit_log WHERE id > (SELECT last_id FROM S.audit_seals WHERE number = 1);
         DELETE FROM S.audit_seals WHERE number > 1",
        "seal 2 was removed",
    ),
    (
        "DELETE FROM S.audit_log; DELETE FROM S.audit_seals",
        "seal 1 was removed",
    ),
    (
        "INSERT INTO S.audit_seals SELECT number + 1, 'ROWS', slot, last_id, last_id, '', sha256(''), hash, at
             FROM S.audit_seals WHERE number = 2",
        "seal 3 was inserted",
    ),
];

#[tokio::test]
async fn the_first_row_that_is_not_as_it_was_is_named() {
    let server = Server::start().await;
    for (sql, told) in CASES {
        let dealer = server.dealer().await;
        seal(&server, &dealer.schema).await;
        dealer.add_product("A-1").await;
        seal(&server, &dealer.schema).await;
        assert_eq!(verified(&server, &dealer.schema).await.fault, None);
        let slot = part(&dealer.schema).await;
        let sql = sql
            .replace("audit_log", &format!("audit_log_{slot}"))
            .replace("S.", &format!("{}.", dealer.schema));
        owner().await.batch_execute(&sql).await.unwrap();
        let fault = verified(&server, &dealer.schema).await.fault;
        let fault = fault
            .unwrap_or_else(|| panic!("not found: {sql}"))
            .to_string();
        assert!(fault.starts_with(told), "{sql}: {fault}");
    }
}

#[tokio::test]
async fn a_row_that_was_slipped_in_is_named() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let schema = &dealer.schema;
    // Somebody begins, and leaves a number free.
    let undone =
        format!("BEGIN; UPDATE {schema}.units SET name = 'x' WHERE code = 'bag'; ROLLBACK");
    owner().await.batch_execute(&undone).await.unwrap();
    let free = 1 + i64::try_from(log(schema, "true").await.len()).unwrap();
    dealer.add_product("A-1").await;
    seal(&server, schema).await;
    assert_eq!(verified(&server, schema).await.fault, None);
    let slot = part(schema).await;
    let slipped = format!(
        "INSERT INTO {schema}.audit_log_{slot} SELECT {free}, slot, at, action, entity, entity_id, part, old,
             new, actor, impersonator, via, request_id, tx FROM {schema}.audit_log_{slot} LIMIT 1"
    );
    owner().await.batch_execute(&slipped).await.unwrap();
    let fault = verified(&server, schema).await.fault.unwrap().to_string();
    assert!(
        fault.starts_with(&format!("row {free} was inserted")),
        "{fault}"
    );
}
