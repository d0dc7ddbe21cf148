//! Whole dealers over HTTP, and clones.

use std::io::Cursor;

use reqwest::Method;
use serde_json::{Value, json};
use tubex::demo::data::DEALERS;
use tubex::tenancy::transfer::Archive;

use super::{foreign_token, shared, with_operators};
use crate::support::{Answer, Client, Server, TestDealer, owner, until};
use crate::transfer::{content, export, set_status};

async fn download(client: &Client, path: &str) -> reqwest::Response {
    client.request(Method::GET, path).send().await.unwrap()
}

fn path_of(dealer: &TestDealer) -> String {
    format!("/dealers/{}/export", dealer.id)
}

async fn upload(client: &Client, query: &str, file: &[u8]) -> Answer {
    let request = client.request(Method::POST, &format!("/dealers/import?{query}"));
    Answer::of(request.body(file.to_vec()).send().await.unwrap()).await
}

/// What was done to a dealer: action, actor, reason and detail, the latest first.
async fn actions(alice: &Client, id: &str) -> Value {
    let query = "query($id: ID!) { dealer(id: $id) { actions { action actor reason detail } } }";
    let data = alice.run(query, json!({ "id": id })).await;
    data["dealer"]["actions"].clone()
}

fn address() -> String {
    format!("file-{}@test.example", uuid::Uuid::new_v4().simple())
}

/// The products that an owner with this password finds in his shop.
async fn products_of(server: &Server, email: &str, password: &str) -> Value {
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "input": { "email": email, "password": password } });
    let data = server.anonymous().run(login, input).await;
    let token = data["login"]["accessToken"].as_str().unwrap();
    let shop = server.anonymous().with_token(token);
    shop.get("{ products { totalCount } }").await
}

const CLONE: &str = "mutation($input: DealerCloneInput!) { dealerClone(input: $input) {
    dealer { id schema name status currency owners { email } } ownerPassword
    userErrors { code path } } }";

#[tokio::test]
async fn a_clone_has_the_rows_and_an_owner_of_its_own() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer_like(&DEALERS[0]).await);
    let (id, email) = (dealer.id.to_string(), address());
    let input = json!({ "dealerId": id, "name": "Copy", "ownerEmail": email, "reason": "case 9" });
    let data = alice.run(CLONE, json!({ "input": input })).await;
    let cloned = &data["dealerClone"];
    assert_eq!(cloned["userErrors"], json!([]));
    let copy = &cloned["dealer"];
    assert_eq!(
        (&copy["name"], &copy["status"]),
        (&json!("Copy"), &json!("ACTIVE"))
    );
    assert_eq!(copy["owners"], json!([{ "email": email }]));
    let owner = owner().await;
    let schema = copy["schema"].as_str().unwrap();
    let rows = content(&owner, &dealer.schema).await;
    assert!(!rows["products"].is_empty());
    assert_eq!(content(&owner, schema).await, rows);
    let password = cloned["ownerPassword"].as_str().unwrap();
    let theirs = dealer.client.get("{ products { totalCount } }").await;
    assert_eq!(products_of(&server, &email, password).await, theirs);
    let copy = copy["id"].as_str().unwrap();
    for (dealer, detail) in [(&*id, format!("to {copy}")), (copy, format!("from {id}"))] {
        let noted = json!([{ "action": "CLONE", "actor": "operator:alice",
            "reason": "case 9", "detail": detail }]);
        assert_eq!(actions(&alice, dealer).await, noted);
    }
}

#[tokio::test]
async fn a_clone_of_nobody_or_for_nobody_is_refused() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let nobody = tubex::kernel::ids::DealerId::generate().to_string();
    let id = dealer.id.to_string();
    for (input, code, field) in [
        (
            json!({ "dealerId": nobody, "name": "Copy" }),
            "NOT_FOUND",
            "dealerId",
        ),
        (
            json!({ "dealerId": id, "name": " " }),
            "BAD_USER_INPUT",
            "name",
        ),
        (
            json!({ "dealerId": id, "name": "Copy", "ownerEmail": "x" }),
            "BAD_USER_INPUT",
            "ownerEmail",
        ),
        (
            json!({ "dealerId": id, "name": "Copy", "reason": "x".repeat(501) }),
            "BAD_USER_INPUT",
            "reason",
        ),
    ] {
        let data = alice.run(CLONE, json!({ "input": input })).await;
        let error = json!([{ "code": code, "path": ["input", field] }]);
        assert_eq!(data["dealerClone"]["userErrors"], error);
        assert!(data["dealerClone"]["dealer"].is_null());
    }
    assert_eq!(actions(&alice, &id).await, json!([]));
}

#[tokio::test]
async fn an_export_is_the_archive_of_the_command_line() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer_like(&DEALERS[0]).await);
    let id = dealer.id.to_string();
    let query = "query($id: ID!) { dealer(id: $id) { exportPath } }";
    let data = alice.run(query, json!({ "id": id })).await;
    let path = data["dealer"]["exportPath"].as_str().unwrap();
    let sent = download(&alice, &format!("{path}?reason=case+9")).await;
    assert_eq!(sent.status(), 200);
    assert_eq!(sent.headers()["content-type"], "application/zip");
    let disposition = format!("attachment; filename=\"{id}.zip\"");
    assert_eq!(sent.headers()["content-disposition"], disposition.as_str());
    let bytes = sent.bytes().await.unwrap().to_vec();
    let mut archive = Archive::open(Cursor::new(bytes)).unwrap();
    archive.verify(&|| {}).unwrap();
    let (manifest, _) = export(&server.app, dealer.id).await;
    assert!(manifest.rows() > 100);
    assert_eq!(archive.manifest().tables, manifest.tables);
    assert_eq!(archive.manifest().dealer, manifest.dealer);
    let noted = json!([{ "action": "EXPORT", "actor": "operator:alice",
        "reason": "case 9", "detail": null }]);
    assert_eq!(actions(&alice, &id).await, noted);
}

#[tokio::test]
async fn files_are_for_operators_only() {
    let server = shared().await;
    let dealer = server.dealer().await;
    let stranger = foreign_token(&server);
    for token in [None, dealer.client.token(), Some("x"), Some(&*stranger)] {
        let client = server.operator_with(token);
        let refused = Answer::of(download(&client, &path_of(&dealer)).await).await;
        assert_eq!((refused.status, refused.code()), (401, "UNAUTHENTICATED"));
        let refused = upload(&client, "as=new", b"x").await;
        assert_eq!((refused.status, refused.code()), (401, "UNAUTHENTICATED"));
    }
    // The shops have no such path, whoever asks.
    let shops = Client::new(&server.url, Some(server.operator_token()));
    assert_eq!(download(&shops, &path_of(&dealer)).await.status(), 404);
    assert_eq!(
        actions(&server.operator(), &dealer.id.to_string()).await,
        json!([])
    );
}

#[tokio::test]
async fn an_export_that_can_not_be_is_refused_with_a_status() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let nobody = tubex::kernel::ids::DealerId::generate();
    for (path, status, code) in [
        (format!("/dealers/{nobody}/export"), 404, "NOT_FOUND"),
        (format!("{}?x=1", path_of(&dealer)), 400, "BAD_USER_INPUT"),
    ] {
        let refused = Answer::of(download(&alice, &path).await).await;
        assert_eq!((refused.status, refused.code()), (status, code));
    }
    set_status(&server.app, &owner().await, dealer.id, "DROPPED").await;
    let refused = Answer::of(download(&alice, &path_of(&dealer)).await).await;
    assert_eq!((refused.status, refused.code()), (409, "DEALER_NOT_ACTIVE"));
    assert_eq!(actions(&alice, &dealer.id.to_string()).await, json!([]));
}

#[tokio::test]
async fn a_file_becomes_a_new_dealer() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer_like(&DEALERS[0]).await);
    let sent = download(&alice, &path_of(&dealer)).await;
    let file = sent.bytes().await.unwrap();
    let email = address();
    let query = format!("as=new&name=Vi%E1%BB%87t+copy&ownerEmail={email}");
    let answer = upload(&alice, &query, &file).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let owner = owner().await;
    let schema = answer.body["dealer"]["schema"].as_str().unwrap();
    let rows = content(&owner, &dealer.schema).await;
    assert_eq!(content(&owner, schema).await, rows);
    let count: usize = rows.values().map(Vec::len).sum();
    assert_eq!(answer.body["rows"], count);
    let password = answer.body["ownerPassword"].as_str().unwrap();
    let theirs = dealer.client.get("{ products { totalCount } }").await;
    assert_eq!(products_of(&server, &email, password).await, theirs);
    let id = answer.body["dealer"]["id"].as_str().unwrap();
    let data = alice
        .run(
            "query($id: ID!) { dealer(id: $id) { name } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(data["dealer"]["name"], "Việt copy");
    let noted = &actions(&alice, id).await[0];
    assert_eq!(
        (&noted["action"], &noted["actor"]),
        (&json!("IMPORT"), &json!("operator:alice"))
    );
    let from = noted["detail"].as_str().unwrap();
    assert!(from.starts_with(&dealer.id.to_string()), "{from}");
}

#[tokio::test]
async fn a_file_takes_the_place_of_a_suspended_dealers_rows() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer_like(&DEALERS[0]).await);
    let sent = download(&alice, &path_of(&dealer)).await;
    let file = sent.bytes().await.unwrap();
    let owner = owner().await;
    let before = content(&owner, &dealer.schema).await;
    dealer.add_product("too-late").await;
    let into = format!("into={}", dealer.id);
    let refused = upload(&alice, &into, &file).await;
    assert_eq!((refused.status, refused.code()), (409, "NOT_ALLOWED"));
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let answer = upload(&alice, &into, &file).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    assert_eq!(answer.body["replaced"]["schema"], dealer.schema);
    let schema = answer.body["dealer"]["schema"].as_str().unwrap();
    assert_eq!(content(&owner, schema).await, before);
    let noted = actions(&alice, &dealer.id.to_string()).await;
    assert_eq!(noted[0]["action"], "IMPORT");
    assert_eq!(noted[1]["action"], "EXPORT");
    assert_eq!(noted.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_of_another_dealer_is_taken_in_only_if_that_is_said() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let (_, file) = export(&server.app, server.dealer().await.id).await;
    set_status(&server.app, &owner().await, dealer.id, "SUSPENDED").await;
    let into = format!("into={}", dealer.id);
    let refused = upload(&alice, &into, &file).await;
    assert_eq!((refused.status, refused.code()), (409, "NOT_ALLOWED"));
    let new = upload(&alice, "as=new&fromAnotherDealer=true", &file).await;
    assert_eq!((new.status, new.code()), (400, "BAD_USER_INPUT"));
    let said = format!("{into}&fromAnotherDealer=true");
    let taken = upload(&alice, &said, &file).await;
    assert_eq!(taken.status, 200, "{:#}", taken.body);
}

#[tokio::test]
async fn what_is_no_file_or_has_no_place_is_refused() {
    let server = Server::start_with(|settings| {
        with_operators(settings);
        settings.max_import_mib = 1;
    })
    .await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    let (_, file) = export(&server.app, dealer.id).await;
    let both = format!("as=new&into={}", dealer.id);
    let named = format!("into={}&name=x", dealer.id);
    let cut = &file[..file.len() - 1];
    let long = vec![0; (1 << 20) + 1];
    for (query, file, status, code) in [
        ("", &file[..], 400, "BAD_USER_INPUT"),
        ("as=old", &file[..], 400, "BAD_USER_INPUT"),
        (&*both, &file[..], 400, "BAD_USER_INPUT"),
        (&*named, &file[..], 400, "BAD_USER_INPUT"),
        ("as=new&ownerEmail=x", &file[..], 400, "BAD_USER_INPUT"),
        ("into=nobody", &file[..], 404, "NOT_FOUND"),
        ("as=new", b"", 400, "BAD_USER_INPUT"),
        ("as=new", cut, 400, "BAD_USER_INPUT"),
        ("as=new", &long[..], 413, "LIMIT_EXCEEDED"),
    ] {
        let refused = upload(&alice, query, file).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{query}");
    }
}

/// More rows than fit on the way to a client who does not read; the audit log, which is
/// read before them, has none of them.
async fn fill(dealer: &TestDealer) {
    let schema = &dealer.schema;
    let fill = format!(
        "ALTER TABLE {schema}.customers DISABLE TRIGGER audit;
         INSERT INTO {schema}.customers (id, code, name, tax_id, terms_days, credit_limit, version, created_at, updated_at)
         SELECT gen_random_uuid(), n::text, md5(n::text) || md5((-n)::text), NULL, 0, 0, 1, now(), now()
         FROM generate_series(1, 250000) n;
         ALTER TABLE {schema}.customers ENABLE TRIGGER audit"
    );
    owner().await.batch_execute(&fill).await.unwrap();
}

/// Ends the reading transactions of a dealer's exports; says how many there were.
async fn cut(dealer: &TestDealer) -> usize {
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND query LIKE 'COPY %' AND query LIKE '%customers%'
        AND state = 'active' AND backend_type = 'client backend' AND pid IN (SELECT l.pid FROM pg_locks l
            WHERE l.relation = ($1 || '.customers')::regclass)";
    let cut = owner().await.query(cut, &[&dealer.schema]).await.unwrap();
    cut.len()
}

#[tokio::test]
async fn an_export_that_is_cut_midway_does_not_end_well() {
    let server = shared().await;
    let (alice, dealer) = (server.operator(), server.dealer().await);
    fill(&dealer).await;
    let mut sent = download(&alice, &path_of(&dealer)).await;
    assert_eq!(sent.status(), 200);
    assert!(sent.chunk().await.unwrap().is_some());
    assert_eq!(cut(&dealer).await, 1);
    assert!(sent.bytes().await.is_err());
    // Those who go away give their turns back, and close what they read from.
    for _ in 0..6 {
        until("there is a turn", async || {
            let mut left = download(&alice, &path_of(&dealer)).await;
            left.status() == 200 && left.chunk().await.unwrap().is_some()
        })
        .await;
    }
    until("nobody reads any more", async || cut(&dealer).await == 0).await;
}
