//! Refresh tokens: what a client shows for the next access token.
//!
//! A token is the session, its number in the family, and a code over both that
//! only the installation's secret and the session's seed can make. So the next
//! token of a family can be told again to a client that lost the answer, while
//! the database keeps no token; and a token that was never given out harms nobody,
//! since it is not taken for a stolen one.

use secrecy::{ExposeSecret, SecretString};

use crate::auth::text::{from_url_safe, sha256, url_safe};
use crate::auth::vault::{Purpose, Vault};
use crate::error::AppResult;
use crate::kernel::ids::SessionId;

/// What a token begins with, so that scanners for lost secrets know it.
const PREFIX: &str = "tbr_";
const ID: usize = 16;
const NUMBER: usize = 4;
const CODE: usize = 32;

/// A token that a client has shown.
pub(super) struct Shown {
    pub(super) session: SessionId,
    pub(super) generation: i32,
    code: [u8; CODE],
    hash: [u8; 32],
}

/// The tokens of one session.
pub(super) struct Family<'s> {
    pub(super) vault: &'s Vault,
    pub(super) session: SessionId,
    pub(super) seed: &'s [u8],
}

impl Family<'_> {
    /// The token of this number.
    pub(super) fn token(&self, generation: i32) -> AppResult<SecretString> {
        let code = self
            .vault
            .mac(Purpose::RefreshToken, &self.message(generation))?;
        let id = self.session.uuid();
        let bytes = [&id.as_bytes()[..], &generation.to_be_bytes(), &code].concat();
        Ok(format!("{PREFIX}{}", url_safe(&bytes)).into())
    }

    /// Whether a token that was shown is one of the family.
    pub(super) fn is_one(&self, shown: &Shown) -> AppResult<bool> {
        let message = self.message(shown.generation);
        self.vault
            .is_mac(Purpose::RefreshToken, &message, &shown.code)
    }

    fn message(&self, generation: i32) -> Vec<u8> {
        let id = self.session.uuid();
        [&id.as_bytes()[..], &generation.to_be_bytes(), self.seed].concat()
    }
}

impl Shown {
    /// Reads a token; none if it has not the form of one.
    pub(super) fn parse(token: &SecretString) -> Option<Self> {
        let text = token.expose_secret();
        let bytes = from_url_safe(text.strip_prefix(PREFIX)?)?;
        let (id, rest) = bytes.split_first_chunk::<ID>()?;
        let (number, code) = rest.split_first_chunk::<NUMBER>()?;
        Some(Self {
            session: SessionId::from_uuid(uuid::Uuid::from_bytes(*id)),
            generation: i32::from_be_bytes(*number),
            code: code.try_into().ok()?,
            hash: sha256(text.as_bytes()),
        })
    }

    /// What the database knows of it.
    pub(super) const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}

/// What the database keeps of a token.
pub(super) fn hash(token: &SecretString) -> [u8; 32] {
    sha256(token.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::vault::generate_secret;

    fn vault() -> Vault {
        Vault::from_text(&generate_secret().unwrap()).unwrap()
    }

    #[test]
    fn the_same_number_is_the_same_token() {
        let (vault, session) = (vault(), SessionId::generate());
        let family = Family {
            vault: &vault,
            session,
            seed: &[7; 32],
        };
        let token = family.token(3).unwrap();
        let again = family.token(3).unwrap();
        assert_eq!(token.expose_secret(), again.expose_secret());
        let shown = Shown::parse(&token).unwrap();
        assert_eq!((shown.session, shown.generation), (session, 3));
        assert_eq!(shown.hash(), &hash(&token));
        assert!(family.is_one(&shown).unwrap());
    }

    #[test]
    fn a_token_is_of_its_family_and_number_only() {
        let vault = vault();
        let session = SessionId::generate();
        let family = |seed| Family {
            vault: &vault,
            session,
            seed,
        };
        let shown = Shown::parse(&family(&[1; 32]).token(3).unwrap()).unwrap();
        assert!(!family(&[2; 32]).is_one(&shown).unwrap());
        let other_number = Shown {
            generation: 2,
            ..shown
        };
        assert!(!family(&[1; 32]).is_one(&other_number).unwrap());
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for wrong in ["", "tbr_", "tbr_AAAA", "tbx_live_x", "tbr_💥"] {
            assert!(Shown::parse(&wrong.into()).is_none(), "{wrong}");
        }
    }
}
