//! Where applications trade codes and refresh tokens, ask about tokens and give them
//! back.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{answer, client};
use crate::app::App;
use crate::auth::principal::Principal;
use crate::http::caller::peer;
use crate::kernel::peer::Peer;
use crate::platform::oauth::exchange::Traded;
use crate::platform::oauth::fault::{OAuthFault, OAuthResult, Word};
use crate::platform::oauth::model::ClientRow;
use crate::platform::oauth::params::Params;

type Body = Result<Bytes, actix_web::Error>;

/// A call of an application that is known.
struct Call {
    client: ClientRow,
    params: Params,
    peer: Peer,
}

/// `POST /oauth/token`.
pub(super) async fn token(app: Data<App>, request: HttpRequest, body: Body) -> HttpResponse {
    answered(&request, traded(&app, &request, body).await)
}

async fn traded(app: &App, request: &HttpRequest, body: Body) -> OAuthResult<HttpResponse> {
    let Call {
        client,
        params,
        peer,
    } = call(app, request, body).await?;
    let applications = &app.callers.applications;
    let traded = match params.get("grant_type") {
        Some("authorization_code") => applications.exchange(&client, &params, &peer).await?,
        Some("refresh_token") => applications.refresh(&client, &params, &peer).await?,
        Some(_) => {
            let message = "grant_type must be authorization_code or refresh_token";
            return Err(Word::UnsupportedGrantType.because(message));
        }
        None => return Err(Word::InvalidRequest.because("grant_type is missing")),
    };
    Ok(answer::json(&tokens(app, &traded)))
}

fn tokens(app: &App, traded: &Traded) -> Value {
    let given = &traded.tokens;
    let left = given.access.expires_at - app.core.clock.now();
    let mut answer = Map::new();
    let mut put = |name: &str, value: Value| drop(answer.insert(name.to_owned(), value));
    put("access_token", json!(given.access.token.expose_secret()));
    put("token_type", json!("Bearer"));
    put("expires_in", json!(left.num_seconds()));
    put("scope", json!(given.scope.to_string()));
    if let Some(refresh) = &given.refresh {
        put("refresh_token", json!(refresh.expose_secret()));
    }
    if let Some(id_token) = &traded.id_token {
        put("id_token", json!(id_token.expose_secret()));
    }
    Value::Object(answer)
}

/// `POST /oauth/introspect`.
pub(super) async fn introspect(app: Data<App>, request: HttpRequest, body: Body) -> HttpResponse {
    answered(&request, inspected(&app, &request, body).await)
}

async fn inspected(app: &App, request: &HttpRequest, body: Body) -> OAuthResult<HttpResponse> {
    let call = call(app, request, body).await?;
    if call.client.is_public() {
        let message = "only an application with a secret may ask about tokens";
        return Err(Word::InvalidClient.because(message));
    }
    let token = token_of(&call.params)?;
    let applications = &app.callers.applications;
    let inspected = match good(app, &token).await? {
        Some(principal) => {
            applications
                .inspect_access(&call.client, &principal)
                .await?
        }
        None => applications.inspect_refresh(&call.client, &token).await?,
    };
    Ok(answer::json(&inspected))
}

/// `POST /oauth/revoke`.
pub(super) async fn revoke(app: Data<App>, request: HttpRequest, body: Body) -> HttpResponse {
    answered(&request, revoked(&app, &request, body).await)
}

async fn revoked(app: &App, request: &HttpRequest, body: Body) -> OAuthResult<HttpResponse> {
    let call = call(app, request, body).await?;
    let token = token_of(&call.params)?;
    let applications = &app.callers.applications;
    match good(app, &token).await? {
        Some(principal) => {
            let session = principal.session();
            applications
                .give_access_back(&call.client, session, &call.peer)
                .await?;
        }
        None => {
            applications
                .give_back(&call.client, &token, &call.peer)
                .await?;
        }
    }
    Ok(answer::done())
}

/// The caller of an access token that is good on this node at this moment.
async fn good(app: &App, token: &SecretString) -> OAuthResult<Option<Principal>> {
    let Ok(principal) = app.verify(token.expose_secret()).await else {
        return Ok(None);
    };
    match app.directory.admit(principal.clone()).await {
        Ok(_context) => Ok(Some(principal)),
        Err(error) if error.code().is_server_fault() => Err(error.into()),
        Err(_refused) => Ok(None),
    }
}

fn token_of(params: &Params) -> OAuthResult<SecretString> {
    let token = params.get("token").map(SecretString::from);
    token.ok_or_else(|| Word::InvalidRequest.because("token is missing"))
}

async fn call(app: &App, request: &HttpRequest, body: Body) -> OAuthResult<Call> {
    let params = super::browser::form(request, body)
        .map_err(|message| Word::InvalidRequest.because(message))?;
    let (shown, _by_header) = client::shown(request, &params)?;
    let client = app.callers.applications.authenticate(&shown).await?;
    Ok(Call {
        client,
        params,
        peer: peer(request, &app.settings),
    })
}

fn answered(request: &HttpRequest, answer: OAuthResult<HttpResponse>) -> HttpResponse {
    let by_header = request
        .headers()
        .contains_key(actix_web::http::header::AUTHORIZATION);
    answer.unwrap_or_else(|fault: OAuthFault| answer::refused(&fault, by_header))
}
