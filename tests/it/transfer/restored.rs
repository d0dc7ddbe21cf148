//! A restore is one switch: before it the old rows serve, after it the new ones.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use tubex::demo::data::DEALERS;
use tubex::kernel::clock::Clock;
use tubex::tenancy::transfer::{Destination, Replaced, TransferError};

use super::{content, export, opened, quiet, replace, set_status, tables};
use crate::support::{Server, TestDealer, own_settings, owner, owner_of, until};

async fn restore(
    server: &Server,
    dealer: &TestDealer,
    bytes: &[u8],
) -> Result<Replaced, TransferError> {
    let transfer = &server.app.core.transfer;
    let destination = Destination::Into(dealer.id);
    let staged = transfer.import(opened(bytes), destination, &quiet).await?;
    let replaced = replace(&server.app, staged, dealer.id).await?;
    server.app.directory.forget(dealer.id);
    Ok(replaced)
}

const COUNTS: &str =
    "{ products { totalCount } customers { totalCount } warehouses { totalCount } }";

/// What a reader gets: the counts of one moment, or the reason of a refusal.
async fn read(dealer: &TestDealer) -> Value {
    let answer = dealer.client.send(COUNTS, json!({})).await;
    match answer.body["data"].as_object() {
        Some(data) => json!(data),
        None => answer.code().into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_sees_the_old_dealer_or_the_new_one_and_nothing_between() {
    let server = Server::start().await;
    let owner = owner().await;
    let dealer = Arc::new(server.dealer_like(&DEALERS[0]).await);
    let then = read(&dealer).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let full = content(&owner, &dealer.schema).await;
    let spoil = format!(
        "TRUNCATE {0}.stock_movements, {0}.stock_levels, {0}.jobs, {0}.customers CASCADE",
        dealer.schema
    );
    owner.batch_execute(&spoil).await.unwrap();
    let spoilt = read(&dealer).await;
    assert_ne!(then, spoilt);

    let stop = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (dealer, stop) = (Arc::clone(&dealer), Arc::clone(&stop));
        async move {
            let mut seen = BTreeSet::new();
            while !stop.load(Ordering::Relaxed) {
                seen.insert(read(&dealer).await.to_string());
            }
            seen
        }
    });
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let replaced = restore(&server, &dealer, &bytes).await.unwrap();
    set_status(&server.app, &owner, dealer.id, "ACTIVE").await;
    until("the restored rows are read", async || {
        read(&dealer).await == then
    })
    .await;
    stop.store(true, Ordering::Relaxed);
    let seen = reader.await.unwrap();
    let allowed = [&then, &spoilt, &json!("DEALER_NOT_ACTIVE")].map(ToString::to_string);
    assert!(
        seen.iter().all(|answer| allowed.contains(answer)),
        "{seen:#?}"
    );
    assert_eq!(content(&owner, &replaced.schema).await, full);
    assert_eq!(replaced.old_schema, dealer.schema);
    assert_ne!(replaced.schema, dealer.schema);
}

#[tokio::test]
async fn only_a_suspended_dealer_is_restored() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    let refused = restore(&server, &dealer, &bytes).await;
    assert!(
        matches!(refused, Err(TransferError::NotSuspended(..))),
        "{refused:?}"
    );
    // Opened again while the new schema was filled: the switch is refused.
    let owner = owner().await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let transfer = &server.app.core.transfer;
    let destination = Destination::Into(dealer.id);
    let staged = transfer
        .import(opened(&bytes), destination, &quiet)
        .await
        .unwrap();
    set_status(&server.app, &owner, dealer.id, "ACTIVE").await;
    let refused = replace(&server.app, staged, dealer.id).await;
    assert!(
        matches!(refused, Err(TransferError::NotSuspended(..))),
        "{refused:?}"
    );
    dealer.add_product("still-here").await;
}

#[tokio::test]
async fn a_file_of_somebody_else_is_refused_unless_it_is_wanted() {
    let server = Server::start().await;
    let owner = owner().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    other.add_product("of-the-other").await;
    let (_, bytes) = export(&server.app, other.id).await;
    set_status(&server.app, &owner, mine.id, "SUSPENDED").await;
    let refused = restore(&server, &mine, &bytes).await.unwrap_err();
    assert!(matches!(refused, TransferError::NotHis { .. }), "{refused}");
    for id in [mine.id, other.id] {
        assert!(refused.to_string().contains(&id.to_string()), "{refused}");
    }
    let transfer = &server.app.core.transfer;
    let wanted = Destination::IntoFromAnother(mine.id);
    let staged = transfer.import(opened(&bytes), wanted, &quiet).await;
    let replaced = replace(&server.app, staged.unwrap(), mine.id).await;
    let rows = content(&owner, &replaced.unwrap().schema).await;
    assert_eq!(rows, content(&owner, &other.schema).await);
    // Prices in another currency are no matter of wanting.
    let euros = "UPDATE platform.dealers SET currency = 'EUR' WHERE schema_name = $1";
    owner.execute(euros, &[&other.schema]).await.unwrap();
    let (_, bytes) = export(&server.app, other.id).await;
    let refused = transfer.import(opened(&bytes), wanted, &quiet).await;
    let refused = refused.err().unwrap();
    assert!(
        matches!(refused, TransferError::Currency { .. }),
        "{refused}"
    );
    for currency in ["EUR", "USD"] {
        assert!(refused.to_string().contains(currency), "{refused}");
    }
}

/// What the operator's guide has for going back to what a restore replaced.
fn way_back(old_schema: &str) -> String {
    let guide = include_str!("../../../docs/guides/operator.md");
    let from = guide.find("BEGIN;\nWITH back").unwrap();
    let sql = &guide[from..];
    let end = sql.find("```").unwrap();
    sql[..end].replace("t_OLD", old_schema)
}

#[tokio::test]
async fn the_guides_way_back_leads_back() {
    let server = Server::start().await;
    let owner = owner().await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    dealer.add_product("only-in-the-old").await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let replaced = restore(&server, &dealer, &bytes).await.unwrap();
    let back = way_back(&replaced.old_schema);
    owner.batch_execute(&back).await.unwrap();
    set_status(&server.app, &owner, dealer.id, "ACTIVE").await;
    let count = dealer.client.get("{ products { totalCount } }").await;
    assert_eq!(count["products"]["totalCount"], 1);
    let kept = "SELECT drop_after > now() FROM platform.retired_schemas WHERE schema_name = $1";
    let kept = owner.query_one(kept, &[&replaced.schema]).await.unwrap();
    assert!(kept.get::<_, bool>(0));
}

#[tokio::test]
async fn there_is_no_way_back_to_what_is_being_dropped() {
    let server = Server::start().await;
    let owner = owner().await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let replaced = restore(&server, &dealer, &bytes).await.unwrap();
    // A table of it can not be dropped, and so the rest is there yet.
    let due = "UPDATE platform.retired_schemas SET drop_after = now() WHERE schema_name = $1";
    owner.execute(due, &[&replaced.old_schema]).await.unwrap();
    let holder = crate::support::owner().await;
    let hold = format!("BEGIN; LOCK TABLE {}.warehouses", replaced.old_schema);
    holder.batch_execute(&hold).await.unwrap();
    server.app.core.transfer.sweep().await.unwrap();
    owner
        .batch_execute(&way_back(&replaced.old_schema))
        .await
        .unwrap();
    let of = "SELECT schema_name FROM platform.dealers WHERE id::text = $1";
    let of = owner
        .query_one(of, &[&dealer.id.uuid().to_string()])
        .await
        .unwrap();
    assert_eq!(of.get::<_, String>(0), replaced.schema);
    holder.batch_execute("ROLLBACK").await.unwrap();
    until("it is dropped", async || {
        server.app.core.transfer.sweep().await.unwrap();
        tables(&owner, &replaced.old_schema).await.is_empty()
    })
    .await;
}

#[tokio::test]
async fn what_a_restore_replaced_goes_with_the_dealer() {
    let server = Server::start().await;
    let owner = owner().await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    let replaced = restore(&server, &dealer, &bytes).await.unwrap();
    assert!(!tables(&owner, &replaced.old_schema).await.is_empty());
    let due = "UPDATE platform.dealers SET status = 'DELETING',
        delete_after = now() - interval '1 day' WHERE schema_name = $1";
    owner.execute(due, &[&replaced.schema]).await.unwrap();
    let lifecycle = &server.app.core.lifecycle;
    lifecycle.finish_drop(dealer.id, "test").await.unwrap();
    for schema in [&replaced.old_schema, &replaced.schema] {
        assert!(tables(&owner, schema).await.is_empty(), "{schema}");
        let role = "SELECT FROM pg_roles WHERE rolname = $1";
        assert!(owner.query(role, &[schema]).await.unwrap().is_empty());
    }
    let record = "SELECT FROM platform.retired_schemas WHERE schema_name = $1";
    assert!(
        owner
            .query(record, &[&replaced.old_schema])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_a_restore_replaces_is_kept_for_seven_days() {
    let settings = own_settings("transfer_kept").await;
    let clock = Clock::fixed(Utc::now());
    let server = Server::start_on(&settings, clock.clone(), |_| {}).await;
    let owner = owner_of(&settings).await;
    let dealer = server.dealer().await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    dealer.add_product("only-in-the-old").await;
    set_status(&server.app, &owner, dealer.id, "SUSPENDED").await;
    restore(&server, &dealer, &bytes).await.unwrap();
    let transfer = &server.app.core.transfer;
    assert!(transfer.sweep().await.unwrap().is_empty());
    clock.set(clock.now() + TimeDelta::days(6));
    assert!(transfer.sweep().await.unwrap().is_empty());
    assert_eq!(content(&owner, &dealer.schema).await["products"].len(), 1);
    clock.set(clock.now() + TimeDelta::days(2));
    assert_eq!(
        transfer.sweep().await.unwrap(),
        std::slice::from_ref(&dealer.schema)
    );
    assert!(tables(&owner, &dealer.schema).await.is_empty());
    let role = "SELECT FROM pg_roles WHERE rolname = $1";
    assert!(
        owner
            .query(role, &[&dealer.schema])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(transfer.sweep().await.unwrap().is_empty());
}
