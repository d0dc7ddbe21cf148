//! Codes that stand in for a lost authenticator, each of them once.

use secrecy::{ExposeSecret, SecretString};

use crate::auth::text::{random, sha256};
use crate::auth::totp::base32;
use crate::error::AppResult;

/// How many there are.
pub const COUNT: usize = 10;
/// Bytes of one: 80 bits, so that a plain hash tells nothing of it.
const BYTES: usize = 10;
/// Letters of one, and of each of its groups.
const LETTERS: usize = 16;
const GROUP: usize = 4;

/// New codes, as they are shown once.
pub fn generate() -> AppResult<Vec<SecretString>> {
    (0..COUNT).map(|_number| one()).collect()
}

/// What is kept of them.
pub fn hashes(codes: &[SecretString]) -> Vec<[u8; 32]> {
    let texts = codes.iter().map(ExposeSecret::expose_secret);
    texts.filter_map(hash).collect()
}

/// What is kept of a code that somebody has typed; none if it can be no code.
/// Capitals, gaps and hyphens do not matter.
pub fn hash(typed: &str) -> Option<[u8; 32]> {
    let letters: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .take(LETTERS + 1)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let is_code = letters.len() == LETTERS
        && letters
            .bytes()
            .all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    is_code.then(|| sha256(letters.as_bytes()))
}

fn one() -> AppResult<SecretString> {
    let letters = base32(&random::<BYTES>()?);
    let mut text = String::with_capacity(LETTERS + LETTERS / GROUP);
    for (index, letter) in letters.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_codes_of_four_groups_none_like_another() {
        let codes = generate().unwrap();
        for code in &codes {
            let groups: Vec<&str> = code.expose_secret().split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4));
        }
        let hashes: HashSet<[u8; 32]> = hashes(&codes).into_iter().collect();
        assert_eq!(hashes.len(), COUNT);
    }

    #[test]
    fn how_a_code_is_typed_does_not_matter() {
        let kept = hash("ABCD-EFGH-IJKL-MN23");
        assert!(kept.is_some());
        assert_eq!(hash(" abcdefgh ijklmn23"), kept);
        for wrong in [
            "",
            "ABCD-EFGH-IJKL-MN2",
            "ABCD-EFGH-IJKL-MN231",
            "ABCD-EFGH-IJKL-MN01",
            "ÄBCD",
        ] {
            assert_eq!(hash(wrong), None, "{wrong}");
        }
    }
}
