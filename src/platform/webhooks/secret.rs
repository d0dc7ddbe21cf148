//! Secrets of endpoints, and the signatures that are made by them.
//!
//! What is signed is `<webhook-id>.<webhook-timestamp>.<body>`. The header holds a
//! signature for each secret in use, with spaces between: `v1,` and base64 of an
//! HMAC-SHA256, or `v1a,` and base64 of an Ed25519 signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use ring::hmac;
use secrecy::SecretString;

use super::model::{EndpointId, SecretId, SecretRow, SignatureKind};
use crate::auth::text::random;
use crate::auth::vault::{Purpose, Vault};
use crate::error::{AppError, AppResult};

/// Bytes of a secret; of Ed25519 it is the seed.
const LENGTH: usize = 32;

/// A secret that was just made.
pub struct Fresh {
    /// As stored.
    pub row: SecretRow,
    /// What the receiver has to know, if that is a secret.
    pub shown: Option<SecretString>,
}

/// A secret, opened.
pub enum Key {
    /// Of both sides.
    Hmac(hmac::Key),
    /// Of this side.
    Ed25519(Box<SigningKey>),
}

impl Fresh {
    /// A new secret of an endpoint.
    pub fn generate(
        vault: &Vault,
        endpoint: EndpointId,
        signature: SignatureKind,
        now: DateTime<Utc>,
    ) -> AppResult<Self> {
        let bytes = random::<LENGTH>()?;
        let (shown, public_key) = match signature {
            SignatureKind::HmacSha256 => {
                let shown = format!("whsec_{}", STANDARD.encode(bytes));
                (Some(shown.into()), None)
            }
            SignatureKind::Ed25519 => {
                let key = SigningKey::from_bytes(&bytes).verifying_key();
                (
                    None,
                    Some(format!("whpk_{}", STANDARD.encode(key.as_bytes()))),
                )
            }
        };
        let row = SecretRow {
            id: SecretId::generate(),
            endpoint_id: endpoint,
            signature,
            sealed: vault.seal(Purpose::Webhook, &bytes)?,
            public_key,
            created_at: now,
            expires_at: None,
        };
        Ok(Self { row, shown })
    }
}

impl Key {
    /// Opens a stored secret.
    pub fn open(vault: &Vault, row: &SecretRow) -> AppResult<Self> {
        let bytes = vault.open(Purpose::Webhook, &row.sealed)?;
        Self::of(row.signature, &bytes)
    }

    /// The key of these bytes.
    pub fn of(signature: SignatureKind, bytes: &[u8]) -> AppResult<Self> {
        Ok(match signature {
            SignatureKind::HmacSha256 => Self::Hmac(hmac::Key::new(hmac::HMAC_SHA256, bytes)),
            SignatureKind::Ed25519 => {
                let seed = bytes.try_into().map_err(AppError::internal)?;
                Self::Ed25519(Box::new(SigningKey::from_bytes(&seed)))
            }
        })
    }

    fn sign(&self, signed: &[u8]) -> String {
        match self {
            Self::Hmac(key) => format!("v1,{}", STANDARD.encode(hmac::sign(key, signed))),
            Self::Ed25519(key) => format!("v1a,{}", STANDARD.encode(key.sign(signed).to_bytes())),
        }
    }
}

/// The value of `webhook-signature`: one signature for each key.
pub fn signatures(keys: &[Key], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let each: Vec<String> = keys.iter().map(|key| key.sign(signed.as_bytes())).collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier, VerifyingKey};
    use secrecy::ExposeSecret;

    use super::*;
    use crate::auth::vault::generate_secret;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &str = r#"{"test": 2432232314}"#;

    /// The vector that the libraries of Standard Webhooks are tested with.
    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = Key::of(SignatureKind::HmacSha256, &secret).unwrap();
        assert_eq!(
            signatures(&[key], ID, AT, BODY),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    /// The first key of RFC 8032, section 7.1.
    #[test]
    fn a_public_key_verifies() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let bytes = |hex: &str| -> [u8; 32] {
            let number = u128::from_str_radix;
            let (head, tail) = hex.split_at(32);
            let halves = [head, tail].map(|half| number(half, 16).unwrap().to_be_bytes());
            halves.concat().try_into().unwrap()
        };
        let key = Key::of(SignatureKind::Ed25519, &bytes(seed)).unwrap();
        let header = signatures(&[key], ID, AT, BODY);
        let signature = STANDARD
            .decode(header.strip_prefix("v1a,").unwrap())
            .unwrap();
        let signature = Signature::from_slice(&signature).unwrap();
        let public = VerifyingKey::from_bytes(&bytes(public)).unwrap();
        let signed = format!("{ID}.{AT}.{BODY}");
        public.verify(signed.as_bytes(), &signature).unwrap();
        assert!(public.verify(BODY.as_bytes(), &signature).is_err());
    }

    #[test]
    fn what_is_made_opens_again_and_all_in_use_sign() {
        let vault = Vault::from_text(&generate_secret().unwrap()).unwrap();
        let now = DateTime::from_timestamp(AT, 0).unwrap();
        let made = [SignatureKind::HmacSha256, SignatureKind::Ed25519]
            .map(|kind| Fresh::generate(&vault, EndpointId::generate(), kind, now).unwrap());
        let shown = made[0].shown.as_ref().unwrap().expose_secret();
        assert!(shown.starts_with("whsec_") && made[0].row.public_key.is_none());
        let public = made[1].row.public_key.as_deref().unwrap();
        assert!(public.starts_with("whpk_") && made[1].shown.is_none());
        let keys = made.map(|fresh| Key::open(&vault, &fresh.row).unwrap());
        let header = signatures(&keys, ID, AT, BODY);
        let versions: Vec<&str> = header
            .split(' ')
            .map(|one| one.split_once(',').unwrap().0)
            .collect();
        assert_eq!(versions, ["v1", "v1a"]);
    }
}
