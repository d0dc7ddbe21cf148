//! What is derived from the installation's secret: sealing and authentication codes.
//!
//! Each purpose has a key of its own, so that what was made for one is worth
//! nothing for another. The secret lies in a file outside of the database: who
//! reads the database alone can neither open nor forge anything.

use std::path::Path;
use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};

use super::text;
use crate::error::{AppError, AppResult};

/// Bytes of a secret.
const SECRET_LEN: usize = 32;
/// Most secrets of a file: the present one and those before it.
const MOST: usize = 8;
const ID_LEN: usize = 4;

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Private keys that sign tokens.
    SigningKey,
    /// Refresh tokens of sessions.
    RefreshToken,
    /// Secrets of second factors.
    SecondFactor,
    /// API keys.
    ApiKey,
    /// Tokens that travel by mail.
    OneTimeToken,
    /// Codes and tokens of applications.
    OAuth,
    /// Devices that have signed in before.
    Device,
    /// Forms of our own pages.
    Form,
    /// Codes that travel by SMS.
    SmsCode,
    /// Secrets of webhooks.
    Webhook,
    /// Links by which files travel.
    FileLink,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKey => b"tubex/signing-key/1",
            Self::RefreshToken => b"tubex/refresh-token/1",
            Self::SecondFactor => b"tubex/second-factor/1",
            Self::ApiKey => b"tubex/api-key/1",
            Self::OneTimeToken => b"tubex/one-time-token/1",
            Self::OAuth => b"tubex/oauth/1",
            Self::Device => b"tubex/device/1",
            Self::Form => b"tubex/form/1",
            Self::SmsCode => b"tubex/sms-code/1",
            Self::Webhook => b"tubex/webhook/1",
            Self::FileLink => b"tubex/file-link/1",
        }
    }
}

/// Why a secret can not be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file can not be read.
    #[error("--secret-key-file {path}: {cause}; make one with `tubex key generate`")]
    Unreadable {
        /// The configured path.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// The file holds something else.
    #[error(
        "the secret key must be one line of 43 letters and digits, as `tubex key generate` \
         writes it; older ones may stand on the lines below"
    )]
    Malformed,
    /// The system gives no random numbers, or the like.
    #[error("{0}")]
    Unusable(#[from] AppError),
}

/// Seals, opens and authenticates.
#[derive(Clone)]
pub struct Vault(Arc<Secrets>);

/// The present secret, and those before it, which still open what they have sealed.
struct Secrets {
    present: Secret,
    older: Vec<Secret>,
}

struct Secret {
    id: [u8; ID_LEN],
    derived: hkdf::Prk,
}

struct Len(usize);

impl hkdf::KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// A new secret, as it stands in the file.
pub fn generate_secret() -> AppResult<SecretString> {
    let bytes = text::random::<SECRET_LEN>()?;
    Ok(format!("{}\n", text::url_safe(&bytes)).into())
}

impl Vault {
    /// The vault of the secret in a file.
    pub fn from_file(path: &Path) -> Result<Self, SecretError> {
        let content = std::fs::read_to_string(path).map_err(|error| SecretError::Unreadable {
            path: path.display().to_string(),
            cause: error.to_string(),
        })?;
        Self::from_text(&content.into())
    }

    /// The vault of the secret in a text; lines after the first are secrets of
    /// former times.
    pub fn from_text(content: &SecretString) -> Result<Self, SecretError> {
        let lines = content.expose_secret().lines().map(str::trim);
        let mut secrets = Vec::new();
        for line in lines.filter(|line| !line.is_empty()) {
            secrets.push(Secret::new(line)?);
        }
        if secrets.is_empty() || secrets.len() > MOST {
            return Err(SecretError::Malformed);
        }
        let present = secrets.remove(0);
        Ok(Self(Arc::new(Secrets {
            present,
            older: secrets,
        })))
    }

    /// Encrypts, so that it can be read and was not changed if it opens again.
    pub fn seal(&self, purpose: Purpose, plain: &[u8]) -> AppResult<Vec<u8>> {
        let secret = &self.0.present;
        let nonce = text::random::<NONCE_LEN>()?;
        let mut sealed = plain.to_vec();
        secret
            .cipher(purpose)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                &mut sealed,
            )
            .map_err(|_| AppError::internal("what is to be sealed is too long"))?;
        Ok([&secret.id[..], &nonce, &sealed].concat())
    }

    /// What was sealed for this purpose.
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> AppResult<Vec<u8>> {
        let foreign = || AppError::internal("it was sealed under another secret, or changed since");
        let (id, rest) = sealed.split_first_chunk::<ID_LEN>().ok_or_else(foreign)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(foreign)?;
        let secret = self
            .all()
            .find(|secret| secret.id == *id)
            .ok_or_else(foreign)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = secret
            .cipher(purpose)?
            .open_in_place(nonce, Aad::empty(), &mut rest)
            .map_err(|_| foreign())?;
        Ok(plain.to_vec())
    }

    /// The authentication code of a message, by the present secret.
    pub fn mac(&self, purpose: Purpose, message: &[u8]) -> AppResult<[u8; 32]> {
        self.0.present.mac(purpose, message)
    }

    /// As [`Vault::mac`], by each secret: codes made in former times are among them.
    pub fn macs(&self, purpose: Purpose, message: &[u8]) -> AppResult<Vec<[u8; 32]>> {
        self.all()
            .map(|secret| secret.mac(purpose, message))
            .collect()
    }

    /// Whether `code` is that of the message, by any secret; takes as long either way.
    pub fn is_mac(&self, purpose: Purpose, message: &[u8], code: &[u8]) -> AppResult<bool> {
        let mut is_one = false;
        for secret in self.all() {
            let key = secret.hmac_key(purpose)?;
            is_one |= hmac::verify(&key, message, code).is_ok();
        }
        Ok(is_one)
    }

    fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.0.present).chain(&self.0.older)
    }
}

impl Secret {
    fn new(line: &str) -> Result<Self, SecretError> {
        let bytes = text::from_url_safe(line).ok_or(SecretError::Malformed)?;
        let bytes: [u8; SECRET_LEN] = bytes.try_into().map_err(|_| SecretError::Malformed)?;
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, b"tubex").extract(&bytes);
        let mut id = [0; ID_LEN];
        fill(&derived, b"tubex/id/1", &mut id)?;
        Ok(Self { id, derived })
    }

    fn cipher(&self, purpose: Purpose) -> AppResult<LessSafeKey> {
        let mut key = [0; 32];
        let label = [b"seal/", purpose.label()].concat();
        fill(&self.derived, &label, &mut key)?;
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| unusable())?;
        Ok(LessSafeKey::new(key))
    }

    fn hmac_key(&self, purpose: Purpose) -> AppResult<hmac::Key> {
        let mut key = [0; 32];
        let label = [b"mac/", purpose.label()].concat();
        fill(&self.derived, &label, &mut key)?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    fn mac(&self, purpose: Purpose, message: &[u8]) -> AppResult<[u8; 32]> {
        let tag = hmac::sign(&self.hmac_key(purpose)?, message);
        tag.as_ref().try_into().map_err(AppError::internal)
    }
}

fn fill(derived: &hkdf::Prk, label: &[u8], out: &mut [u8]) -> AppResult<()> {
    derived
        .expand(&[label], Len(out.len()))
        .and_then(|key| key.fill(out))
        .map_err(|_| unusable())
}

fn unusable() -> AppError {
    AppError::internal("a key could not be derived")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(lines: &[&SecretString]) -> Vault {
        let lines: Vec<&str> = lines.iter().map(|line| line.expose_secret()).collect();
        Vault::from_text(&lines.concat().into()).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_only() {
        let vault = vault(&[&generate_secret().unwrap()]);
        let sealed = vault.seal(Purpose::SigningKey, b"cement").unwrap();
        assert_eq!(vault.open(Purpose::SigningKey, &sealed).unwrap(), b"cement");
        assert!(vault.open(Purpose::SecondFactor, &sealed).is_err());
        assert_ne!(vault.seal(Purpose::SigningKey, b"cement").unwrap(), sealed);
    }

    #[test]
    fn a_changed_or_shortened_seal_does_not_open() {
        let vault = vault(&[&generate_secret().unwrap()]);
        let sealed = vault.seal(Purpose::SigningKey, b"cement").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(vault.open(Purpose::SigningKey, &changed).is_err());
            assert!(vault.open(Purpose::SigningKey, &sealed[..index]).is_err());
        }
    }

    #[test]
    fn former_secrets_still_open_and_verify() {
        let (old, new) = (generate_secret().unwrap(), generate_secret().unwrap());
        let before = vault(&[&old]);
        let sealed = before.seal(Purpose::SecondFactor, b"sand").unwrap();
        let code = before.mac(Purpose::ApiKey, b"key").unwrap();
        let after = vault(&[&new, &old]);
        assert_eq!(after.open(Purpose::SecondFactor, &sealed).unwrap(), b"sand");
        assert!(after.is_mac(Purpose::ApiKey, b"key", &code).unwrap());
        assert_ne!(after.mac(Purpose::ApiKey, b"key").unwrap(), code);
        let without = vault(&[&new]);
        assert!(without.open(Purpose::SecondFactor, &sealed).is_err());
        assert!(!without.is_mac(Purpose::ApiKey, b"key", &code).unwrap());
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for wrong in ["", "\n\n", "short", "-----BEGIN PRIVATE KEY-----"] {
            assert!(Vault::from_text(&wrong.into()).is_err(), "{wrong}");
        }
        let many = generate_secret().unwrap().expose_secret().repeat(9);
        assert!(Vault::from_text(&many.into()).is_err());
    }
}
