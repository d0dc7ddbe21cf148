//! The provider for applications of third parties: OAuth 2.1 with codes and PKCE,
//! OpenID Connect on top of it.
//!
//! What is decided is decided in `platform::oauth`; here are the forms, the headers
//! and the words of the protocols.

mod answer;
mod authorize;
mod browser;
mod client;
mod discovery;
mod pages;
mod token;
mod userinfo;

use actix_web::web::{self, ServiceConfig};

/// Largest form, in bytes.
const LARGEST: usize = 32 * 1024;

pub(super) fn routes(config: &mut ServiceConfig) {
    let form = || web::PayloadConfig::new(LARGEST);
    config
        .service(
            web::resource("/oauth/authorize")
                .app_data(form())
                .route(web::get().to(authorize::by_query))
                .route(web::post().to(authorize::by_form)),
        )
        .service(
            web::resource("/oauth/answer")
                .app_data(form())
                .route(web::post().to(authorize::answer)),
        )
        .service(
            web::resource("/oauth/token")
                .app_data(form())
                .route(web::post().to(token::token)),
        )
        .service(
            web::resource("/oauth/introspect")
                .app_data(form())
                .route(web::post().to(token::introspect)),
        )
        .service(
            web::resource("/oauth/revoke")
                .app_data(form())
                .route(web::post().to(token::revoke)),
        )
        .service(
            web::resource("/oauth/userinfo")
                .route(web::get().to(userinfo::user_info))
                .route(web::post().to(userinfo::user_info)),
        )
        .route("/oauth/style.css", web::get().to(pages::style))
        .route(
            "/.well-known/openid-configuration",
            web::get().to(discovery::discovery),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            web::get().to(discovery::discovery),
        );
}
