//! What must be true of a dealer's tables at any time, as queries for the rows of which it is
//! not. Each rule comes with ways to break it by hand, so that it is known to notice.

mod accounts;
mod bills;
mod buying;
mod orders;
mod promises;
mod sales;
mod stock;
mod trail;

use tokio_postgres::Client;

/// Something that must be true.
pub struct Rule {
    pub name: &'static str,
    /// The rows of which it is not.
    pub sql: String,
    /// Statements each of which makes it untrue in a shop where some of everything happened.
    pub breaks: &'static [&'static str],
}

/// A rule that is the same for all shops.
fn rule(name: &'static str, sql: &str, breaks: &'static [&'static str]) -> Rule {
    let sql = sql.to_owned();
    Rule { name, sql, breaks }
}

/// All rules for the dealer on whose schema the connection stands.
pub async fn all(client: &Client) -> Vec<Rule> {
    let mut rules = stock::rules();
    rules.extend(stock::of_papers());
    rules.extend(promises::rules());
    rules.extend(orders::rules());
    rules.extend(buying::rules());
    rules.extend(bills::rules());
    rules.extend(accounts::rules());
    rules.extend(sales::rules());
    rules.extend(trail::rules());
    rules.extend(trail::of_tables(client).await);
    rules
}
