//! Events are not part of a dealer's file, and a restored dealer's ids begin anew
//! above all that he has given before.

use tubex::tenancy::transfer::Destination;

use super::{follow, heard, id, number, tell};
use crate::support::{Server, TestDealer, owner};
use crate::transfer::{export, import_new, opened, quiet, replace, set_status};

/// Restores the dealer from his own file; gives his schema.
async fn restore(server: &Server, dealer: &TestDealer, file: &[u8]) -> String {
    let owner = owner().await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let transfer = &server.app.core.transfer;
    let into = Destination::Into(dealer.id);
    let staged = transfer.import(opened(file), into, &quiet).await.unwrap();
    let schema = replace(&server.app, staged, dealer.id)
        .await
        .unwrap()
        .schema;
    set_status(&server.app, &owner, dealer.id, "ACTIVE").await;
    schema
}

#[tokio::test]
async fn a_restored_dealer_is_another_story() {
    let server = Server::start().await;
    let mut dealer = server.dealer().await;
    dealer.add_product("A").await;
    let (manifest, file) = export(&server.app, dealer.id).await;
    let tables: Vec<_> = manifest
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert!(tables.contains(&"products"));
    assert!(!tables.contains(&"events") && !tables.contains(&"event_counter"));
    tell(&server, &dealer, 4).await;

    dealer.schema = restore(&server, &dealer, &file).await;
    for past in [0, 3, 5] {
        let mut socket = follow(&server, &dealer, Some(&id(past))).await;
        let word = socket.next().await;
        let code = &word["payload"]["errors"][0]["extensions"]["code"];
        assert_eq!(code, "EVENTS_PRUNED", "{word:#}");
    }
    let mut socket = follow(&server, &dealer, None).await;
    socket.settle().await;
    tell(&server, &dealer, 2).await;
    let first = number(&heard(&mut socket).await);
    assert!(first > 5);
    assert_eq!(number(&heard(&mut socket).await), first + 1);
    // Again, from the same file.
    dealer.schema = restore(&server, &dealer, &file).await;
    tell(&server, &dealer, 1).await;
    let again = super::stored(&dealer).await;
    assert!(again.len() == 1 && again[0] > first + 1, "{again:?}");
}

#[tokio::test]
async fn a_copy_has_no_events_of_his_model() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    tell(&server, &dealer, 3).await;
    let (_, file) = export(&server.app, dealer.id).await;
    let (_copy, schema) = import_new(&server.app, &file).await;
    let query = format!("SELECT count(*) FROM {schema}.events");
    let row = owner().await.query_one(&query, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}
