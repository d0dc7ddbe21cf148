//! Who a contact is at the portal, and what he may.

use serde_json::{Value, json};

use tubex::auth::role::RoleCode;

use super::{Portal, done, known, line, number, person, placing, refused};
use crate::orders::customer;

#[tokio::test]
async fn a_contact_is_one_member_with_one_limit() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let twice = known(counter, &portal.foreman, json!({ "name": "Again" })).await;
    assert_eq!(
        refused(&twice),
        ("ALREADY_EXISTS", "input.userId".to_owned())
    );
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let id = counter.customer.parse().unwrap();
    let new = server.contractor(dealer, id).await;
    let wrong = json!({ "name": "New", "orderLimit": "-1" });
    let wrong = known(counter, &new, wrong).await;
    assert_eq!(
        refused(&wrong),
        ("BAD_USER_INPUT", "input.orderLimit".to_owned())
    );
    let made = known(counter, &new, json!({ "name": "New", "orderLimit": "1.5" })).await;
    let contact = &made["contact"];
    assert_eq!(number(contact, "/orderLimit/amount"), "1.5");
    assert_eq!(contact["approvesOrders"], false);
    let update = "mutation($input: ContactUpdateInput!) { contactUpdate(input: $input) {
        contact { userId orderLimit { amount } approvesOrders } userErrors { code path } } }";
    let input = json!({ "id": contact["id"], "expectedVersion": 1, "orderLimit": null,
        "approvesOrders": true });
    let data = counter
        .client()
        .run(update, json!({ "input": input }))
        .await;
    let changed = &data["contactUpdate"]["contact"];
    assert_eq!(
        (&changed["orderLimit"], &changed["approvesOrders"]),
        (&Value::Null, &json!(true))
    );
    assert_eq!(changed["userId"], json!(new.user.to_string()));
    let input = json!({ "id": contact["id"], "expectedVersion": 2,
        "userId": portal.owner.user.to_string() });
    let data = counter
        .client()
        .run(update, json!({ "input": input }))
        .await;
    assert_eq!(
        refused(&data["contactUpdate"]),
        ("ALREADY_EXISTS", "input.userId".to_owned())
    );
}

/// A limit ends when somebody ends it, and not on the way.
#[tokio::test]
async fn a_limit_does_not_go_with_the_contact() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let query =
        "query($id: ID) { customer(id: $id) { contacts { id version orderLimit { amount } } } }";
    let id = json!({ "id": counter.customer });
    let data = counter.client().run(query, id).await;
    let contacts = data["customer"]["contacts"].as_array().unwrap();
    let limited = contacts.iter().find(|row| !row["orderLimit"].is_null());
    let (limited, client) = (limited.unwrap(), counter.client());
    let update = "mutation($input: ContactUpdateInput!) { contactUpdate(input: $input) { userErrors { code path } } }";
    let remove = "mutation($input: ContactRemoveInput!) { contactRemove(input: $input) { userErrors { code path } } }";
    let parted =
        json!({ "id": limited["id"], "expectedVersion": limited["version"], "userId": null });
    let data = client.run(update, json!({ "input": parted })).await;
    let told = refused(&data["contactUpdate"]);
    assert_eq!(told, ("NOT_ALLOWED", "input.userId".to_owned()));
    let gone = json!({ "input": { "id": limited["id"] } });
    let data = client.run(remove, gone.clone()).await;
    let told = refused(&data["contactRemove"]);
    assert_eq!(told, ("NOT_ALLOWED", "input.id".to_owned()));
    let mut both = parted;
    both["orderLimit"] = Value::Null;
    let data = client.run(update, json!({ "input": both })).await;
    assert_eq!(data["contactUpdate"]["userErrors"], json!([]));
    let data = client.run(remove, gone).await;
    assert_eq!(data["contactRemove"]["userErrors"], json!([]));
}

/// An answer that was kept is that of the customer for whom it was made.
#[tokio::test]
async fn who_stands_for_another_customer_is_told_nothing_of_the_first() {
    let portal = Portal::open().await;
    let (counter, user) = (&portal.counter, portal.foreman.user);
    let (server, dealer) = (&counter.yard.server, &counter.yard.dealer);
    let stranger = customer(counter.client(), "ZZ-OTHER", "1000").await;
    let at = |customer: &str| {
        let (role, customer) = (RoleCode::CUSTOMER, customer.parse());
        server.client_as(dealer, user, &[role], Some(customer.unwrap()))
    };
    let input = placing(&json!([line(&portal.cement, "5")]));
    let first = done(&at(&counter.customer), "orderPlace", input.clone()).await;
    let again = done(&at(&counter.customer), "orderPlace", input.clone()).await;
    assert_eq!(again["id"], first["id"]);
    let moved = done(&at(&stranger), "orderPlace", input).await;
    assert_ne!(moved["id"], first["id"]);
}

/// They see what they may, and do not change it; a contact of another customer is worth nothing.
#[tokio::test]
async fn nobody_sets_his_own_limit() {
    let portal = Portal::open().await;
    let counter = &portal.counter;
    let query = "{ customers { nodes { contacts { id version userId orderLimit { amount } } } } }";
    let data = portal.foreman.client.get(query).await;
    let contacts = data["customers"]["nodes"][0]["contacts"]
        .as_array()
        .unwrap();
    assert_eq!(contacts.len(), 2);
    let update =
        "mutation($input: ContactUpdateInput!) { contactUpdate(input: $input) { contact { id } } }";
    let input = json!({ "id": contacts[0]["id"], "expectedVersion": 1, "orderLimit": null });
    let answer = portal
        .foreman
        .client
        .send(update, json!({ "input": input }))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    let stranger = customer(counter.client(), "ZZ-OTHER", "1000").await;
    let mate = person(counter, json!({ "name": "Mate", "orderLimit": "1" })).await;
    let add = "mutation($input: ContactAddInput!) { contactAdd(input: $input) { userErrors { code path } } }";
    let input = json!({ "customerId": stranger, "name": "Mate", "approvesOrders": true,
        "userId": mate.user.to_string() });
    let data = counter.client().run(add, json!({ "input": input })).await;
    assert_eq!(data["contactAdd"]["userErrors"], json!([]));
    let order = portal.placed("20").await;
    let payload = super::mutate(&mate.client, "orderApprove", super::step(&order)).await;
    assert_eq!(refused(&payload).0, "NOT_ALLOWED");
}

/// What it costs to see what may be done hangs on the kind of thing, and not on how many.
#[tokio::test]
async fn a_page_of_orders_costs_as_many_statements_as_one() {
    let portal = Portal::open().await;
    let list = "{ orders(first: 50) { nodes { id allowedActions placement { approval } } } }";
    let mut costs = Vec::new();
    for bags in ["5", "20", "30"] {
        portal.placed(bags).await;
        let answer = portal.owner.client.send(list, json!({})).await;
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
        costs.push(answer.statements());
    }
    // Orders, and the contacts of the one customer.
    assert_eq!(costs, [2, 2, 2]);
}
