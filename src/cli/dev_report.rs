//! What `tubex dev` says when it is ready.

use std::fmt::Write;
use std::net::SocketAddr;

use secrecy::ExposeSecret;
use serde::Serialize;

use super::operator;
use crate::auth::operator::{LONGEST, OperatorTokens};
use crate::config::DatabaseSettings;
use crate::demo::OpenShop;

/// Everything a person or a script needs next. The demo has no secrets.
#[derive(Serialize)]
pub(super) struct Report {
    graphql_url: String,
    ws_url: String,
    graphiql_url: String,
    /// Where mails can be read; none if they are sent.
    mailbox_url: Option<String>,
    #[serde(flatten)]
    operators: Option<OperatorReport>,
    /// Whether the page is GraphiQL, not the smaller page.
    graphiql: bool,
    /// Of the owner, who sees everything.
    database_url: String,
    /// Of the role that serves requests, who sees nothing by himself.
    request_database_url: String,
    dealers: Vec<DealerReport>,
}

/// The operators' endpoint.
#[derive(Serialize)]
struct OperatorReport {
    operator_url: String,
    metrics_url: String,
    operator_token: String,
}

#[derive(Serialize)]
struct DealerReport {
    id: String,
    name: String,
    schema: String,
    email: String,
    password: String,
    access_token: String,
}

impl Report {
    pub(super) fn new(
        address: SocketAddr,
        database: &DatabaseSettings,
        shops: &[OpenShop],
        graphiql: bool,
    ) -> Self {
        Self {
            graphql_url: format!("http://{address}/graphql"),
            ws_url: format!("ws://{address}/graphql"),
            graphiql_url: format!("http://{address}/graphiql"),
            mailbox_url: None,
            graphiql,
            operators: None,
            database_url: database.database_owner_url.expose_secret().to_owned(),
            request_database_url: database.database_url.expose_secret().to_owned(),
            dealers: shops.iter().map(DealerReport::new).collect(),
        }
    }

    /// Adds the mailbox, if there is one.
    pub(super) fn with_mailbox(mut self, is_there: bool) -> Self {
        let root = self.graphql_url.trim_end_matches("/graphql");
        self.mailbox_url = is_there.then(|| format!("{root}/mailbox"));
        self
    }

    /// Adds the operators' endpoint, if there is one, and a token for it.
    pub(super) fn with_operators(
        mut self,
        address: Option<SocketAddr>,
        tokens: &OperatorTokens,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if let Some(address) = address {
            let issued = tokens.issue(&"dev".parse()?, LONGEST)?;
            self.operators = Some(OperatorReport {
                operator_url: operator::url(address),
                metrics_url: format!("http://{address}/metrics"),
                operator_token: issued.token.expose_secret().to_owned(),
            });
        }
        Ok(self)
    }

    /// The same for people.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "\nTubex is open.\n\n  \
             GraphiQL   {}\n  \
             GraphQL    {}\n  \
             Websocket  {}  (graphql-transport-ws)\n  \
             Database   {}\n\n",
            self.graphiql_url, self.graphql_url, self.ws_url, self.database_url
        );
        // Writing to a String can not fail, here and below.
        if let Some(mailbox) = &self.mailbox_url {
            let _written = writeln!(text, "  {:<9}  {mailbox}\n", "Mails");
        }
        if let Some(operators) = &self.operators {
            let _written = writeln!(
                text,
                "  {:<9}  {}\n  {:<9}  {}\n  {:<9}  {}\n",
                "Operators",
                operators.operator_url,
                "Token",
                operators.operator_token,
                "Metrics",
                operators.metrics_url,
            );
        }
        for dealer in &self.dealers {
            let _written = writeln!(
                text,
                "  {:<28} {:<26} {}",
                dealer.name, dealer.email, dealer.password
            );
        }
        if let Some(dealer) = self.dealers.first() {
            let _written = write!(
                text,
                "\nA first query, as {}:\n\n  \
                 curl -s {} -H 'Content-Type: application/json' \\\n    \
                 -H 'Authorization: Bearer {}' \\\n    \
                 -d '{{\"query\":\"{{ products(first: 5) {{ nodes {{ sku name listPrice {{ amount currency }} }} }} }}\"}}'\n",
                dealer.name, self.graphql_url, dealer.access_token
            );
        }
        text.push_str("\nCtrl-C stops everything.");
        text
    }
}

impl DealerReport {
    fn new(shop: &OpenShop) -> Self {
        let dealer = &shop.owner.dealer;
        Self {
            id: dealer.id.to_string(),
            name: dealer.name.clone(),
            schema: dealer.schema.as_str().to_owned(),
            email: shop.demo.owner_email.to_owned(),
            password: shop.demo.owner_password.to_owned(),
            access_token: shop.owner.access.token.expose_secret().to_owned(),
        }
    }
}
