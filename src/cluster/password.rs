//! The password of the cluster's superuser.

use std::fmt::Write as _;
use std::fs;

use secrecy::SecretString;

use super::account::Account;
use super::error::ClusterError;
use super::own::write_private;
use super::place::Place;

/// Random bytes in a password.
const BYTES: usize = 24;

/// Makes a new password and writes it to its file, where `initdb` reads it.
pub(super) fn create(place: &Place, account: &Account) -> Result<(), ClusterError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(ClusterError::Random)?;
    let mut text = String::with_capacity(BYTES * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    write_private(&place.password(), &text, account)
}

/// The password of the cluster at `place`.
pub(super) fn read(place: &Place) -> Result<SecretString, ClusterError> {
    let path = place.password();
    let text = fs::read_to_string(&path).unwrap_or_default();
    let text = text.trim();
    if text.is_empty() {
        return Err(ClusterError::Password { path });
    }
    Ok(SecretString::from(text))
}
