//! productSearch: ranked, without accents, with slips, bounded, page by page.

use serde_json::{Value, json};
use tubex::tenancy::schema_name::SchemaName;

use super::{mutate, shop};
use crate::support::{Client, Server, TestDealer, owner};

const SEARCH: &str = "query($query: String!, $first: Int, $after: String) {
    productSearch(query: $query, first: $first, after: $after) {
        nodes { foundBy product { sku } } edges { cursor }
        pageInfo { hasNextPage hasPreviousPage endCursor } } }";

/// SKUs and how they were found.
async fn found(client: &Client, text: &str) -> Vec<(String, String)> {
    let data = client.run(SEARCH, json!({ "query": text })).await;
    pairs(&data["productSearch"])
}

fn pairs(page: &Value) -> Vec<(String, String)> {
    let nodes = page["nodes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    nodes
        .iter()
        .map(|node| (text(&node["product"]["sku"]), text(&node["foundBy"])))
        .collect()
}

async fn skus(client: &Client, text: &str) -> Vec<String> {
    let found = found(client, text).await;
    found.into_iter().map(|(sku, _)| sku).collect()
}

async fn add(dealer: &TestDealer, sku: &str, name: &str) -> String {
    let mut input = dealer.product_input(sku).await;
    input["name"] = json!(name);
    let made = mutate(&dealer.client, "productCreate", "product { id }", input).await;
    made["product"]["id"].as_str().unwrap().to_owned()
}

async fn vietnamese() -> (Server, TestDealer) {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    for (sku, name) in [
        ("XM-PCB40", "Xi măng Hà Tiên PCB40 bao 50 kg"),
        ("GO-DT-30", "Gạch ốp Đồng Tâm 30×60"),
        ("GL-DT-60", "Gạch lát Đồng Tâm 60×60"),
        ("TH-D16", "Thép Pomina Ø16 SD390"),
        ("ON-90", "Ống nhựa Bình Minh D90"),
        ("40", "Keo dán"),
    ] {
        add(&dealer, sku, name).await;
    }
    (server, dealer)
}

#[tokio::test]
async fn the_nearest_come_first() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let client = &dealer.client;
    let named = add(&dealer, "Z-1", "Cover for CEM 40").await;
    add(&dealer, "CEM-40", "Bag, grey").await;
    add(&dealer, "CEM-40-X", "Bag, white").await;
    add(&dealer, "Y-2", "CEM 40 in sacks").await;
    add(&dealer, "Y-3", "Bag with CEN 40").await;
    let input = json!({ "productId": named, "barcode": "CEM 40" });
    mutate(client, "barcodeAdd", "product { id }", input).await;
    let expected = [
        ("Z-1", "BARCODE"),
        ("CEM-40", "SKU"),
        ("CEM-40-X", "SKU_BEGINS"),
        ("Y-2", "WORDS"),
        ("Y-3", "SIMILAR"),
    ];
    let told = found(client, "CEM 40").await;
    let told: Vec<_> = told
        .iter()
        .map(|(sku, by)| (sku.as_str(), by.as_str()))
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn accents_case_signs_and_slips_make_no_difference() {
    let (_server, dealer) = vietnamese().await;
    let client = &dealer.client;
    for (text, sku) in [
        ("xi măng", "XM-PCB40"),
        ("XI MANG HA TIEN", "XM-PCB40"),
        ("xi ma\u{306}ng", "XM-PCB40"),
        ("hà tiên xi", "XM-PCB40"),
        ("pcb40", "XM-PCB40"),
        ("dong tam 30x60", "GO-DT-30"),
        ("ong nhua binh", "ON-90"),
        ("gach lat", "GL-DT-60"),
        ("gl dt", "GL-DT-60"),
        ("th.d16", "TH-D16"),
        // Slips: a letter wrong, too few, too many, in the wrong place.
        ("xi mamg", "XM-PCB40"),
        ("pomna", "TH-D16"),
        ("pominaa", "TH-D16"),
        ("gahc lat", "GL-DT-60"),
        ("nhưa binh mihn", "ON-90"),
        ("sd390 pomima", "TH-D16"),
    ] {
        let found = skus(client, text).await;
        assert_eq!(
            found.first().map(String::as_str),
            Some(sku),
            "{text}: {found:?}"
        );
    }
    assert_eq!(skus(client, "gach dong tam").await.len(), 2);
    assert_eq!(skus(client, "thep 16").await, ["TH-D16"]);
    for nothing in [
        "",
        "  ",
        "-/%",
        "zzzz",
        "xi mang 99",
        "'; DROP TABLE products; --",
        "a & b | !c",
        "\\",
    ] {
        assert_eq!(skus(client, nothing).await, [""; 0], "{nothing}");
    }
}

#[tokio::test]
async fn what_is_archived_or_another_dealers_is_not_found() {
    let (server, dealer) = vietnamese().await;
    let other = server.dealer().await;
    for text in ["XM-PCB40", "xi mang", "xi mamg"] {
        assert_eq!(skus(&other.client, text).await, [""; 0], "{text}");
        assert_eq!(skus(&dealer.client, text).await, ["XM-PCB40"], "{text}");
    }
    let find = "{ product(sku: \"XM-PCB40\") { id } }";
    let id = dealer.client.get(find).await["product"]["id"].clone();
    let archive = json!({ "id": id, "expectedVersion": 1 });
    mutate(&dealer.client, "productArchive", "product { id }", archive).await;
    for text in ["XM-PCB40", "xi mang", "xi mamg"] {
        assert_eq!(skus(&dealer.client, text).await, [""; 0], "{text}");
    }
}

#[tokio::test]
async fn another_name_is_found_at_once_and_the_old_one_no_more() {
    let (_server, dealer) = vietnamese().await;
    let find = "{ product(sku: \"ON-90\") { id } }";
    let id = dealer.client.get(find).await["product"]["id"].clone();
    let update = json!({ "id": id, "expectedVersion": 1, "name": "Ống thoát nước" });
    mutate(&dealer.client, "productUpdate", "product { id }", update).await;
    assert_eq!(skus(&dealer.client, "thoat nuoc").await, ["ON-90"]);
    assert_eq!(skus(&dealer.client, "thaot nuoc").await, ["ON-90"]);
    assert_eq!(skus(&dealer.client, "binh minh").await, [""; 0]);
}

#[tokio::test]
async fn pages_follow_each_other_in_one_statement_each() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let all = skus(client, "kg").await;
    assert!(all.len() > 3, "{all:?}");
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let keys = json!({ "query": "kg", "first": 2, "after": after });
        let answer = client.send(SEARCH, keys).await;
        assert_eq!(answer.statements(), 1);
        let page = &answer.body["data"]["productSearch"];
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        paged.extend(pairs(page).into_iter().map(|(sku, _)| sku));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(paged, all);
    let foreign = json!({ "query": "cement", "after": after });
    assert_eq!(client.send(SEARCH, foreign).await.code(), "BAD_USER_INPUT");
    let count =
        "{ productSearch(query: \"kg\", first: 1) { totalCount nodes { product { sku } } } }";
    let answer = client.send(count, json!({})).await;
    assert_eq!(
        answer.body["data"]["productSearch"]["totalCount"],
        all.len()
    );
    assert_eq!(answer.statements(), 2);
    for wrong in [
        json!({ "query": "x".repeat(201) }),
        json!({ "query": "a\u{7}" }),
    ] {
        assert_eq!(client.send(SEARCH, wrong).await.code(), "BAD_USER_INPUT");
    }
}

/// Words that are in no product any more go on a visit; those that are in one stay.
#[tokio::test]
async fn words_that_no_product_has_any_more_are_forgotten() {
    let (server, dealer) = vietnamese().await;
    let find = "{ product(sku: \"ON-90\") { id } }";
    let id = dealer.client.get(find).await["product"]["id"].clone();
    let update = json!({ "id": id, "expectedVersion": 1, "name": "Ống thoát nước D90" });
    mutate(&dealer.client, "productUpdate", "product { id }", update).await;
    let known = format!(
        "SELECT word FROM {}.search_words ORDER BY word",
        dealer.schema
    );
    let words = async || -> Vec<String> {
        let rows = owner().await.query(&known, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let before = words().await;
    assert!(before.contains(&"minh".to_owned()));
    let pruner = server.app.event_pruner();
    let schema: SchemaName = dealer.schema.parse().unwrap();
    let tidy = move |conn: &mut tubex::db::owner::OwnerConn| pruner.tidy(conn, &schema);
    let gone = server.app.core.owner.run(tidy).await.unwrap();
    let after = words().await;
    assert_eq!(gone, before.len() - after.len());
    for (word, stays) in [
        ("minh", false),
        ("nhua", false),
        ("ong", true),
        ("thoat", true),
        ("xi", false),
    ] {
        assert_eq!(after.contains(&word.to_owned()), stays, "{word}");
    }
    assert_eq!(skus(&dealer.client, "thaot nuoc").await, ["ON-90"]);
    assert_eq!(skus(&dealer.client, "xi mamg").await, ["XM-PCB40"]);
}

/// Rows that other ways than the program's put there are found, too: the indexes fold them.
#[tokio::test]
async fn the_database_folds_as_the_program_does() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let texts = [
        "Gạch ỐNG Đồng-Tâm (30×60) m² Ø16 „½“ ÄÖÜß ñ ç å",
        "ĂÂĐÊÔƠƯ ăâđêôơư ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        "a\\b'c\"d`e~f|g{h}i^j_k",
        "ЦЕМЕНТ セメント",
    ];
    for (number, name) in texts.iter().enumerate() {
        add(&dealer, &format!("F-{number}"), name).await;
    }
    let definition = "SELECT pg_get_indexdef('products_words'::regclass)";
    let owner = owner().await;
    let path = format!("SET search_path TO {}, public", dealer.schema);
    owner.batch_execute(&path).await.unwrap();
    let text: String = owner.query_one(definition, &[]).await.unwrap().get(0);
    let from = text.find("array_to_tsvector").unwrap();
    let to = text.rfind(") WITH").unwrap();
    let read = format!(
        "SELECT sku || ' ' || name, array(SELECT lexeme FROM unnest({}))::text[] FROM products ORDER BY sku",
        &text[from..to]
    );
    let rows = owner.query(&read, &[]).await.unwrap();
    assert_eq!(rows.len(), texts.len());
    for row in rows {
        let (text, stored): (String, Vec<String>) = (row.get(0), row.get(1));
        let folded = tubex::kernel::words::fold(&text);
        let mut words: Vec<_> = tubex::kernel::words::words(&folded)
            .map(str::to_owned)
            .collect();
        words.sort_unstable();
        words.dedup();
        let mut stored = stored;
        stored.sort_unstable();
        assert_eq!(stored, words);
    }
}

/// With many products, no part of a search reads a table from end to end.
#[tokio::test]
async fn a_search_is_served_by_indexes() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let owner = owner().await;
    let fill = format!(
        "SET search_path TO {}, public; SET tubex.actor = 'test';
         INSERT INTO products (id, sku, name, kind, base_unit_id, list_price, version, created_at, updated_at)
         SELECT gen_random_uuid(), 'SKU-' || n, 'Goods ' || md5(n::text) || ' xi măng', 'STOCK',
                (SELECT id FROM units LIMIT 1), 1, 1, now(), now() FROM generate_series(1, 5000) n;
         INSERT INTO suppliers (id, code, name, terms_days, lead_days, tolerance, version, created_at, updated_at)
         VALUES (gen_random_uuid(), 'MILL', 'The Mill', 0, 0, 0, 1, now(), now());
         INSERT INTO supplier_items (id, supplier_id, product_id, sku, sku_lowered, unit_id, min_quantity, is_preferred,
                                     version, created_at, updated_at)
         SELECT gen_random_uuid(), s.id, p.id, 'M-' || p.sku, lower('M-' || p.sku), p.base_unit_id, 0, false, 1, now(), now()
         FROM products p, suppliers s;
         ANALYZE products, supplier_items",
        dealer.schema
    );
    owner.batch_execute(&fill).await.unwrap();
    // What a backend has counted is told when it comes to rest.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let forget = "SELECT pg_stat_reset_single_table_counters('products'::regclass);
        SELECT pg_stat_reset_single_table_counters('supplier_items'::regclass)";
    owner.batch_execute(forget).await.unwrap();
    for text in [
        "SKU-77",
        "xi mang",
        "xi mang sku 99",
        "goods zzzz",
        "sku-4",
        "m-sku-77",
    ] {
        dealer.client.run(SEARCH, json!({ "query": text })).await;
    }
    let scans = "SELECT count(*) FROM pg_stat_user_tables WHERE schemaname = $1
        AND relname IN ('products', 'search_words', 'product_barcodes', 'supplier_items') AND seq_tup_read >= 5000";
    // What a backend has counted is told when it comes to rest.
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let row = owner.query_one(scans, &[&dealer.schema]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}
