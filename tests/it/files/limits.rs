//! How much there may be, also where many come at once.

use futures_util::future::join_all;
use serde_json::json;

use super::{attach, begin, png, upload};
use crate::support::{Server, owner};

#[tokio::test]
async fn one_file_has_a_limit() {
    let server = Server::start_with(|settings| settings.files.max_file_mib = 1).await;
    let dealer = server.dealer().await;
    let mib = 1024 * 1024;
    for (size, errors) in [
        (mib, json!([])),
        (mib + 1, json!(["BAD_USER_INPUT"])),
        (0, json!(["BAD_USER_INPUT"])),
    ] {
        let begun = begin(&dealer.client, "a.png", size).await;
        let codes = begun["userErrors"].as_array().unwrap().iter();
        let codes: Vec<_> = codes.map(|error| error["code"].clone()).collect();
        assert_eq!(json!(codes), errors, "{size}");
    }
}

/// What is announced counts already, so that many at once can not pass the limit.
#[tokio::test]
async fn all_files_of_a_dealer_have_a_limit_even_at_once() {
    let server = Server::start_with(|settings| {
        settings.files.max_file_mib = 1;
        settings.files.files_per_dealer_mib = 3;
    })
    .await;
    let (dealer, other) = (server.dealer().await, server.dealer().await);
    let size = 1024 * 1024;
    let tries = (0..8).map(|_| begin(&dealer.client, "a.png", size));
    let begun = join_all(tries).await;
    let taken = begun
        .iter()
        .filter(|begun| begun["userErrors"] == json!([]));
    assert_eq!(taken.count(), 3);
    let refused = begun.iter().find(|begun| begun["userErrors"] != json!([]));
    assert_eq!(refused.unwrap()["userErrors"][0]["code"], "LIMIT_EXCEEDED");
    // Another dealer has a limit of his own.
    let begun = begin(&other.client, "a.png", size).await;
    assert_eq!(begun["userErrors"], json!([]));
}

#[tokio::test]
async fn a_record_has_a_limit_even_at_once() {
    let server = Server::start_with(|settings| settings.files.max_files_per_record = 3).await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let mut files = Vec::new();
    for number in 0..8 {
        files.push(upload(&dealer, "a.png", &png(&number.to_string())).await);
    }
    let record = json!(product.id);
    let tries = files
        .iter()
        .map(|file| attach(&dealer.client, &record, file, false));
    let added = join_all(tries).await;
    let taken = added
        .iter()
        .filter(|added| added["userErrors"] == json!([]));
    assert_eq!(taken.count(), 3);
}

/// The counter is what the rows add up to, whatever was done.
#[tokio::test]
async fn what_is_counted_is_what_there_is() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    for number in 0..6 {
        let file = upload(&dealer, "a.png", &png(&"x".repeat(number))).await;
        let added = attach(&dealer.client, &json!(product.id), &file, false).await;
        if number % 2 == 0 {
            super::detach(&dealer.client, &added["attachment"]["id"]).await;
        }
    }
    begin(&dealer.client, "b.png", 1000).await;
    let sql = format!(
        "SELECT (SELECT bytes FROM {0}.file_usage),
                (SELECT sum(size)::bigint FROM {0}.files WHERE state <> 'DELETED')",
        dealer.schema
    );
    let row = owner().await.query_one(&sql, &[]).await.unwrap();
    let (counted, there): (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(counted, there);
    assert!(counted > 1000);
}
