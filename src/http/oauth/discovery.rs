//! What applications may know before they ask (OpenID Connect Discovery, RFC 8414).

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde_json::json;

use crate::app::App;
use crate::platform::oauth::scope::ScopeWord;

/// How long others may keep it.
const KEEP: &str = "public, max-age=3600";

/// The provider's description of itself.
pub(super) async fn discovery(app: Data<App>) -> HttpResponse {
    let issuer = app.keys.ring().issuer();
    let at = |path: &str| format!("{issuer}{path}");
    let scopes: Vec<&str> = ScopeWord::all().map(ScopeWord::as_str).collect();
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, KEEP))
        .json(json!({
            "issuer": issuer,
            "authorization_endpoint": at("/oauth/authorize"),
            "token_endpoint": at("/oauth/token"),
            "userinfo_endpoint": at("/oauth/userinfo"),
            "introspection_endpoint": at("/oauth/introspect"),
            "revocation_endpoint": at("/oauth/revoke"),
            "jwks_uri": at("/.well-known/jwks.json"),
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "claims_supported": [
                "sub", "iss", "aud", "azp", "exp", "iat", "nonce", "auth_time", "amr",
                "name", "email", "email_verified", "dealer_id", "dealer_name",
            ],
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "authorization_response_iss_parameter_supported": true,
            "claims_parameter_supported": false,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        }))
}
