//! Hop 1: the HTTP host. The whole route table of the shops is `routes`; that of
//! the operators is in `http::operator`, on a listener of its own.

mod account;
mod answer;
mod body;
mod caller;
mod cors;
mod credentials;
mod endpoint;
mod examples;
mod execute;
mod files;
mod graphiql;
mod graphql;
mod health;
mod hygiene;
pub mod intake;
mod mailbox;
mod media;
mod oauth;
mod operator;
mod packed;
mod params;
mod persisted;
mod request_id;
mod server;
mod tls;
mod websocket;
mod well_known;

pub use graphiql::{DemoLogin, Page};
pub use server::{ServeError, bind, bind_operator, serve, serve_both};

use actix_web::guard::{self, Guard};
use actix_web::http::header::UPGRADE;
use actix_web::web::{self, ServiceConfig};

use crate::app::App;

/// Every path the endpoint of the shops answers.
fn routes(config: &mut ServiceConfig) {
    config
        .route("/livez", web::get().to(health::livez))
        .route("/readyz", web::get().to(health::readyz))
        .route("/.well-known/jwks.json", web::get().to(well_known::jwks))
        .service(
            web::resource("/graphql")
                .route(web::post().guard(files::IsForm).to(files::post))
                .route(web::post().to(graphql::post::<App>))
                .route(web::get().guard(WantsSocket).to(websocket::open))
                .route(web::get().to(graphql::get::<App>))
                .default_service(web::to(graphql::wrong_method::<App>)),
        )
        .route("/graphiql", web::get().to(graphiql::page))
        .route("/graphiql/", web::get().to(graphiql::page))
        .route("/graphiql/config.json", web::get().to(graphiql::config))
        .route("/graphiql/assets/{file:.*}", web::get().to(graphiql::asset))
        .route("/", web::get().to(graphiql::front_door))
        .configure(account::routes)
        .configure(files::routes)
        .configure(oauth::routes)
        .configure(mailbox::routes);
}

struct WantsSocket;

impl Guard for WantsSocket {
    fn check(&self, ctx: &guard::GuardContext<'_>) -> bool {
        let upgrade = ctx.head().headers().get(UPGRADE);
        upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
    }
}
