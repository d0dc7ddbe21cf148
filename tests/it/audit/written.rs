//! What a row of the log says.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{begin, log};
use crate::support::{Server, owner, owner_of};

#[tokio::test]
async fn a_change_is_written_with_who_what_and_when() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A-1").await;
    dealer.rename(&product, "Another").await;
    let rows = log(&dealer.schema, "entity = 'products'").await;
    let [made, renamed] = &rows[..] else {
        panic!("{rows:#?}");
    };
    assert_eq!(made["action"], "INSERT");
    assert_eq!(
        (&made["new"]["sku"], &made["old"]),
        (&json!("A-1"), &Value::Null)
    );
    assert_eq!(renamed["action"], "UPDATE");
    let key = product.id.split_once('_').unwrap().1;
    let key = Uuid::parse_str(key).unwrap().to_string();
    for row in &rows {
        assert_eq!(row["actor"], json!(dealer.owner.to_string()));
        assert_eq!(row["entity_id"], json!(key));
        assert_eq!(
            (&row["impersonator"], &row["via"]),
            (&Value::Null, &Value::Null)
        );
        assert!(
            row["request_id"].is_string() && row["tx"].as_i64() > Some(0),
            "{row:#}"
        );
        // What follows from other columns is left out.
        assert!(row["new"].get("search_text").is_none());
    }
    assert_ne!(made["request_id"], renamed["request_id"]);
    // Only what changed, as it was and as it became.
    let names: Vec<&String> = renamed["new"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["name", "updated_at", "version"]);
    assert_eq!(renamed["old"]["name"], "Goods A-1");
    assert_eq!(renamed["new"]["name"], "Another");
}

#[tokio::test]
async fn details_are_found_by_their_record() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    let products = log(&dealer.schema, "entity = 'products'").await;
    let units = log(&dealer.schema, "entity = 'product_units'").await;
    assert_eq!(units.len(), 1);
    assert_eq!(units[0]["entity_id"], products[0]["entity_id"]);
    assert_eq!(units[0]["part"], units[0]["new"]["unit_id"]);
    // One transaction, in its order.
    assert_eq!(units[0]["tx"], products[0]["tx"]);
    // What goes along with a record is written, too.
    let delete = format!("DELETE FROM {}.products", dealer.schema);
    owner().await.batch_execute(&delete).await.unwrap();
    let gone = log(&dealer.schema, "action = 'DELETE'").await;
    let entities: Vec<_> = gone
        .iter()
        .map(|row| row["entity"].as_str().unwrap())
        .collect();
    assert!(entities.contains(&"products") && entities.contains(&"product_units"));
    assert_eq!(gone[0]["actor"], "system:test");
    assert!(
        gone.iter()
            .all(|row| row["new"].is_null() && row["old"].is_object())
    );
}

#[tokio::test]
async fn whoever_says_no_name_changes_nothing() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    let before = log(&dealer.schema, "true").await;
    let owner = owner_of(&server.database).await;
    for setting in ["RESET tubex.actor", "SET tubex.actor = ''"] {
        owner.batch_execute(setting).await.unwrap();
        for change in [
            format!("UPDATE {}.products SET name = 'B'", dealer.schema),
            format!("UPDATE {}.products SET name = name", dealer.schema),
            format!("DELETE FROM {}.product_units", dealer.schema),
            format!(
                "INSERT INTO {}.units SELECT gen_random_uuid(), 'x', 'x', 'MASS', 0, NULL, 1, now(), now()",
                dealer.schema
            ),
        ] {
            let refused = owner.batch_execute(&change).await.unwrap_err();
            let refused = refused.as_db_error().unwrap().message().to_owned();
            assert!(refused.contains("no actor is set"), "{change}: {refused}");
        }
    }
    assert_eq!(log(&dealer.schema, "true").await, before);
}

#[tokio::test]
async fn what_changes_nothing_is_not_written() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    let before = log(&dealer.schema, "true").await;
    let same = format!("UPDATE {}.products SET name = name", dealer.schema);
    owner().await.batch_execute(&same).await.unwrap();
    assert_eq!(log(&dealer.schema, "true").await, before);
}

#[tokio::test]
async fn what_is_undone_leaves_nothing() {
    use diesel_async::SimpleAsyncConnection;
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let before = log(&dealer.schema, "true").await;
    let mut tx = begin(&server, dealer.id).await;
    tx.batch_execute("UPDATE units SET name = name || '!'")
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(log(&dealer.schema, "true").await, before);
}

#[tokio::test]
async fn first_rows_have_an_actor() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let units = log(&dealer.schema, "entity = 'units'").await;
    assert_eq!(units.len(), 27);
    assert!(
        units
            .iter()
            .all(|row| row["actor"] == "system:provisioning")
    );
}

#[tokio::test]
async fn values_that_are_nobodys_business_are_not_kept() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (owner, schema) = (owner().await, &dealer.schema);
    let change = format!(
        "CREATE TABLE {schema}.doors (id int PRIMARY KEY, name text, pin text, hash bytea);
         CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {schema}.doors
             FOR EACH ROW EXECUTE FUNCTION spine.audit('doors', 'id', '', 'pin,hash');
         INSERT INTO {schema}.doors VALUES (1, 'yard', '4711', NULL);
         UPDATE {schema}.doors SET pin = '0815', hash = 'x';
         UPDATE {schema}.doors SET pin = NULL"
    );
    owner.batch_execute(&change).await.unwrap();
    let rows = log(schema, "entity = 'doors'").await;
    let told = |index: usize, side: &str| rows[index][side].clone();
    assert_eq!(
        told(0, "new"),
        json!({ "id": 1, "name": "yard", "pin": "(hidden)", "hash": null })
    );
    assert_eq!(told(1, "old"), json!({ "pin": "(hidden)", "hash": null }));
    assert_eq!(
        told(1, "new"),
        json!({ "pin": "(hidden)", "hash": "(hidden)" })
    );
    assert_eq!(told(2, "new"), json!({ "pin": null }));
}

#[tokio::test]
async fn a_change_takes_no_more_statements_than_before() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("A-1").await;
    let update = "mutation($input: ProductUpdateInput!) {
        productUpdate(input: $input) { product { id } userErrors { code } } }";
    let input = json!({ "id": product.id, "expectedVersion": product.version, "name": "B" });
    let answer = dealer.client.send(update, json!({ "input": input })).await;
    // The row; and with the COMMIT the counter of events, and the event.
    assert_eq!(answer.statements(), 3, "{:#}", answer.body);
}
