//! Contractors at the portal see what is public, and by the database's own word.

use std::sync::Arc;

use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use tubex::auth::role::RoleCode;
use tubex::db::observe::StatementCount;
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::CustomerId;
use tubex::tenancy::Access;

use super::{attach, begin, png, upload};
use crate::support::{Server, owner};

const SHEETS: &str =
    "{ products(first: 200) { nodes { attachments { id caption file { id name } } } } }";

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

#[tokio::test]
async fn a_contractor_sees_public_attachments_only() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let data = dealer
        .client
        .get("{ customers(first: 1) { nodes { id } } products(first: 1) { nodes { id } } }")
        .await;
    let customer: CustomerId = data["customers"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let product = &data["products"]["nodes"][0]["id"];
    let secret = upload(&dealer, "costs.png", &png("costs")).await;
    let shown = upload(&dealer, "picture.png", &png("picture")).await;
    for (file, is_public) in [(&secret, false), (&shown, true)] {
        let added = attach(&dealer.client, product, file, is_public).await;
        assert_eq!(added["userErrors"], json!([]));
    }
    let contractor = server.contractor(&dealer, customer).await.client;
    let seen = contractor.get(SHEETS).await.to_string();
    assert!(seen.contains(&shown) && seen.contains("picture.png"));
    assert!(!seen.contains(&secret) && !seen.contains("costs.png"));
    let query = "query($id: ID!) { file(id: $id) { id } }";
    for file in [&secret, &shown] {
        let answer = contractor.send(query, json!({ "id": file })).await;
        assert_eq!(answer.code(), "FORBIDDEN");
    }
    // Whoever else has a customer, with whatever roles, finds none by its id either.
    let odd = server.client_as(&dealer, dealer.owner, &[RoleCode::OWNER], Some(customer));
    let answer = odd.send(query, json!({ "id": secret })).await;
    assert_eq!(
        answer.body["data"].get("file").unwrap_or(&Value::Null),
        &Value::Null
    );
    let refused = "mutation($input: FileUploadBeginInput!) { fileUploadBegin(input: $input) { userErrors { code } } }";
    let answer = contractor
        .send(refused, json!({ "input": { "name": "a.png", "size": 9 } }))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert_eq!(
        begin(&dealer.client, "a.png", 9).await["userErrors"],
        json!([])
    );
}

/// The same by SQL: also for records of customers, of which there are none yet.
#[tokio::test]
async fn the_policy_shows_a_customer_his_own_and_what_is_public() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    let data = dealer
        .client
        .get("{ customers(first: 2) { nodes { id } } }")
        .await;
    let uuid = |at: usize| {
        let id = data["customers"]["nodes"][at]["id"].as_str().unwrap();
        id.parse::<CustomerId>().unwrap()
    };
    let (mine, other) = (uuid(0), uuid(1));
    let file = upload(&dealer, "a.png", &png("policy"))
        .await
        .replace("fil_", "");
    let rows = [
        (None, true),
        (None, false),
        (Some(mine), false),
        (Some(mine), true),
        (Some(other), false),
        (Some(other), true),
    ];
    for (customer, is_public) in rows {
        let customer = customer.map_or("NULL".to_owned(), |id| format!("'{}'", id.uuid()));
        let sql = format!(
            "INSERT INTO {}.attachments VALUES (gen_random_uuid(), 'ord', gen_random_uuid(),
             '{file}', {customer}, {is_public}, NULL, now())",
            dealer.schema
        );
        owner().await.batch_execute(&sql).await.unwrap();
    }
    let client = server.client_as(&dealer, dealer.owner, &[RoleCode::CUSTOMER], Some(mine));
    let principal = server.app.tokens.verify(client.token().unwrap());
    let principal = principal.unwrap_or_else(|_| panic!("a token of our own"));
    let context = Arc::new(server.app.directory.admit(principal).await.unwrap());
    let staff = Arc::new(
        server
            .app
            .directory
            .admit_system(dealer.id, "test")
            .await
            .unwrap(),
    );
    for (context, wanted) in [(context, 3), (staff, 6)] {
        let none = StatementCount::default();
        let mut tx = server
            .app
            .tenants
            .begin(context, Access::Read, &none)
            .await
            .unwrap();
        let query =
            diesel::sql_query("SELECT count(*) AS count FROM attachments WHERE entity = 'ord'");
        let row: Count = query.get_result(&mut tx).await.unwrap();
        assert_eq!(row.count, wanted);
    }
}
