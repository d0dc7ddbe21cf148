//! Returns at the portal: a contractor's own.

use serde_json::json;

use super::{Counter, document, step};

#[tokio::test]
async fn a_contractor_sees_his_own_returns_and_changes_none() {
    let counter = Counter::open().await;
    let him = counter.contractor().await;
    let order = counter.ten().await;
    let found = counter.requested(&order, "4").await;
    let strangers = super::bring_back(&counter.yard.dealer).await;
    let list = "{ returns { totalCount nodes { id state allowedActions reason lines { quantity { value } } order { id } } } }";
    let data = him.get(list).await;
    assert_eq!(data["returns"]["totalCount"], 1);
    assert_eq!(data["returns"]["nodes"][0]["id"], found["id"]);
    assert_eq!(data["returns"]["nodes"][0]["allowedActions"], json!([]));
    let query = "query($id: ID!) { return(id: $id) { id } node(id: $id) { id } }";
    let data = him.run(query, json!({ "id": strangers["return"] })).await;
    assert_eq!(data, json!({ "return": null, "node": null }));
    let answer = him
        .send(
            &document("returnRequest"),
            json!({ "input": counter.input(&order, "1") }),
        )
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let answer = him
        .send(&document("returnApprove"), json!({ "input": step(&found) }))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
}
