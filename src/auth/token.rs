//! Access tokens: short-lived, signed with Ed25519, good for one dealer.
//!
//! The algorithm is pinned: a token that names another one is refused before
//! its signature is looked at. Time comes from the injected clock, with a
//! leeway of five seconds for clocks that disagree.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::principal::Principal;
use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How far clocks may disagree.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

const ISSUER: &str = "tubex";
const AUDIENCE: &str = "tubex-api";

/// Why the signing key can not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can not be read.
    #[error("--signing-key-file {path}: {cause}; make one with `tubex key generate`")]
    Unreadable {
        /// The configured path.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// The text is not an Ed25519 private key.
    #[error("the signing key is not an Ed25519 private key in PKCS#8 PEM: {0}")]
    Malformed(String),
}

/// Issues and verifies access tokens.
pub struct AccessTokens {
    kid: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    clock: Clock,
}

/// A token as handed to a client.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// What goes behind `Authorization: Bearer`.
    pub token: SecretString,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    tid: DealerId,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

impl AccessTokens {
    /// Tokens under the key in `pem` (PKCS#8).
    pub fn from_pem(pem: &SecretString, clock: Clock) -> Result<Self, KeyError> {
        let malformed = |error: &dyn std::fmt::Display| KeyError::Malformed(error.to_string());
        let key = SigningKey::from_pkcs8_pem(pem.expose_secret()).map_err(|e| malformed(&e))?;
        let der = key.to_pkcs8_der().map_err(|e| malformed(&e))?;
        let public = key.verifying_key();
        Ok(Self {
            kid: key_id(public.as_bytes()),
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_der(public.as_bytes()),
            validation: validation(),
            clock,
        })
    }

    /// As [`AccessTokens::from_pem`], from a file.
    pub fn from_file(path: &Path, clock: Clock) -> Result<Self, KeyError> {
        let pem = std::fs::read_to_string(path).map_err(|error| KeyError::Unreadable {
            path: path.display().to_string(),
            cause: error.to_string(),
        })?;
        Self::from_pem(&pem.into(), clock)
    }

    /// A token for `user` at `dealer`.
    pub fn issue(
        &self,
        user: UserId,
        dealer: DealerId,
        session: SessionId,
    ) -> AppResult<IssuedToken> {
        let now = self.clock.now();
        let expires_at = now + LIFETIME;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            tid: dealer,
            sid: session,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
            jti: Uuid::new_v4(),
        };
        let header = Header {
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token =
            jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(AppError::internal)?;
        Ok(IssuedToken {
            token: token.into(),
            expires_at,
        })
    }

    /// The caller a token speaks for.
    pub fn verify(&self, token: &str) -> AppResult<Principal> {
        let refused = || AppError::unauthenticated("the access token is not valid; sign in again");
        let header =
            jsonwebtoken::decode_header(token).map_err(|error| refused().with_cause(error))?;
        if header.kid.as_deref() != Some(&self.kid) {
            return Err(refused().with_cause("unknown key id"));
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|error| refused().with_cause(error))?
            .claims;
        let now = self.clock.now();
        let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
        if now >= expires_at + LEEWAY {
            return Err(AppError::unauthenticated(
                "the access token has expired; sign in again",
            ));
        }
        if claims.nbf > (now + LEEWAY).timestamp() {
            return Err(refused().with_cause("not valid yet"));
        }
        Ok(Principal {
            user: claims.sub,
            dealer: claims.tid,
            session: claims.sid,
            expires_at,
        })
    }
}

/// A new private key, as PKCS#8 PEM.
pub fn generate_key() -> Result<SecretString, KeyError> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| KeyError::Malformed(error.to_string()))?;
    SigningKey::from_bytes(&seed)
        .to_pkcs8_pem(LineEnding::LF)
        .map(|pem| SecretString::from(pem.as_str()))
        .map_err(|error| KeyError::Malformed(error.to_string()))
}

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // The library reads the system's clock with a minute of leeway; ours is
    // injected and stricter.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

/// The key id of a public key: the start of its hash, so that it needs no register.
fn key_id(public: &[u8; 32]) -> String {
    use sha2::{Digest, Sha256};
    let mut id = crate::kernel::hex::encode(&Sha256::digest(public));
    id.truncate(16);
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn tokens(clock: &Clock) -> AccessTokens {
        AccessTokens::from_pem(&generate_key().unwrap(), clock.clone()).unwrap()
    }

    fn issue(tokens: &AccessTokens) -> (String, DealerId) {
        let dealer = DealerId::generate();
        let issued = tokens
            .issue(UserId::generate(), dealer, SessionId::generate())
            .unwrap();
        (issued.token.expose_secret().to_owned(), dealer)
    }

    #[test]
    fn a_token_speaks_for_its_dealer() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let (token, dealer) = issue(&tokens);
        assert_eq!(tokens.verify(&token).unwrap().dealer(), dealer);
    }

    #[test]
    fn it_ends_after_a_quarter_of_an_hour_and_five_seconds() {
        let clock = Clock::fixed(at(0));
        let tokens = tokens(&clock);
        let (token, _) = issue(&tokens);
        clock.set(at(904));
        assert!(tokens.verify(&token).is_ok());
        clock.set(at(905));
        let error = tokens.verify(&token).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unauthenticated);
    }

    #[test]
    fn another_key_is_refused() {
        let clock = Clock::fixed(at(0));
        let (token, _) = issue(&tokens(&clock));
        assert!(tokens(&clock).verify(&token).is_err());
    }

    #[test]
    fn tampering_and_other_algorithms_are_refused() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let (token, _) = issue(&tokens);
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            panic!("a token has three parts");
        };
        // {"alg":"none","kid":…} and {"alg":"HS256"} in the header's place.
        let none = "eyJhbGciOiJub25lIn0";
        let hs256 = "eyJhbGciOiJIUzI1NiJ9";
        for forged in [
            format!("{none}.{claims}."),
            format!("{hs256}.{claims}.{signature}"),
            format!("{header}.{claims}x.{signature}"),
            format!("{header}.{claims}"),
            String::new(),
        ] {
            assert!(tokens.verify(&forged).is_err(), "{forged}");
        }
    }

    #[test]
    fn the_key_prints_nothing() {
        let key = generate_key().unwrap();
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
}
