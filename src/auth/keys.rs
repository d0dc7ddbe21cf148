//! The keys that sign tokens, as many as are good at this moment.
//!
//! A token names its key, and the key fixes the algorithm: Ed25519, whatever the
//! token says. The newest key that is active signs; a key that is yet to become
//! active is published and believed already, so that every node and every client
//! knows it before the first token comes.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::text;
use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;
use crate::kernel::hex;

/// How far clocks may disagree.
pub const LEEWAY: TimeDelta = TimeDelta::seconds(5);
/// Longest token that is looked at, in bytes.
const LONGEST: usize = 8192;
/// Letters of a key's id.
const ID_LEN: usize = 16;

/// A signed token and its end.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: SecretString,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is refused.
#[derive(Debug)]
pub enum TokenFault {
    /// It was good once.
    Expired,
    /// It is not, or not for this audience; the cause is for the log.
    Invalid(String),
    /// No key of its name is known here; it may have been made a moment ago.
    UnknownKey(String),
}

/// A private key with its dates.
pub struct KeyMaterial {
    /// The 32 bytes of the private key.
    pub seed: SecretBox<[u8; 32]>,
    /// From when on it signs.
    pub active_from: DateTime<Utc>,
    /// From when on it is believed no more.
    pub retired_at: Option<DateTime<Utc>>,
}

/// The keys of all tokens. Clones share them.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<RwLock<Arc<[Key]>>>,
    issuer: Arc<str>,
    clock: Clock,
}

struct Key {
    kid: String,
    public: [u8; 32],
    encoding: EncodingKey,
    decoding: DecodingKey,
    active_from: DateTime<Utc>,
    retired_at: Option<DateTime<Utc>>,
}

/// What every token says, and `of` its kind.
#[derive(Serialize, Deserialize)]
pub struct Claims<C> {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
    /// What tokens of this kind say beside.
    #[serde(flatten)]
    pub of: C,
}

/// A key as it is published, in the form of RFC 7517.
#[derive(Serialize, Debug)]
pub struct PublishedKey {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
}

impl<C> Claims<C> {
    /// When the token stops being valid, the leeway aside.
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or_default()
    }

    /// The id of the token.
    pub const fn id(&self) -> Uuid {
        self.jti
    }

    pub(super) const fn lifetime(&self) -> TimeDelta {
        TimeDelta::seconds(self.exp.saturating_sub(self.iat))
    }
}

impl KeyMaterial {
    /// A new key.
    pub fn generate(active_from: DateTime<Utc>) -> AppResult<Self> {
        Ok(Self {
            seed: SecretBox::new(Box::new(text::random()?)),
            active_from,
            retired_at: None,
        })
    }

    /// The id of the key: the same wherever it is computed.
    pub fn kid(&self) -> String {
        let key = SigningKey::from_bytes(self.seed.expose_secret());
        key_id(key.verifying_key().as_bytes())
    }
}

impl Key {
    fn new(material: &KeyMaterial) -> AppResult<Self> {
        let key = SigningKey::from_bytes(material.seed.expose_secret());
        let der = key.to_pkcs8_der().map_err(AppError::internal)?;
        let public = key.verifying_key().to_bytes();
        Ok(Self {
            kid: key_id(&public),
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_der(&public),
            public,
            active_from: material.active_from,
            retired_at: material.retired_at,
        })
    }

    fn is_believed(&self, now: DateTime<Utc>) -> bool {
        self.retired_at.is_none_or(|end| now < end)
    }
}

impl KeyRing {
    /// A ring of these keys; `issuer` is the address under which they are published.
    pub fn new(materials: &[KeyMaterial], issuer: &str, clock: Clock) -> AppResult<Self> {
        let ring = Self {
            keys: Arc::new(RwLock::new(Arc::from([]))),
            issuer: issuer.into(),
            clock,
        };
        ring.replace(materials)?;
        Ok(ring)
    }

    /// A ring of one key that nobody else has.
    pub fn of_one(issuer: &str, clock: Clock) -> AppResult<Self> {
        let material = KeyMaterial::generate(DateTime::UNIX_EPOCH)?;
        Self::new(&[material], issuer, clock)
    }

    /// Takes these keys in place of those before.
    pub fn replace(&self, materials: &[KeyMaterial]) -> AppResult<()> {
        let keys: AppResult<Vec<Key>> = materials.iter().map(Key::new).collect();
        let mut keys = keys?;
        keys.sort_by_key(|key| key.active_from);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.into();
        Ok(())
    }

    /// The same keys for tokens of another issuer.
    #[must_use]
    pub fn issuing_as(&self, issuer: &str) -> Self {
        Self {
            issuer: issuer.into(),
            ..self.clone()
        }
    }

    /// Who signs: the address under which the keys are published.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The time by which tokens are made and read.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The keys by which others may check tokens.
    pub fn published(&self) -> Vec<PublishedKey> {
        let published = |key: &Key| PublishedKey {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid: key.kid.clone(),
            x: text::url_safe(&key.public),
        };
        let now = self.clock.now();
        let keys = self.keys();
        let believed = keys.iter().filter(|key| key.is_believed(now));
        believed.map(published).collect()
    }

    /// Signs a token for `audience`.
    pub fn sign<C: Serialize>(
        &self,
        audience: &str,
        of: C,
        lifetime: TimeDelta,
    ) -> AppResult<IssuedToken> {
        let now = self.clock.now();
        let expires_at = now + lifetime;
        let keys = self.keys();
        let key =
            signing(&keys, now).ok_or_else(|| AppError::internal("there is no signing key"))?;
        let claims = Claims {
            iss: self.issuer.as_ref().to_owned(),
            aud: audience.to_owned(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
            jti: Uuid::new_v4(),
            of,
        };
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token = jsonwebtoken::encode(&header, &claims, &key.encoding);
        Ok(IssuedToken {
            token: token.map_err(AppError::internal)?.into(),
            expires_at,
        })
    }

    /// What a token for `audience` says, if it is ours and good now.
    pub fn open<C: DeserializeOwned>(
        &self,
        audience: &str,
        token: &str,
    ) -> Result<Claims<C>, TokenFault> {
        let (_kid, claims) = self.opened(audience, token)?;
        Ok(claims)
    }

    /// As [`KeyRing::open`], with the id of the key that has signed it.
    pub(super) fn opened<C: DeserializeOwned>(
        &self,
        audience: &str,
        token: &str,
    ) -> Result<(String, Claims<C>), TokenFault> {
        let invalid = |error: jsonwebtoken::errors::Error| TokenFault::Invalid(error.to_string());
        if token.len() > LONGEST {
            return Err(TokenFault::Invalid("too long".to_owned()));
        }
        let header = jsonwebtoken::decode_header(token).map_err(invalid)?;
        let kid = header.kid.unwrap_or_default();
        let keys = self.keys();
        let now = self.clock.now();
        let Some(key) = believed(&keys, &kid, now) else {
            return Err(TokenFault::UnknownKey(kid));
        };
        let validation = self.validation(audience);
        let claims = jsonwebtoken::decode::<Claims<C>>(token, &key.decoding, &validation);
        let claims = claims.map_err(invalid)?.claims;
        self.check_time(&claims)?;
        Ok((kid, claims))
    }

    /// Whether what the key of this id has signed is believed now.
    pub(super) fn believes(&self, kid: &str) -> bool {
        believed(&self.keys(), kid, self.clock.now()).is_some()
    }

    /// Refuses a token that is not good yet, or no more.
    pub(super) fn check_time<C>(&self, claims: &Claims<C>) -> Result<(), TokenFault> {
        let now = self.clock.now();
        if now >= claims.expires_at() + LEEWAY {
            return Err(TokenFault::Expired);
        }
        if claims.nbf > (now + LEEWAY).timestamp() {
            return Err(TokenFault::Invalid("not valid yet".to_owned()));
        }
        Ok(())
    }

    fn validation(&self, audience: &str) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The library reads the system's clock with a minute of leeway; ours is
        // injected and stricter.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    fn keys(&self) -> Arc<[Key]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key of this id, if it is believed.
fn believed<'k>(keys: &'k [Key], kid: &str, now: DateTime<Utc>) -> Option<&'k Key> {
    let mut keys = keys.iter();
    keys.find(|key| key.kid == kid && key.is_believed(now))
}

/// The newest that is active; the oldest if none is yet.
fn signing(keys: &[Key], now: DateTime<Utc>) -> Option<&Key> {
    let mut believed = keys.iter().filter(|key| key.is_believed(now));
    let active = believed.clone().rev().find(|key| key.active_from <= now);
    active.or_else(|| believed.next())
}

/// The same for the same key everywhere.
fn key_id(public: &[u8; 32]) -> String {
    let mut id = hex::encode(&text::sha256(public));
    id.truncate(ID_LEN);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Said {
        sub: String,
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn sign(ring: &KeyRing) -> String {
        let sub = "somebody".to_owned();
        let issued = ring.sign("a", Said { sub }, TimeDelta::minutes(15));
        issued.unwrap().token.expose_secret().to_owned()
    }

    fn kid(token: &str) -> String {
        jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
    }

    #[test]
    fn the_next_key_is_believed_before_it_signs_and_the_last_one_after() {
        let clock = Clock::fixed(at(0));
        let (old, new) = (
            KeyMaterial::generate(at(-100)).unwrap(),
            KeyMaterial::generate(at(60)).unwrap(),
        );
        let (old_id, new_id) = (old.kid(), new.kid());
        let ring = KeyRing::new(&[new, old], "https://tubex.test", clock.clone()).unwrap();
        assert_eq!(ring.published().len(), 2);
        let before = sign(&ring);
        assert_eq!(kid(&before), old_id);
        clock.set(at(60));
        let after = sign(&ring);
        assert_eq!(kid(&after), new_id);
        for token in [before, after] {
            assert!(ring.open::<Said>("a", &token).is_ok());
        }
    }

    #[test]
    fn a_key_that_is_gone_is_believed_no_more() {
        let ring = KeyRing::of_one("https://tubex.test", Clock::fixed(at(0))).unwrap();
        let token = sign(&ring);
        ring.replace(&[KeyMaterial::generate(at(0)).unwrap()])
            .unwrap();
        let fault = ring.open::<Said>("a", &token).err().unwrap();
        assert!(matches!(fault, TokenFault::UnknownKey(_)), "{fault:?}");
    }

    #[test]
    fn what_is_published_names_no_secret() {
        let ring = KeyRing::of_one("https://tubex.test", Clock::fixed(at(0))).unwrap();
        let published = serde_json::to_value(ring.published()).unwrap();
        let mut names: Vec<&String> = published[0].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
    }
}
