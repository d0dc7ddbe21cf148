//! What goes out comes in again, to the last byte.

use std::fmt::Write;

use serde_json::json;
use tubex::demo::data::DEALERS;
use tubex::tenancy::migrate::{MigrationSet, migrate_schema, revert_schema};
use tubex::tenancy::schema_name::SchemaName;
use tubex::tenancy::transfer::Manifest;

use super::{adopt, content, export, import_new, opened, quiet, stage, tables};
use crate::support::{PASSWORD, Server, TestDealer, owner};

/// Values that a careless writer or reader of CSV would change.
const ODD: &[&str] = &[
    "'x', NULL",
    "'', ''",
    "'NULL', 'null'",
    r"E'a\nb\r\nc\rd\te', E'\n'",
    r#"'"', '""'"#,
    r"'\.', '\N'",
    r"E'line\n\\.\nline', ','",
    "' leading', 'trailing '",
    "E'\\u1ED3\\u0301 vật liệu xây dựng 建材 🧱', 'ß'",
    "'=1+1', '-2'",
];

/// Rows of the greatest, smallest and strangest values that the columns take.
async fn add_odd_rows(dealer: &TestDealer) {
    let mut sql = format!("SET search_path TO {};", dealer.schema);
    for (number, texts) in ODD.iter().enumerate() {
        let _written = write!(
            sql,
            "INSERT INTO customers (id, code, name, tax_id, terms_days, credit_limit, version, created_at, updated_at)
             SELECT gen_random_uuid(), 'odd-{number}', name, tax_id, 365, 99999999999999.9999, 2147483647, at, later
             FROM (VALUES ({texts}, timestamptz '294276-12-31 23:59:59.999999+00', timestamptz '4713-01-01 00:00:00+00 BC'))
                  AS odd (name, tax_id, at, later);"
        );
    }
    sql += "INSERT INTO customers (id, code, name, tax_id, terms_days, credit_limit, archived_at, version, created_at, updated_at)
            VALUES (gen_random_uuid(), 'odd-times', 'x', NULL, 0, 0.0001, 'infinity', 1, '-infinity', '1970-01-01 00:00:00.000001+00');
        INSERT INTO product_units (product_id, unit_id, num, den, barcode)
            SELECT p.id, u.id, 9223372036854775807, 1, '' FROM products p, units u
            WHERE u.code = 'LF' AND NOT EXISTS (SELECT FROM product_units WHERE product_id = p.id AND unit_id = u.id)
            ORDER BY p.id LIMIT 1;
        UPDATE stock_levels SET on_hand = 99999999999999.999999, reserved = 0.000001
            WHERE ctid = (SELECT max(ctid) FROM stock_levels);";
    owner().await.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_dealer_comes_back_identical_table_by_table() {
    let server = Server::start().await;
    for demo in DEALERS {
        let dealer = server.dealer_like(demo).await;
        add_odd_rows(&dealer).await;
        let (manifest, bytes) = export(&server.app, dealer.id).await;
        let (_, schema) = import_new(&server.app, &bytes).await;
        let owner = owner().await;
        let (before, after) = (
            content(&owner, &dealer.schema).await,
            content(&owner, &schema).await,
        );
        assert_eq!(before, after);
        for entry in &manifest.tables {
            let rows = u64::try_from(before[&entry.name].len()).unwrap();
            assert_eq!(entry.rows, rows, "{}", entry.name);
        }
        assert!(manifest.rows() > 100, "{manifest:#?}");
    }
}

#[tokio::test]
async fn a_restored_dealer_exports_the_same_rows_again() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    add_odd_rows(&dealer).await;
    let (first, bytes) = export(&server.app, dealer.id).await;
    let (id, _) = import_new(&server.app, &bytes).await;
    let (second, _) = export(&server.app, id).await;
    // His log says that he came from elsewhere.
    let others = |manifest: &Manifest| {
        let tables = manifest.tables.iter();
        let others = tables.filter(|entry| !entry.name.starts_with("audit_log"));
        others.cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&first), others(&second));
    assert_ne!(first.dealer.id, second.dealer.id);
}

#[tokio::test]
async fn the_manifest_names_every_table_of_the_catalogue() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (manifest, _) = export(&server.app, dealer.id).await;
    let named: Vec<_> = manifest.tables.iter().map(|e| e.name.clone()).collect();
    assert_eq!(named, tables(&owner().await, &dealer.schema).await);
}

#[tokio::test]
async fn an_old_version_is_restored_and_brought_up_to_date() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let schema: SchemaName = dealer.schema.parse().unwrap();
    let core = &server.app.core;
    let old = schema.clone();
    let set = MigrationSet::tenant().unwrap();
    let steps = set.steps_after(Some("20261121000002"));
    core.owner
        .run(move |conn| revert_schema(conn, &old, steps))
        .await
        .unwrap();
    let (manifest, bytes) = export(&server.app, dealer.id).await;
    assert!(manifest.tables.iter().all(|entry| entry.name != "jobs"));
    let (_, restored) = import_new(&server.app, &bytes).await;
    core.owner
        .run(move |conn| migrate_schema(conn, &schema))
        .await
        .unwrap();
    let owner = owner().await;
    assert_eq!(
        content(&owner, &dealer.schema).await,
        content(&owner, &restored).await
    );
    let version =
        "SELECT count(DISTINCT schema_version) FROM platform.dealers WHERE schema_name = ANY($1)";
    let schemas = vec![dealer.schema, restored];
    let versions: i64 = owner.query_one(version, &[&schemas]).await.unwrap().get(0);
    assert_eq!(versions, 1);
}

#[tokio::test]
async fn a_clone_has_the_rows_of_the_moment_and_goes_its_own_way() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[1]).await;
    add_odd_rows(&dealer).await;
    let transfer = &server.app.core.transfer;
    let staged = transfer.clone_of(dealer.id, &quiet).await.unwrap();
    let (_, schema) = adopt(&server.app, staged).await;
    let owner = owner().await;
    let cloned = content(&owner, &schema).await;
    assert_eq!(content(&owner, &dealer.schema).await, cloned);
    dealer.add_product("only-here").await;
    assert_eq!(content(&owner, &schema).await, cloned);
}

#[tokio::test]
async fn an_owner_given_with_the_file_can_work_there() {
    use tubex::platform::dealers::adopt::NewOwner;
    use tubex::tenancy::provision::NewDealer;
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let dealers = &server.app.core.dealers;
    let new = NewDealer {
        name: "With an owner".to_owned(),
        currency: "VND".to_owned(),
        timezone: "Asia/Ho_Chi_Minh".to_owned(),
    };
    let email = format!("new-{}@test.example", uuid::Uuid::new_v4().simple());
    let owner = NewOwner {
        email: email.clone(),
        name: "New".to_owned(),
        password: PASSWORD.into(),
    };
    let adoption = dealers.prepare_adoption(new, Some(owner)).await.unwrap();
    let staged = stage(&server.app, &bytes).await.unwrap();
    dealers.adopt(staged, adoption).await.unwrap();
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let input = json!({ "email": email, "password": PASSWORD });
    let data = server
        .anonymous()
        .run(login, json!({ "input": input }))
        .await;
    let token = data["login"]["accessToken"].as_str().unwrap();
    let count = "{ products { totalCount } customers { totalCount } }";
    let theirs = server.anonymous().with_token(token).get(count).await;
    assert_eq!(theirs, dealer.client.get(count).await);
}

#[tokio::test]
async fn an_archive_checks_itself_without_a_database() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (manifest, bytes) = export(&server.app, dealer.id).await;
    let mut archive = opened(&bytes);
    assert_eq!(archive.manifest(), &manifest);
    archive.verify(&|| {}).unwrap();
}
