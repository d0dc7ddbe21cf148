//! What becomes of content: swept, dropped, carried along, and never lost.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::DealerId;
use tubex::platform::dealers::lifecycle::Order;
use tubex::platform::dealers::note::{Note, Origin};
use tubex::tenancy::provision::NewDealer;

use super::{attach, begin, detach, download, png, upload};
use crate::support::{Server, TestDealer, files_dir, own_settings, owner_of, until};
use crate::transfer::{export, stage};

/// Where the content of a file lies.
fn object(dealer: DealerId, file: &str) -> PathBuf {
    files_dir().join(dealer.to_string()).join(file)
}

async fn server(name: &'static str) -> Server {
    let database = own_settings(name).await;
    Server::start_on(&database, Clock::system(), |_settings| {}).await
}

async fn rows(server: &Server, dealer: &TestDealer) -> i64 {
    let sql = format!("SELECT count(*) FROM {}.files", dealer.schema);
    let owner = owner_of(&server.database).await;
    owner.query_one(&sql, &[]).await.unwrap().get(0)
}

/// Lets the time of all loose files be over, and the sweeps be due.
async fn wear_out(server: &Server, dealer: &TestDealer) {
    let sql = format!(
        "UPDATE {}.files SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL;
         UPDATE platform.jobs SET run_at = now() WHERE kind = 'files.sweep' AND state = 'SCHEDULED'",
        dealer.schema
    );
    owner_of(&server.database)
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_taken_off_goes_from_the_store_too() {
    let server = server("files_life_off").await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let file = upload(&dealer, "a.png", &png("off")).await;
    let added = attach(&dealer.client, &json!(product.id), &file, false).await;
    let object = object(dealer.id, &file);
    assert!(object.exists());
    detach(&dealer.client, &added["attachment"]["id"]).await;
    // Only when that has been committed, and by a job.
    assert!(object.exists());
    let worker = server.worker();
    until("its content is gone", async || !object.exists()).await;
    until("its row is gone", async || {
        rows(&server, &dealer).await == 0
    })
    .await;
    worker.stop(Duration::from_secs(5)).await;
}

/// Uploads that nobody finished, and files that nobody attached.
#[tokio::test]
async fn what_nobody_wants_is_swept_and_what_is_attached_stays() {
    let server = server("files_life_swept").await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let kept = upload(&dealer, "kept.png", &png("kept")).await;
    attach(&dealer.client, &json!(product.id), &kept, false).await;
    let loose = upload(&dealer, "loose.png", &png("loose")).await;
    let never = begin(&dealer.client, "never.png", 100).await;
    // What a server leaves that is killed while the content comes.
    let half = never["upload"]["fileId"].as_str().unwrap();
    let half = object(dealer.id, &format!("{half}#1"));
    std::fs::write(&half, "half").unwrap();
    assert_eq!(rows(&server, &dealer).await, 3);
    let worker = server.worker();
    wear_out(&server, &dealer).await;
    until("the loose ones are gone", async || {
        rows(&server, &dealer).await == 1
    })
    .await;
    assert!(!object(dealer.id, &loose).exists());
    assert!(!half.exists());
    assert!(object(dealer.id, &kept).exists());
    let sql = format!("SELECT bytes FROM {}.file_usage", dealer.schema);
    let row = owner_of(&server.database)
        .await
        .query_one(&sql, &[])
        .await
        .unwrap();
    assert_eq!(
        row.get::<_, i64>(0),
        i64::try_from(png("kept").len()).unwrap()
    );
    worker.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn the_files_of_a_dropped_dealer_go_with_him() {
    let server = server("files_life_dropped").await;
    let (gone, stays) = (server.dealer().await, server.dealer().await);
    let his = upload(&gone, "a.png", &png("gone")).await;
    let others = upload(&stays, "a.png", &png("stays")).await;
    let lifecycle = &server.app.core.lifecycle;
    let order = Order {
        dealer: gone.id,
        actor: "test".to_owned(),
        reason: None,
        expected: None,
    };
    let name = lifecycle.show(gone.id).await.unwrap().name;
    lifecycle.archive(&order).await.unwrap();
    lifecycle.drop(&order, &name, 0).await.unwrap();
    assert_eq!(lifecycle.drop_due("test").await.unwrap().len(), 1);
    let worker = server.worker();
    let folder = files_dir().join(gone.id.to_string());
    assert!(object(gone.id, &his).starts_with(&folder));
    until("his are gone", async || !folder.exists()).await;
    assert!(object(stays.id, &others).exists());
    worker.stop(Duration::from_secs(5)).await;
}

/// Exports a dealer and takes the file in as a new one, as an operator does.
async fn copy_of(server: &Server, dealer: &TestDealer) -> DealerId {
    let (manifest, bytes) = export(&server.app, dealer.id).await;
    let staged = stage(&server.app, &bytes).await.unwrap();
    let new = NewDealer {
        name: "Copy".to_owned(),
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
    };
    let dealers = &server.app.core.dealers;
    let note = Note::new("test", None).ok().unwrap();
    let adoption = dealers.prepare_adoption(new, None).await.ok().unwrap();
    let adoption = adoption.noted(note, Origin::from(&manifest));
    dealers
        .adopt(staged, adoption)
        .await
        .ok()
        .unwrap()
        .dealer
        .id
}

/// A copy has contents of its own, which outlive those it was made of.
#[tokio::test]
async fn a_clone_has_the_files_too() {
    let server = server("files_life_clone").await;
    let dealer = server.dealer().await;
    let product = dealer.add_product("SAND").await;
    let content = png("cloned");
    let file = upload(&dealer, "a.png", &content).await;
    attach(&dealer.client, &json!(product.id), &file, false).await;
    let copy = copy_of(&server, &dealer).await;
    let worker = server.worker();
    until("the content is copied", async || {
        object(copy, &file).exists()
    })
    .await;
    worker.stop(Duration::from_secs(5)).await;
    std::fs::remove_file(object(dealer.id, &file)).unwrap();
    let grant = server.grant(dealer.owner, copy);
    let token = server.app.tokens.issue(&grant).unwrap().token;
    let token = secrecy::ExposeSecret::expose_secret(&token);
    let client = dealer.client.with_token(token);
    let query = "query($id: ID!) { product(id: $id) { attachments { file { url } } } }";
    let data = client.run(query, json!({ "id": product.id })).await;
    let url = &data["product"]["attachments"][0]["file"]["url"];
    let read = download(&server.anonymous(), url).await;
    assert_eq!(read.bytes().await.unwrap(), content);
}
