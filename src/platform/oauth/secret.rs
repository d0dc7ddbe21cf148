//! Secrets of applications, and codes: random text of which a code or hash is kept.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::model::{ClientId, ClientRow};
use crate::auth::text;
use crate::auth::vault::{Purpose, Vault};
use crate::error::AppResult;

/// What a secret begins with, so that scanners for lost secrets know it.
const PREFIX: &str = "tbs_";

/// A new secret.
pub fn generate() -> AppResult<SecretString> {
    let bytes = text::random::<32>()?;
    Ok(format!("{PREFIX}{}", text::url_safe(&bytes)).into())
}

/// What is kept of an application's secret.
pub fn mac(vault: &Vault, client: ClientId, secret: &SecretString) -> AppResult<Vec<u8>> {
    let mac = vault.mac(Purpose::OAuth, &message(client, secret))?;
    Ok(mac.to_vec())
}

/// Whether it is the application's secret, or the one before that is good still.
pub fn is_right(
    vault: &Vault,
    client: &ClientRow,
    secret: &SecretString,
    now: DateTime<Utc>,
) -> AppResult<bool> {
    let message = message(client.id, secret);
    let former = client.former_until.is_some_and(|until| now < until);
    let former = client.former_mac.as_ref().filter(|_mac| former);
    let mut is_right = false;
    for mac in client.secret_mac.iter().chain(former) {
        is_right |= vault.is_mac(Purpose::OAuth, &message, mac)?;
    }
    Ok(is_right)
}

/// A new code, and what is kept of it.
pub fn code() -> AppResult<(SecretString, Vec<u8>)> {
    let code = text::url_safe(&text::random::<32>()?);
    let hash = hash(&code);
    Ok((code.into(), hash))
}

/// What is kept of a code.
pub fn hash(code: &str) -> Vec<u8> {
    text::sha256(code.as_bytes()).to_vec()
}

fn message(client: ClientId, secret: &SecretString) -> Vec<u8> {
    let id = client.uuid();
    [
        &b"client-secret"[..],
        id.as_bytes(),
        secret.expose_secret().as_bytes(),
    ]
    .concat()
}
