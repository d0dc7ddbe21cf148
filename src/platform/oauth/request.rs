//! What an application asks of a user, as his browser brings it.
//!
//! As long as it is not known that the address to send him back to is the
//! application's, he is sent nowhere: faults are shown to him. All later ones are
//! told to the application.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::fault::Word;
use super::model::{ClientId, ClientRow, REQUEST};
use super::params::Params;
use super::redirect;
use super::scope::{Scope, ScopeWord};
use crate::error::AppError;
use crate::kernel::ids::DealerId;

/// Longest `state`, in bytes.
const STATE: usize = 2000;
/// Longest `nonce`.
const NONCE: usize = 500;
/// Longest `login_hint`.
pub const HINT: usize = 254;
/// Letters of a SHA-256 in base64.
const CHALLENGE: usize = 43;
/// Greatest `max_age`: ten years.
const MAX_AGE: i64 = 315_360_000;

/// A request that can be answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Which application.
    pub client: ClientId,
    /// Where the user is sent back to.
    pub redirect_uri: String,
    /// What it wants to find in the answer.
    pub state: Option<String>,
    /// What it wants to find in the token about the user.
    pub nonce: Option<String>,
    /// What it asks for.
    pub scope: Scope,
    /// SHA-256 of what it will show along with the code.
    pub challenge: String,
    /// At which dealer; none if the user chooses.
    pub dealer: Option<DealerId>,
    /// How old the user's sign-in may be.
    pub max_age: Option<i64>,
    /// The address that the user is thought to sign in with.
    pub hint: Option<String>,
    /// Nobody may be asked anything.
    pub silent: bool,
    /// The user has to sign in, even if he is.
    pub anew: bool,
    /// He has to consent, even if he has.
    pub again: bool,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// Why a request is not answered.
#[derive(Debug)]
pub enum RequestFault {
    /// For the user to read.
    Shown(Cow<'static, str>),
    /// For the application: where to send the user.
    Back(String),
    /// A fault of ours.
    Fault(AppError),
}

impl From<AppError> for RequestFault {
    fn from(error: AppError) -> Self {
        Self::Fault(error)
    }
}

/// The way back to the application.
pub struct Back<'r> {
    /// Who answers.
    pub issuer: &'r str,
    /// Where to.
    pub redirect_uri: &'r str,
    /// What the application has sent along.
    pub state: Option<&'r str>,
}

impl Back<'_> {
    /// The address with a code.
    pub fn with_code(&self, code: &str) -> String {
        self.with(&[("code", code)])
    }

    /// The address with a refusal.
    pub fn refused(&self, word: Word, description: &str) -> String {
        let description: String = description.chars().map(plain).collect();
        self.with(&[
            ("error", word.as_str()),
            ("error_description", &description),
        ])
    }

    fn with(&self, answer: &[(&str, &str)]) -> String {
        let mut params = answer.to_vec();
        params.extend(self.state.map(|state| ("state", state)));
        // So that an application of several providers sees who has answered (RFC 9207).
        params.push(("iss", self.issuer));
        redirect::with(self.redirect_uri, &params)
    }
}

/// Characters that RFC 6749 has in descriptions.
pub fn plain(c: char) -> char {
    match c {
        '"' | '\\' => '\'',
        ' '..='~' => c,
        _ => '?',
    }
}

impl Request {
    /// The way back.
    pub fn back<'r>(&'r self, issuer: &'r str) -> Back<'r> {
        Back {
            issuer,
            redirect_uri: &self.redirect_uri,
            state: self.state.as_deref(),
        }
    }

    /// Whether it is too old to be answered.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now - self.at >= REQUEST
    }

    /// Whether a user who has proven at this time who he is need not do it again.
    pub fn accepts(&self, proven_at: DateTime<Utc>) -> bool {
        if proven_at >= self.at {
            return true;
        }
        let age = self.at - proven_at;
        let is_young = |seconds: i64| age <= TimeDelta::seconds(seconds);
        !self.anew && self.max_age.is_none_or(is_young)
    }

    /// Whether the application may still ask this.
    pub fn is_right_for(&self, client: &ClientRow) -> bool {
        let is_registered = |uri: &String| redirect::is_same(uri, &self.redirect_uri);
        self.client == client.id
            && client.redirect_uris.iter().any(is_registered)
            && client.scope.covers(&self.scope)
            && self.dealer.is_none_or(|dealer| client.is_open_to(dealer))
    }

    /// Reads the request of an application that there is.
    pub fn read(
        params: &Params,
        client: &ClientRow,
        issuer: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, RequestFault> {
        let redirect_uri = redirect_uri(params, client)?;
        let state = params.get("state").filter(|state| state.len() <= STATE);
        let back = Back {
            issuer,
            redirect_uri,
            state,
        };
        let refused = |(word, why): Refused| RequestFault::Back(back.refused(word, &why));
        check_kind(params).map_err(refused)?;
        let prompt = Prompt::read(params).map_err(refused)?;
        Ok(Self {
            client: client.id,
            redirect_uri: redirect_uri.to_owned(),
            state: state.map(str::to_owned),
            nonce: bounded(params, "nonce", NONCE).map_err(refused)?,
            scope: scope(params, client).map_err(refused)?,
            challenge: challenge(params).map_err(refused)?,
            dealer: dealer(params, client).map_err(refused)?,
            max_age: max_age(params).map_err(refused)?,
            hint: bounded(params, "login_hint", HINT).map_err(refused)?,
            silent: prompt.silent,
            anew: prompt.anew,
            again: prompt.again,
            at: now,
        })
    }
}

type Refused = (Word, Cow<'static, str>);

fn invalid(description: &'static str) -> Refused {
    (Word::InvalidRequest, description.into())
}

fn redirect_uri<'p>(params: &'p Params, client: &ClientRow) -> Result<&'p str, RequestFault> {
    let shown = |text: &'static str| RequestFault::Shown(text.into());
    let asked = params.get("redirect_uri");
    let asked = asked.ok_or_else(|| shown("The application does not say where to send you."))?;
    let is_registered = |uri: &String| redirect::is_same(uri, asked);
    if client.redirect_uris.iter().any(is_registered) {
        Ok(asked)
    } else {
        Err(shown(
            "The application wants you sent to an address that is not registered as its own.",
        ))
    }
}

fn check_kind(params: &Params) -> Result<(), Refused> {
    if params.get("state").is_some_and(|state| state.len() > STATE) {
        return Err(invalid("state is too long"));
    }
    if params.get("request").is_some() {
        let message = "send the parameters as they are";
        return Err((Word::RequestNotSupported, message.into()));
    }
    if params.get("request_uri").is_some() {
        let message = "send the parameters as they are";
        return Err((Word::RequestUriNotSupported, message.into()));
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => {
            let message = "response_type must be code";
            return Err((Word::UnsupportedResponseType, message.into()));
        }
        None => return Err(invalid("response_type is missing; it must be code")),
    }
    match params.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(invalid("response_mode must be query")),
    }
}

fn bounded(params: &Params, name: &str, most: usize) -> Result<Option<String>, Refused> {
    match params.get(name) {
        Some(value) if value.len() > most => {
            let message = format!("{name} is too long");
            Err((Word::InvalidRequest, message.into()))
        }
        value => Ok(value.map(str::to_owned)),
    }
}

fn scope(params: &Params, client: &ClientRow) -> Result<Scope, Refused> {
    let refused = |message: String| (Word::InvalidScope, message.into());
    let text = params.get("scope").unwrap_or_default();
    let scope: Scope = text
        .parse()
        .map_err(|error: super::scope::UnknownScope| refused(error.to_string()))?;
    if scope.is_empty() {
        return Err(refused("say by scope what is asked for".to_owned()));
    }
    if let Some(word) = scope.words().find(|word| !client.scope.has(*word)) {
        let word = word.as_str();
        return Err(refused(format!(
            "the application is not registered for {word}"
        )));
    }
    Ok(scope)
}

fn challenge(params: &Params) -> Result<String, Refused> {
    let challenge = params.get("code_challenge");
    let challenge =
        challenge.ok_or_else(|| invalid("code_challenge is missing: PKCE is needed (RFC 7636)"))?;
    if params.get("code_challenge_method") != Some("S256") {
        return Err(invalid("code_challenge_method must be S256"));
    }
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if challenge.len() != CHALLENGE || !challenge.bytes().all(is_base64) {
        return Err(invalid(
            "code_challenge must be the SHA-256 of the verifier in base64url",
        ));
    }
    Ok(challenge.to_owned())
}

fn dealer(params: &Params, client: &ClientRow) -> Result<Option<DealerId>, Refused> {
    let asked = params.get("dealer_id").map(str::parse::<DealerId>);
    let asked = asked
        .transpose()
        .map_err(|_| invalid("dealer_id must be the id of a dealer"))?;
    if let Some(other) = asked.filter(|dealer| !client.is_open_to(*dealer)) {
        let message = format!("the application is not for {other}");
        return Err((Word::InvalidRequest, message.into()));
    }
    Ok(client.dealer_id.or(asked))
}

fn max_age(params: &Params) -> Result<Option<i64>, Refused> {
    let Some(text) = params.get("max_age") else {
        return Ok(None);
    };
    let seconds = text.parse().ok().filter(|age| (0..=MAX_AGE).contains(age));
    seconds
        .map(Some)
        .ok_or_else(|| invalid("max_age must be a number of seconds"))
}

struct Prompt {
    silent: bool,
    anew: bool,
    again: bool,
}

impl Prompt {
    /// Words that are not known are left alone, as OpenID Connect recommends.
    fn read(params: &Params) -> Result<Self, Refused> {
        let words: Vec<&str> = params
            .get("prompt")
            .unwrap_or_default()
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect();
        let has = |word| words.contains(&word);
        if has("none") && words.len() > 1 {
            return Err(invalid("prompt=none stands alone"));
        }
        Ok(Self {
            silent: has("none"),
            anew: has("login") || has("select_account"),
            again: has("consent"),
        })
    }
}

/// Whether the application asks to know who the user is.
pub fn wants_identity(scope: &Scope) -> bool {
    scope.has(ScopeWord::OpenId)
}
