//! What `tubex dev` says when it is ready.

use std::fmt::Write;
use std::net::SocketAddr;

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::config::DatabaseSettings;
use crate::demo::OpenShop;

/// Everything a person or a script needs next. The demo has no secrets.
#[derive(Serialize)]
pub(super) struct Report {
    graphql_url: String,
    ws_url: String,
    graphiql_url: String,
    /// Whether the page is GraphiQL, not the smaller page.
    graphiql: bool,
    /// Of the owner, who sees everything.
    database_url: String,
    /// Of the role that serves requests, who sees nothing by himself.
    request_database_url: String,
    dealers: Vec<DealerReport>,
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
            graphiql,
            database_url: database.database_owner_url.expose_secret().to_owned(),
            request_database_url: database.database_url.expose_secret().to_owned(),
            dealers: shops.iter().map(DealerReport::new).collect(),
        }
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
        for dealer in &self.dealers {
            // Writing to a String can not fail.
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
            access_token: shop.owner.token.token.expose_secret().to_owned(),
        }
    }
}
