//! What applications trade for tokens: codes, and refresh tokens.

use secrecy::SecretString;

use super::fault::{OAuthFault, OAuthResult, Word};
use super::identity_token;
use super::model::{ClientId, ClientRow, CodeRow, GrantRow};
use super::params::Params;
use super::query::{codes, grants};
use super::request::wants_identity;
use super::scope::Scope;
use super::secret;
use super::service::Applications;
use crate::auth::text;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ServiceResult};
use crate::kernel::peer::Peer;
use crate::platform::factors::query as factors;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::sessions::model::EndCause;
use crate::platform::sessions::query::{self as sessions, Which};
use crate::platform::sessions::service::{ApplicationTokens, NewApplicationSession};

/// Fewest and most letters of a verifier, by RFC 7636.
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// What an application shows of itself.
#[derive(Default)]
pub struct ShownClient {
    /// Its id.
    pub id: Option<String>,
    /// Its secret.
    pub secret: Option<SecretString>,
}

/// What an application gets.
pub struct Traded {
    /// Its tokens.
    pub tokens: ApplicationTokens,
    /// A token that says who the user is, if it has asked for that.
    pub id_token: Option<SecretString>,
}

impl Applications {
    /// The application, if it is the one that it says: by its secret, unless it is one
    /// that can keep none.
    pub async fn authenticate(&self, shown: &ShownClient) -> OAuthResult<ClientRow> {
        let refused =
            || Word::InvalidClient.because("there is no such application, or not with this secret");
        let id: Option<ClientId> = shown.id.as_ref().and_then(|id| id.parse().ok());
        let client = self.client(id.ok_or_else(refused)?).await?;
        let client = client.ok_or_else(refused)?;
        let is_right = match &shown.secret {
            None => client.is_public(),
            Some(secret) => secret::is_right(&self.vault, &client, secret, self.now())?,
        };
        if is_right { Ok(client) } else { Err(refused()) }
    }

    /// Tokens for a code, once. If it is shown again with all that belongs to it, what
    /// it was traded for is revoked: somebody has a copy.
    pub async fn exchange(
        &self,
        client: &ClientRow,
        params: &Params,
        peer: &Peer,
    ) -> OAuthResult<Traded> {
        let code = required(params, "code")?;
        let redirect_uri = required(params, "redirect_uri")?;
        let verifier = required(params, "code_verifier")?;
        let hash = secret::hash(code);
        let mut conn = self.control.checkout().await?;
        let row = codes::find(&mut conn, &hash).await?.ok_or_else(spent)?;
        let grant = grants::find(&mut conn, row.grant_id).await?;
        let grant = grant
            .filter(|grant| grant.client_id == client.id)
            .ok_or_else(spent)?;
        if row.redirect_uri != redirect_uri {
            return Err(Word::InvalidGrant.because("redirect_uri is not that of the request"));
        }
        if !is_verifier_of(&row.challenge, verifier) {
            return Err(Word::InvalidGrant.because("code_verifier is not that of the request"));
        }
        let traded = self.trade(&mut conn, &row, &grant, peer).await;
        let Some(tokens) = traded.map_err(OAuthFault::of_grant)? else {
            self.replayed(&mut conn, &row, &grant, peer).await?;
            return Err(spent());
        };
        Ok(self.with_identity(client, tokens, row.nonce)?)
    }

    /// In one transaction the code is used up and the session opened. None if the code
    /// is not good (any more).
    async fn trade(
        &self,
        conn: &mut ControlConn,
        row: &CodeRow,
        grant: &GrantRow,
        peer: &Peer,
    ) -> ServiceResult<Option<ApplicationTokens>> {
        let now = self.now();
        conn.transaction(async |conn| -> ServiceResult<Option<ApplicationTokens>> {
            let epoch = factors::epoch_meanwhile(conn, grant.user_id).await?;
            if epoch != Some(row.user_epoch) || !codes::use_up(conn, &row.code_hash, now).await? {
                return Ok(None);
            }
            let new = NewApplicationSession {
                grant: grant.id,
                user: grant.user_id,
                dealer: grant.dealer_id,
                scope: &row.scope,
                proof: row.proof(),
                peer,
            };
            let tokens = self.sessions.open_for_application(conn, new).await?;
            codes::set_session(conn, &row.code_hash, tokens.session.id).await?;
            Ok(Some(tokens))
        })
        .await
    }

    /// Ends what a code was traded for, if it was.
    async fn replayed(
        &self,
        conn: &mut ControlConn,
        row: &CodeRow,
        grant: &GrantRow,
        peer: &Peer,
    ) -> AppResult<()> {
        let now = self.now();
        conn.transaction(async |conn| -> AppResult<()> {
            let used = codes::find(conn, &row.code_hash).await?;
            let Some(session) = used.and_then(|used| used.session_id) else {
                return Ok(());
            };
            let (which, cause) = (Which::One(session), EndCause::CodeReplayed);
            if sessions::end(conn, grant.user_id, which, cause, now).await? == 0 {
                return Ok(());
            }
            let event = NewEvent::of(EventKind::OauthCodeReplayed, peer);
            let event = event.at(grant.dealer_id, grant.user_id);
            let told = grant.client_id.to_string();
            Ok(record(conn, event.saying(&told), now).await?)
        })
        .await
    }

    /// The next tokens for a refresh token, for what is asked or for all that the user
    /// has let the application do.
    pub async fn refresh(
        &self,
        client: &ClientRow,
        params: &Params,
        peer: &Peer,
    ) -> OAuthResult<Traded> {
        let token = SecretString::from(required(params, "refresh_token")?);
        let narrower = match params.get("scope") {
            Some(text) => Some(self.narrower(&token, text).await?),
            None => None,
        };
        let refreshed = self
            .sessions
            .refresh_for_application(&token, client.id, narrower.as_ref(), peer)
            .await;
        let tokens = refreshed.map_err(OAuthFault::of_grant)?;
        Ok(self.with_identity(client, tokens, None)?)
    }

    /// A part of what the session is for; looked at before the token is used.
    async fn narrower(&self, token: &SecretString, text: &str) -> OAuthResult<Scope> {
        let refused = |message: String| Word::InvalidScope.because(message);
        let asked: Scope = text
            .parse()
            .map_err(|error: super::scope::UnknownScope| refused(error.to_string()))?;
        let session = self.sessions.family_of(token).await?;
        let had = session
            .and_then(|session| session.scope)
            .unwrap_or_default();
        if had.covers(&asked) {
            Ok(asked)
        } else {
            Err(refused("this is more than the user has granted".to_owned()))
        }
    }

    fn with_identity(
        &self,
        client: &ClientRow,
        tokens: ApplicationTokens,
        nonce: Option<String>,
    ) -> AppResult<Traded> {
        let ring = self.tokens.ring();
        let id_token = wants_identity(&tokens.scope)
            .then(|| identity_token::issue(ring, client.id, &tokens.session, nonce))
            .transpose()?;
        Ok(Traded { tokens, id_token })
    }
}

fn required<'p>(params: &'p Params, name: &'static str) -> OAuthResult<&'p str> {
    let missing = || Word::InvalidRequest.because(format!("{name} is missing"));
    params.get(name).ok_or_else(missing)
}

fn is_verifier_of(challenge: &str, verifier: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let is_well_formed = VERIFIER.contains(&verifier.len()) && verifier.bytes().all(is_allowed);
    is_well_formed && text::url_safe(&text::sha256(verifier.as_bytes())) == challenge
}

fn spent() -> OAuthFault {
    Word::InvalidGrant.because("the code is not known here, has been used, or is too old")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_verifier_is_known_by_its_hash() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier_of(challenge, verifier));
        for wrong in [
            challenge,
            "",
            "short",
            &verifier.replace('d', "e"),
            &format!("{verifier} "),
        ] {
            assert!(!is_verifier_of(challenge, wrong), "{wrong}");
        }
    }
}
