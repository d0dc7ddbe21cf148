//! Reads all books of a shop at once, and tells what is wrong with them.

use std::fmt::Write;

use tokio_postgres::{Client, Statement};

use super::rules::{Rule, all};
use crate::support::owner;

/// Rows that are shown of each rule.
const SHOWN: usize = 3;

/// The rules, and a connection of the tables' owner that stands on the shop.
pub struct Books {
    pub client: Client,
    pub rules: Vec<Rule>,
    all: Statement,
}

/// A rule that is broken, and a row of which it is not true.
#[derive(Debug)]
pub struct Wrong {
    pub rule: &'static str,
    pub row: String,
}

impl Books {
    pub async fn open(schema: &str) -> Self {
        let client = owner().await;
        let path = format!("SET search_path TO {schema}, public");
        client.batch_execute(&path).await.unwrap();
        let rules = all(&client).await;
        for rule in &rules {
            // So that a fault in one of them is told by its name.
            let checked = client.prepare(&rule.sql).await;
            assert!(
                checked.is_ok(),
                "{}: {:?}\n{}",
                rule.name,
                checked.err(),
                rule.sql
            );
        }
        let parts = rules.iter().enumerate().map(|(index, rule)| {
            format!(
                "(SELECT {index}::bigint AS rule, to_jsonb(v)::text AS row FROM ({}) v LIMIT {SHOWN})",
                rule.sql
            )
        });
        let parts: Vec<String> = parts.collect();
        let all = client.prepare(&parts.join(" UNION ALL ")).await.unwrap();
        Self { client, rules, all }
    }

    /// All that is wrong, in one snapshot.
    pub async fn wrong(&self) -> Vec<Wrong> {
        let rows = self.client.query(&self.all, &[]).await.unwrap();
        let wrong = rows.iter().map(|row| Wrong {
            rule: self.rules[usize::try_from(row.get::<_, i64>(0)).unwrap()].name,
            row: row.get(1),
        });
        wrong.collect()
    }

    /// Fails unless all is right; `what` tells what was done last.
    pub async fn are_right(&self, what: &str) {
        let wrong = self.wrong().await;
        let mut told = String::new();
        for one in &wrong {
            writeln!(told, "  {}: {}", one.rule, one.row).unwrap();
        }
        assert!(wrong.is_empty(), "the books are wrong\n{told}after {what}");
    }
}
