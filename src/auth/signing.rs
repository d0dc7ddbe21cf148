//! What all tokens have in common: signed with Ed25519 under one key, good for
//! one audience.
//!
//! The algorithm, the issuer and the audience are pinned: a token that names
//! another algorithm is refused before its signature is looked at, and one for
//! another audience opens nothing here although the key is the same. Time comes
//! from the injected clock, with a leeway of five seconds for clocks that
//! disagree.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;

/// How far clocks may disagree.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

const ISSUER: &str = "tubex";

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

/// A token as handed to a client.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// What goes behind `Authorization: Bearer`.
    pub token: SecretString,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
}

/// Why a token opens nothing.
pub(super) enum TokenFault {
    /// Its time is over.
    Expired,
    /// Anything else; the cause is for the log.
    Invalid(String),
}

/// Signs and opens the tokens of one audience.
pub(super) struct Signer {
    kid: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    audience: &'static str,
    clock: Clock,
}

/// What a token says, `C` being whom it speaks for.
#[derive(Serialize, Deserialize)]
pub(super) struct Claims<C> {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
    #[serde(flatten)]
    pub(super) of: C,
}

impl<C> Claims<C> {
    pub(super) fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or_default()
    }

    pub(super) const fn lifetime(&self) -> TimeDelta {
        TimeDelta::seconds(self.exp.saturating_sub(self.iat))
    }
}

impl Signer {
    /// Tokens for `audience` under the key in `pem` (PKCS#8).
    pub(super) fn new(
        pem: &SecretString,
        audience: &'static str,
        clock: Clock,
    ) -> Result<Self, KeyError> {
        let malformed = |error: &dyn std::fmt::Display| KeyError::Malformed(error.to_string());
        let key = SigningKey::from_pkcs8_pem(pem.expose_secret()).map_err(|e| malformed(&e))?;
        let der = key.to_pkcs8_der().map_err(|e| malformed(&e))?;
        let public = key.verifying_key();
        Ok(Self {
            kid: key_id(public.as_bytes()),
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_der(public.as_bytes()),
            validation: validation(audience),
            audience,
            clock,
        })
    }

    /// A token that speaks for `of` from now on.
    pub(super) fn sign<C: Serialize>(&self, of: C, lifetime: TimeDelta) -> AppResult<IssuedToken> {
        let now = self.clock.now();
        let expires_at = now + lifetime;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: self.audience.to_owned(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
            jti: Uuid::new_v4(),
            of,
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

    /// What a token says, if it is ours, for this audience, and in its time.
    pub(super) fn open<C: DeserializeOwned>(&self, token: &str) -> Result<Claims<C>, TokenFault> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenFault::Invalid(error.to_string());
        let header = jsonwebtoken::decode_header(token).map_err(invalid)?;
        if header.kid.as_deref() != Some(&self.kid) {
            return Err(TokenFault::Invalid("unknown key id".to_owned()));
        }
        let claims = jsonwebtoken::decode::<Claims<C>>(token, &self.decoding, &self.validation)
            .map_err(invalid)?
            .claims;
        let now = self.clock.now();
        if now >= claims.expires_at() + LEEWAY {
            return Err(TokenFault::Expired);
        }
        if claims.nbf > (now + LEEWAY).timestamp() {
            return Err(TokenFault::Invalid("not valid yet".to_owned()));
        }
        Ok(claims)
    }
}

/// The text of the key file.
pub(super) fn read_key(path: &Path) -> Result<SecretString, KeyError> {
    let pem = std::fs::read_to_string(path).map_err(|error| KeyError::Unreadable {
        path: path.display().to_string(),
        cause: error.to_string(),
    })?;
    Ok(pem.into())
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

fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[audience]);
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
