//! Tax classes and rates.

use serde_json::{Value, json};

use super::{done, refused, shop};
use crate::support::{Client, owner};

const RATE: &str = "taxRate { id region rate validFrom validTo taxClass { code } }";

async fn class(client: &Client) -> Value {
    let input = json!({ "code": "STD", "name": "Standard" });
    done(client, "taxClassCreate", "taxClass { id version }", input).await["id"].clone()
}

async fn set(client: &Client, class: &Value, rate: &str, from: &str, to: Option<&str>) -> Value {
    let input = json!({ "taxClassId": class, "region": "HN", "rate": rate, "validFrom": from, "validTo": to });
    done(client, "taxRateSet", RATE, input).await
}

async fn rates(client: &Client) -> Vec<(String, String, Option<String>)> {
    let data = client
        .get("{ taxRates(where: { region: { eq: \"HN\" } }) { nodes { rate validFrom validTo } } }")
        .await;
    let nodes = data["taxRates"]["nodes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let row = |node: &Value| {
        let (rate, from) = (
            text(&node["rate"]).unwrap(),
            text(&node["validFrom"]).unwrap(),
        );
        (rate, from, text(&node["validTo"]))
    };
    let mut rows: Vec<_> = nodes.iter().map(row).collect();
    rows.sort_by(|a, b| a.1.cmp(&b.1));
    rows
}

fn row(rate: &str, from: &str, to: Option<&str>) -> (String, String, Option<String>) {
    (rate.to_owned(), from.to_owned(), to.map(str::to_owned))
}

#[tokio::test]
async fn classes_are_made_and_changed() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let id = class(client).await;
    let again = json!({ "code": "STD", "name": "Again" });
    let taken = refused(client, "taxClassCreate", again).await;
    assert_eq!(taken, ("ALREADY_EXISTS".into(), "code".into()));
    let input = json!({ "id": id, "expectedVersion": 1, "name": "Full rate" });
    let changed = done(
        client,
        "taxClassUpdate",
        "taxClass { name version }",
        input.clone(),
    )
    .await;
    assert_eq!(changed, json!({ "name": "Full rate", "version": 2 }));
    let stale = refused(client, "taxClassUpdate", input).await;
    assert_eq!(stale.0, "CONFLICT");
    let data = client
        .get("{ taxClasses(where: { code: { eq: \"STD\" } }) { totalCount nodes { name } } }")
        .await;
    assert_eq!(
        data["taxClasses"],
        json!({ "totalCount": 1, "nodes": [{ "name": "Full rate" }] })
    );
}

#[tokio::test]
async fn a_new_rate_ends_the_present_one_the_day_before() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let class = class(client).await;
    set(client, &class, "10", "2026-01-01", None).await;
    let eight = set(client, &class, "8", "2026-07-01", None).await;
    assert_eq!(eight["taxClass"]["code"], "STD");
    let wanted = [
        row("10", "2026-01-01", Some("2026-06-30")),
        row("8", "2026-07-01", None),
    ];
    assert_eq!(rates(client).await, wanted);
    // Sent again, or mended on the same day, it is the same rate; what it was goes on behind it.
    let mended = set(client, &class, "8.5", "2026-07-01", Some("2026-12-31")).await;
    assert_eq!(mended["id"], eight["id"]);
    let wanted = [
        row("10", "2026-01-01", Some("2026-06-30")),
        row("8.5", "2026-07-01", Some("2026-12-31")),
        row("8", "2027-01-01", None),
    ];
    assert_eq!(rates(client).await, wanted);
    let data = client
        .get("{ taxRates(where: { validOn: \"2026-06-30\" }) { nodes { rate } } }")
        .await;
    assert_eq!(data["taxRates"]["nodes"], json!([{ "rate": "10" }]));
}

#[tokio::test]
async fn behind_a_rate_with_an_end_the_one_before_goes_on() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let class = class(client).await;
    set(client, &class, "10", "2020-01-01", None).await;
    // Sent twice, it does nothing more.
    for _ in 0..2 {
        set(client, &class, "8", "2026-11-01", Some("2026-11-22")).await;
        let wanted = [
            row("10", "2020-01-01", Some("2026-10-31")),
            row("8", "2026-11-01", Some("2026-11-22")),
            row("10", "2026-11-23", None),
        ];
        assert_eq!(rates(client).await, wanted);
    }
    // In the midst of one with an end, that goes on up to it; at its end, it does not.
    set(client, &class, "7", "2026-03-01", Some("2026-03-10")).await;
    set(client, &class, "6", "2026-10-01", Some("2026-10-31")).await;
    let wanted = [
        row("10", "2020-01-01", Some("2026-02-28")),
        row("7", "2026-03-01", Some("2026-03-10")),
        row("10", "2026-03-11", Some("2026-09-30")),
        row("6", "2026-10-01", Some("2026-10-31")),
        row("8", "2026-11-01", Some("2026-11-22")),
        row("10", "2026-11-23", None),
    ];
    assert_eq!(rates(client).await, wanted);
    // Refused, it leaves what is there.
    let input = json!({ "taxClassId": class, "region": "HN", "rate": "9",
        "validFrom": "2026-10-15", "validTo": "2026-11-25" });
    let said = refused(client, "taxRateSet", input).await;
    assert_eq!(said, ("ALREADY_EXISTS".into(), "validFrom".into()));
    assert_eq!(rates(client).await, wanted);
}

/// What goes on behind one is a rate as any other, and makes way for the next as well.
#[tokio::test]
async fn one_rate_with_an_end_follows_another() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let class = class(client).await;
    set(client, &class, "10", "2026-01-01", None).await;
    set(client, &class, "8", "2026-11-20", Some("2026-11-21")).await;
    set(client, &class, "5", "2026-11-22", Some("2026-11-22")).await;
    let wanted = [
        row("10", "2026-01-01", Some("2026-11-19")),
        row("8", "2026-11-20", Some("2026-11-21")),
        row("5", "2026-11-22", Some("2026-11-22")),
        row("10", "2026-11-23", None),
    ];
    assert_eq!(rates(client).await, wanted);
    // Longer than before, into what goes on behind it; and from the very first day on.
    set(client, &class, "5", "2026-11-22", Some("2026-11-30")).await;
    set(client, &class, "9", "2026-01-01", Some("2026-01-31")).await;
    let wanted = [
        row("9", "2026-01-01", Some("2026-01-31")),
        row("10", "2026-02-01", Some("2026-11-19")),
        row("8", "2026-11-20", Some("2026-11-21")),
        row("5", "2026-11-22", Some("2026-11-30")),
        row("10", "2026-12-01", None),
    ];
    assert_eq!(rates(client).await, wanted);
    // Behind the last day of the calendar nothing goes on.
    set(client, &class, "7", "2030-01-01", Some("2999-12-31")).await;
    let last = row("7", "2030-01-01", Some("2999-12-31"));
    assert_eq!(rates(client).await.last(), Some(&last));
}

#[tokio::test]
async fn what_is_wrong_with_a_rate_is_said() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let class = class(client).await;
    set(client, &class, "8", "2026-07-01", None).await;
    for (change, code, field) in [
        (json!({ "rate": "-1" }), "BAD_USER_INPUT", "rate"),
        (json!({ "rate": "1000" }), "BAD_USER_INPUT", "rate"),
        (json!({ "rate": "1.23456" }), "BAD_USER_INPUT", "rate"),
        (
            json!({ "validTo": "2025-12-31" }),
            "BAD_USER_INPUT",
            "validTo",
        ),
        (
            json!({ "validFrom": "0001-01-01" }),
            "BAD_USER_INPUT",
            "validFrom",
        ),
        (
            json!({ "region": "X".repeat(21) }),
            "BAD_USER_INPUT",
            "region",
        ),
        (
            json!({ "taxClassId": format!("txc_{}", "0".repeat(32)) }),
            "NOT_FOUND",
            "taxClassId",
        ),
        // A rate begins within these days.
        (json!({}), "ALREADY_EXISTS", "validFrom"),
    ] {
        let mut input =
            json!({ "taxClassId": class, "region": "HN", "rate": "9", "validFrom": "2026-01-01" });
        for (key, value) in change.as_object().unwrap() {
            input[key] = value.clone();
        }
        let said = refused(client, "taxRateSet", input).await;
        assert_eq!(said, (code.into(), field.into()), "{change}");
    }
    // Up to the day before, it fits.
    set(client, &class, "9", "2026-01-01", Some("2026-06-30")).await;
}

/// Past the program, by the database alone.
#[tokio::test]
async fn of_overlapping_rates_the_database_takes_one() {
    let (_server, dealer) = shop().await;
    let class = class(&dealer.client).await;
    let class = class
        .as_str()
        .unwrap()
        .trim_start_matches("txc_")
        .to_owned();
    let insert = format!(
        "INSERT INTO \"{}\".tax_rates SELECT gen_random_uuid(), '{class}', '', 5, \
         date '2026-01-01' + $1::int, date '2026-01-10' + $1::int, now(), now()",
        dealer.schema
    );
    let tries = (0..16).map(|day| {
        let insert = insert.clone();
        async move { owner().await.execute(&insert, &[&day]).await }
    });
    let done = futures_util::future::join_all(tries).await;
    // Ten days each, begun on sixteen days: one or two fit.
    let won = done.iter().filter(|result| result.is_ok()).count();
    assert!((1..=2).contains(&won), "{won}");
    for error in done.into_iter().filter_map(Result::err) {
        let code = error.code().unwrap().code().to_owned();
        assert!(["23P01", "40P01"].contains(&code.as_str()), "{code}");
    }
}

#[tokio::test]
async fn rates_set_at_once_come_one_after_the_other() {
    let (_server, dealer) = shop().await;
    let client = &dealer.client;
    let class = class(client).await;
    let tries = (0..16).map(|rate| {
        let class = &class;
        async move { set(client, class, &rate.to_string(), "2026-03-01", None).await["id"].clone() }
    });
    let ids = futures_util::future::join_all(tries).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(rates(client).await.len(), 1);
}
