//! The same against a store that speaks S3. Needs one, so it runs when it is asked for:
//!
//! ```sh
//! moto_server -p 5555 &
//! TUBEX_S3_ENDPOINT=http://127.0.0.1:5555 cargo test --test it -- --ignored files::s3
//! ```
//!
//! Any other store will do in which the key `tubex` / `tubex-tubex` may make a bucket.

use chrono::TimeDelta;
use serde_json::json;
use tubex::config::ServerSettings;
use tubex::jobs::upkeep::Gone;

use super::{begin, bring, download, png, upload};
use crate::support::{Server, until};

const BUCKET: &str = "tubex-files";

fn endpoint() -> String {
    std::env::var("TUBEX_S3_ENDPOINT").expect("TUBEX_S3_ENDPOINT names the store")
}

fn in_bucket(settings: &mut ServerSettings) {
    settings.files.files_s3_bucket = Some(BUCKET.to_owned());
    settings.files.files_s3_endpoint = Some(endpoint());
    settings.files.files_s3_key_id = Some("tubex".to_owned());
    settings.files.files_s3_secret_key = Some("tubex-tubex".into());
}

async fn objects(dealer: &str) -> usize {
    let url = format!("{}/{BUCKET}?list-type=2&prefix={dealer}/", endpoint());
    let listed = reqwest::get(url).await.unwrap().text().await.unwrap();
    listed.matches("<Key>").count()
}

#[tokio::test]
#[ignore = "needs a store: TUBEX_S3_ENDPOINT"]
async fn content_comes_and_goes_by_a_bucket() {
    let made = reqwest::Client::new().put(format!("{}/{BUCKET}", endpoint()));
    made.send().await.unwrap();
    let server = Server::start_with(in_bucket).await;
    let dealer = server.dealer().await;
    let nobody = server.anonymous();
    // Below one part, one part and some, and three.
    for size in [100, 5 * 1024 * 1024 + 1, 11 * 1024 * 1024] {
        let mut content = png(&size.to_string());
        content.resize(size, 3);
        let file = upload(&dealer, "a.png", &content).await;
        let query = "query($id: ID!) { file(id: $id) { url size } }";
        let data = dealer.client.run(query, json!({ "id": file })).await;
        let read = download(&nobody, &data["file"]["url"]).await;
        assert_eq!(read.headers()["content-length"], size.to_string());
        assert!(read.bytes().await.unwrap() == content, "{size}");
        let path = super::path(&data["file"]["url"]);
        let part = nobody.request(reqwest::Method::GET, &path);
        let part = part.header("range", "bytes=90-99").send().await.unwrap();
        assert_eq!(part.bytes().await.unwrap(), content[90..100]);
    }
    let begun = begin(&dealer.client, "b.png", 9_000_000).await;
    let mut wrong = png("wrong");
    wrong.resize(8_000_000, 1);
    let answer = bring(&nobody, &begun["upload"]["url"], &wrong)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    let id = dealer.id.to_string();
    assert_eq!(objects(&id).await, 3);

    // A dealer's content goes with him.
    let (app, worker) = (&server.app, server.worker());
    let gone = Gone { dealer: dealer.id };
    let order = tubex::jobs::JobOrder::of::<tubex::files::sweep::ForgetFiles>(&gone).unwrap();
    let mut conn = app.core.control.checkout().await.unwrap();
    tubex::jobs::Queue::enqueue_for(&mut conn, None, &order)
        .await
        .unwrap();
    drop(conn);
    until("his objects are gone", async || objects(&id).await == 0).await;
    worker.stop(TimeDelta::seconds(5).to_std().unwrap()).await;
}
