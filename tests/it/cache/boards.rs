//! The dashboard: what it saves, and that it is never old.

use serde_json::json;
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::demo::data::DEALERS;
use tubex::kernel::ids::UserId;

use super::{board, cache, low, misses, want};
use crate::support::Server;

#[tokio::test]
async fn who_looks_again_is_spared_all_but_two_statements() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (first, cost) = board(&dealer.client).await;
    // What day it is, what has happened, and one for each of the six.
    assert_eq!((cost, misses(&server)), (8, 6));
    let (again, cost) = board(&dealer.client).await;
    assert_eq!((again, cost, misses(&server)), (first, 2, 6));
    assert_eq!(cache(&server).figures().hits.get(), 6);
    assert!(cache(&server).bytes() > 0);
    // A report over some days: its sum, its parts and their number.
    let report = "{ salesSummary(by: PRODUCT, from: \"2026-01-01\", to: \"2026-12-31\") {
        total { net { amount } } rows { totalCount nodes { figures { lines } } } } }";
    let costs = [
        dealer.client.send(report, json!({})).await.statements(),
        dealer.client.send(report, json!({})).await.statements(),
    ];
    assert_eq!(costs, [4, 1]);
}

#[tokio::test]
async fn a_change_is_seen_at_once_on_its_node_and_on_another() {
    let (here, there) = (Server::start().await, Server::start().await);
    let dealer = here.dealer_like(&DEALERS[0]).await;
    let other = there.client_of(&dealer);
    let before = low(&dealer.client).await;
    assert_eq!(low(&other).await, before);
    board(&other).await;
    for _ in 0..5 {
        want(&dealer, Some("1000000")).await;
        assert_eq!(low(&other).await, before + 1);
        assert_eq!(low(&dealer.client).await, before + 1);
        want(&dealer, None).await;
        assert_eq!(low(&dealer.client).await, before);
        assert_eq!(low(&other).await, before);
    }
    // What has nothing to do with it is kept: what day it is, what has happened.
    let (_, cost) = board(&other).await;
    assert_eq!(cost, 2);
    assert!(cache(&here).figures().outdated.get() >= 9);
}

#[tokio::test]
async fn what_has_nothing_to_do_with_a_number_leaves_it_alone() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    board(&dealer.client).await;
    let worked_out = misses(&server);
    dealer.add_product("ZZ-NEW").await;
    let (_, cost) = board(&dealer.client).await;
    assert_eq!((cost, misses(&server)), (2, worked_out));
    want(&dealer, Some("1000000")).await;
    let (_, cost) = board(&dealer.client).await;
    assert_eq!((cost, misses(&server)), (3, worked_out + 1));
}

#[tokio::test]
async fn dealers_with_the_same_questions_do_not_meet() {
    let server = Server::start().await;
    let full = server.dealer_like(&DEALERS[0]).await;
    let empty = server.dealer().await;
    want(&full, Some("1000000")).await;
    for _ in 0..2 {
        assert!(low(&full.client).await > 0);
        assert_eq!(low(&empty.client).await, 0);
    }
    let figures = cache(&server).figures();
    assert_eq!((figures.misses.get(), figures.hits.get()), (2, 2));
}

#[tokio::test]
async fn what_is_kept_shows_nobody_more_than_he_may_see() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let query = "{ dashboard { sales { today { net { amount } cost { amount } } } } }";
    let seen = dealer.client.send(query, json!({})).await;
    assert!(seen.body.get("errors").is_none(), "{:#}", seen.body);
    let role = PermissionSet::of(&[Permission::ReportsRead]);
    let role = server.role(&dealer, role).await;
    let clerk = server.client_as(&dealer, UserId::generate(), &[role], None);
    let worked_out = misses(&server);
    let refused = clerk.send(query, json!({})).await;
    assert_eq!(refused.code(), "FORBIDDEN", "{:#}", refused.body);
    let path = refused.body["errors"][0]["path"].as_array().unwrap();
    assert_eq!(path.last().unwrap(), "cost");
    // What he may see is that which is kept.
    let net = "{ dashboard { sales { today { net { amount } } } } }";
    let seen = clerk.send(net, json!({})).await;
    assert!(seen.body.get("errors").is_none(), "{:#}", seen.body);
    assert_eq!(misses(&server), worked_out);
    for guarded in [
        "{ dashboard { lowStockCount } }",
        "{ dashboard { overdue { count } } }",
    ] {
        board(&dealer.client).await;
        assert_eq!(clerk.send(guarded, json!({})).await.code(), "FORBIDDEN");
    }
}

#[tokio::test]
async fn many_who_ask_at_once_have_it_worked_out_once() {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let readers = (0..32).map(|_| low(&dealer.client));
    let numbers = futures_util::future::join_all(readers).await;
    assert!(numbers.iter().all(|number| *number == numbers[0]));
    let figures = cache(&server).figures();
    assert_eq!((figures.misses.get(), figures.hits.get()), (1, 31));
}

#[tokio::test]
async fn without_a_cache_all_is_the_same_and_costs_what_it_did() {
    let server = Server::start_with(|settings| settings.limits.cache_kib = 0).await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    assert!(server.app.tenants.cache().is_none());
    for _ in 0..2 {
        let (_, cost) = board(&dealer.client).await;
        assert_eq!(cost, 7);
    }
}

#[tokio::test]
async fn operators_see_what_it_does() {
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Server::start_with(|settings| settings.operator_listen = Some(listen)).await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    for _ in 0..3 {
        low(&dealer.client).await;
    }
    want(&dealer, Some("1000000")).await;
    low(&dealer.client).await;
    let request = server
        .operator_with(None)
        .request(reqwest::Method::GET, "/metrics");
    let text = request.send().await.unwrap().text().await.unwrap();
    for line in [
        "tubex_cache_reads_total{from=\"memory\"} 2",
        "tubex_cache_reads_total{from=\"redis\"} 0",
        "tubex_cache_reads_total{from=\"tables\"} 2",
        "tubex_cache_reads_total{from=\"passed_by\"} 0",
        "tubex_cache_outdated_total 1",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
}
