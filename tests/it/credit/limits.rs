//! Limits, settings and overrides: who sets what, and what it does.

use serde_json::json;
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::kernel::ids::UserId;

use super::{Shop, refused, send};

const STATUS: &str = "creditStatus { daysOverdue }";

fn ahead(days: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(days)).to_rfc3339()
}

#[tokio::test]
async fn a_limit_is_set_for_one_with_a_reason() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let job = shop.job(&customer, "LOT").await;
    let of = |whose: serde_json::Value, limit: Option<&str>| {
        let mut input = json!({ "expectedVersion": 2, "limit": limit, "reason": "r" });
        input
            .as_object_mut()
            .unwrap()
            .extend(whose.as_object().unwrap().clone());
        input
    };
    let both = json!({ "customerId": customer, "jobId": job });
    for (input, path) in [
        (of(both, Some("1")), "input.customerId"),
        (of(json!({}), Some("1")), "input.customerId"),
        (of(json!({ "customerId": customer }), None), "input.limit"),
        (
            of(json!({ "customerId": customer }), Some("-1")),
            "input.limit",
        ),
        (
            of(json!({ "customerId": customer, "reason": " " }), Some("1")),
            "input.reason",
        ),
        (
            of(json!({ "jobId": job, "creditCheck": "NONE" }), Some("1")),
            "input.creditCheck",
        ),
    ] {
        let payload = shop.mutate("creditLimitSet", STATUS, input.clone()).await;
        assert_eq!(
            refused(&payload),
            ("BAD_USER_INPUT", path.to_owned()),
            "{input}"
        );
    }
    let input = of(
        json!({ "customerId": customer, "creditCheck": "DELIVERY" }),
        Some("250"),
    );
    shop.done("creditLimitSet", STATUS, input.clone()).await;
    let late = shop.mutate("creditLimitSet", STATUS, input).await;
    assert_eq!(refused(&late).0, "CONFLICT");
    let read = "query($id: ID!) { customer(id: $id) { creditLimit { amount } creditLimitReason creditCheck } }";
    let data = shop.get(read, json!({ "id": customer })).await;
    assert_eq!(
        data["customer"],
        json!({ "creditLimit": { "amount": "250.0000" },
        "creditLimitReason": "r", "creditCheck": "DELIVERY" })
    );
}

#[tokio::test]
async fn settings_are_changed_by_version() {
    let shop = Shop::open().await;
    let settings = "settings { overdueDays version }";
    let of = |version: i32, days: Option<i32>| json!({ "expectedVersion": version, "overdueDays": days });
    let read = "{ creditSettings { overdueDays version } }";
    let unset = shop.get(read, json!({})).await;
    assert_eq!(
        unset["creditSettings"],
        json!({ "overdueDays": null, "version": 0 })
    );
    shop.done("creditSettingsSet", settings, of(0, Some(14)))
        .await;
    for version in [0, 2] {
        let late = shop
            .mutate("creditSettingsSet", settings, of(version, Some(1)))
            .await;
        assert_eq!(
            refused(&late),
            ("CONFLICT", "input.expectedVersion".to_owned())
        );
    }
    let wrong = shop
        .mutate("creditSettingsSet", settings, of(1, Some(366)))
        .await;
    assert_eq!(
        refused(&wrong),
        ("BAD_USER_INPUT", "input.overdueDays".to_owned())
    );
    let set = shop.done("creditSettingsSet", settings, of(1, None)).await;
    assert_eq!(
        set["settings"],
        json!({ "overdueDays": null, "version": 2 })
    );
}

#[tokio::test]
async fn an_override_is_granted_for_a_reason_and_a_time() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let other = shop.customer("B", "0").await;
    let foreign = shop.job(&other, "LOT").await;
    let input = json!({ "customerId": customer, "amount": "500", "reason": "boss said so", "until": ahead(1) });
    let with = |field: &str, value: serde_json::Value| {
        let mut input = input.clone();
        input[field] = value;
        input
    };
    for (input, code, path) in [
        (
            with("until", json!(ahead(-1))),
            "BAD_USER_INPUT",
            "input.until",
        ),
        (
            with("until", json!(ahead(91))),
            "BAD_USER_INPUT",
            "input.until",
        ),
        (with("amount", json!("0")), "BAD_USER_INPUT", "input.amount"),
        (with("reason", json!("")), "BAD_USER_INPUT", "input.reason"),
        (with("jobId", json!(foreign)), "NOT_FOUND", "input.jobId"),
    ] {
        let payload = shop
            .mutate("creditOverrideGrant", "creditOverride { id }", input)
            .await;
        assert_eq!(refused(&payload), (code, path.to_owned()));
    }
    let made = shop
        .done(
            "creditOverrideGrant",
            "creditOverride { id reason amount { amount } }",
            input,
        )
        .await;
    assert_eq!(made["creditOverride"]["reason"], "boss said so");
    let within = shop.status(&customer, None, "500").await;
    assert_eq!(
        within["verdict"]["overrideId"],
        made["creditOverride"]["id"]
    );
    let beyond = shop.status(&customer, None, "500.01").await;
    assert_eq!(beyond["verdict"]["answer"], "OVER_LIMIT");
    let small = shop.status(&customer, None, "99").await;
    assert_eq!(small["verdict"]["overrideId"], json!(null));
}

/// What each is allowed is what `allowedActions` tells him.
#[tokio::test]
async fn allowed_actions_are_the_callers() {
    let shop = Shop::open().await;
    let customer = shop.customer("HOLT", "100").await;
    let rights = [
        Permission::CustomersRead,
        Permission::AccountsPost,
        Permission::CreditRead,
    ];
    let role = shop
        .server
        .role(&shop.dealer, PermissionSet::of(&rights))
        .await;
    let clerk = shop
        .server
        .client_as(&shop.dealer, UserId::generate(), &[role], None);
    let read = "query($id: ID!) { customer(id: $id) { allowedActions } }";
    let data = clerk.run(read, json!({ "id": customer })).await;
    assert_eq!(data["customer"]["allowedActions"], json!(["ENTRY_POST"]));
    let input = json!({ "customerId": customer, "amount": "1", "reason": "r" });
    let answer = send(&clerk, "accountAdjust", "entry { id }", input).await;
    assert_eq!(answer.body["data"]["payload"]["userErrors"], json!([]));
}
