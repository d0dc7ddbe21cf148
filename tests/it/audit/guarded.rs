//! What a dealer's role can do about his log: read it.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tubex::auth::role::RoleCode;
use tubex::kernel::ids::CustomerId;
use uuid::Uuid;

use super::{begin, log};
use crate::support::Server;

const ROW: &str = "(id, slot, at, action, entity, entity_id, actor, tx)
    VALUES (1, 0, now(), 'UPDATE', 'products', 'x', 'somebody', 1)";

#[tokio::test]
async fn it_can_be_neither_forged_nor_changed_nor_switched_off() {
    let server = Server::start().await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    dealer.add_product("A-1").await;
    let before = log(&dealer.schema, "true").await;
    for sql in [
        format!("INSERT INTO audit_log {ROW}"),
        format!("INSERT INTO audit_log_0 {ROW}"),
        "UPDATE audit_log SET actor = 'nobody'".to_owned(),
        "UPDATE audit_log_1 SET actor = 'nobody'".to_owned(),
        "DELETE FROM audit_log".to_owned(),
        "DELETE FROM audit_log_2".to_owned(),
        "TRUNCATE audit_log".to_owned(),
        "TRUNCATE audit_log_0".to_owned(),
        "DROP TABLE audit_log".to_owned(),
        "ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY".to_owned(),
        "SELECT * FROM audit_log FOR UPDATE".to_owned(),
        "LOCK TABLE audit_log IN SHARE MODE".to_owned(),
        "LOCK TABLE audit_log_0 IN SHARE MODE".to_owned(),
        "SELECT nextval('audit_ids')".to_owned(),
        "SELECT setval('audit_ids', 1)".to_owned(),
        "DELETE FROM audit_seals".to_owned(),
        "UPDATE audit_seals SET hash = hash".to_owned(),
        "INSERT INTO audit_seals VALUES (1, 'ROWS', 0, 0, 1, '', sha256(''), sha256(''), now())"
            .to_owned(),
        // The trigger, and what it calls.
        "ALTER TABLE products DISABLE TRIGGER audit".to_owned(),
        "ALTER TABLE products DISABLE TRIGGER ALL".to_owned(),
        "DROP TRIGGER audit ON products".to_owned(),
        "CREATE TRIGGER a BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION spine.audit()"
            .to_owned(),
        "CREATE TABLE mine (id int)".to_owned(),
        "ALTER FUNCTION spine.audit SECURITY INVOKER".to_owned(),
        "SET LOCAL session_replication_role = replica".to_owned(),
        format!(
            "SELECT spine.audit_put('{}', 'UPDATE', 'products', 'x', NULL, NULL, NULL)",
            dealer.schema
        ),
        format!(
            "SELECT spine.audit_put('{}', 'UPDATE', 'products', 'x', NULL, NULL, NULL)",
            other.schema
        ),
        format!(
            "SELECT spine.audit_row('{}', '{{a,id}}', 'UPDATE', NULL, '{{}}')",
            dealer.schema
        ),
        "SELECT spine.audit_hide('{}', '{}')".to_owned(),
        format!(
            "SELECT platform.note_for_dealer('{}', 'a', 'b', 'c', '{{}}')",
            other.id.uuid()
        ),
        // A note takes a transaction that was begun for it.
        "SELECT spine.audit_note('REFUSED', 'operation', 'x', NULL)".to_owned(),
        "SELECT spine.audit_note(set_config('tubex.notes', 'on', true), 'operation', 'x', NULL)"
            .to_owned(),
        // Another name for what comes next.
        "SELECT set_config('tubex.actor', 'somebody', true)".to_owned(),
        "UPDATE pg_settings SET setting = 'somebody' WHERE name = 'tubex.actor'".to_owned(),
        format!("SELECT * FROM {}.audit_log", other.schema),
    ] {
        let mut tx = begin(&server, dealer.id).await;
        tx.batch_execute("SELECT count(*) FROM audit_log")
            .await
            .unwrap();
        let refused = tx.batch_execute(&sql).await.unwrap_err().to_string();
        // Through the view nothing can be changed, whoever tries.
        let is_denied = [
            "permission denied",
            "must be owner",
            "view \"audit_log\"",
            "is not a table",
        ]
        .iter()
        .any(|word| refused.contains(word));
        assert!(is_denied, "{sql}: {refused}");
    }
    assert_eq!(log(&dealer.schema, "true").await, before);
}

#[tokio::test]
async fn functions_for_triggers_can_not_be_called() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut tx = begin(&server, dealer.id).await;
    let refused = tx.batch_execute("SELECT spine.audit()").await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn notes_are_no_changes() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for (deed, detail) in [
        ("UPDATE", "{}".to_owned()),
        ("NOTE", json!("x".repeat(9000)).to_string()),
    ] {
        let mut tx = begin(&server, dealer.id).await;
        tx.batch_execute("SET LOCAL tubex.notes TO 'on'")
            .await
            .unwrap();
        let call = format!("SELECT spine.audit_note('{deed}', 'products', 'x', '{detail}')");
        let refused = tx.batch_execute(&call).await.unwrap_err().to_string();
        assert!(refused.contains("this is no note"), "{refused}");
    }
}

#[tokio::test]
async fn a_contractor_at_the_portal_sees_nothing_of_it() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let mut tx = begin(&server, dealer.id).await;
    // Fails, by a division, if there is nothing to see.
    let sees = "SELECT 1 / (count(*) > 0)::integer FROM audit_log";
    tx.batch_execute(sees).await.unwrap();
    let narrow = format!("SET LOCAL tubex.customer TO '{}'", Uuid::new_v4());
    tx.batch_execute(&narrow).await.unwrap();
    let nothing = "SELECT 1 / (count(*) = 0)::integer FROM audit_log";
    tx.batch_execute(nothing).await.unwrap();
    // What he changes is written all the same, or refused.
    tx.batch_execute("UPDATE units SET name = name || '.' WHERE code = 'bag'")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(log(&dealer.schema, "action = 'UPDATE'").await.len(), 1);
    let customer = Some(CustomerId::from_uuid(Uuid::new_v4()));
    let contractor = server.client_as(&dealer, dealer.owner, &[RoleCode::CUSTOMER], customer);
    let answer = contractor
        .send("{ auditLog { nodes { id } } }", json!({}))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
}
