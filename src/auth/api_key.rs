//! API keys: how they are written, and the caller that a right one speaks for.
//!
//! `tbx_live_`, 12 characters by which the key is found, 32 that nobody can guess,
//! 6 of a checksum. What is stored is an authentication code of the whole. The
//! checksum is no proof; it tells a mistyped key, or a text that only looks like
//! one, without asking anybody.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::permission::PermissionSet;
use super::principal::{Grant, Principal};
use super::text;
use super::vault::{Purpose, Vault};
use crate::error::AppResult;
use crate::kernel::ids::typed_id;

typed_id!(
    /// An API key.
    ApiKeyId, "key"
);

/// With what every key begins.
pub const PREFIX: &str = "tbx_live_";
const LOOKUP_LEN: usize = 12;
const SECRET_LEN: usize = 32;
const CHECK_LEN: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The key by which somebody calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Which one.
    pub id: ApiKeyId,
    /// Its epoch; keys of an older one are read again.
    pub epoch: i64,
    /// What it is for.
    pub scopes: PermissionSet,
}

/// What is stored of a key, and what its maker is now.
#[derive(Clone)]
pub struct KnownKey {
    /// The authentication code of the whole key.
    pub mac: Vec<u8>,
    /// The key.
    pub key: KeyUse,
    /// Whom it speaks for.
    pub grant: Grant,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
}

/// A text with the shape and the checksum of a key.
#[derive(Clone, Copy)]
pub struct KeyText<'t> {
    text: &'t str,
    lookup: &'t str,
}

/// A key that was just made.
pub struct FreshKey {
    /// All of it, to be shown once.
    pub text: SecretString,
    /// The part by which it is found.
    pub lookup: String,
    /// What is stored of the rest.
    pub mac: [u8; 32],
}

impl FreshKey {
    /// A key that nobody can guess.
    pub fn generate(vault: &Vault) -> AppResult<Self> {
        let lookup = random(LOOKUP_LEN)?;
        let body = format!("{PREFIX}{lookup}{}", random(SECRET_LEN)?);
        let text = format!("{body}{}", checksum(&body));
        Ok(Self {
            mac: vault.mac(Purpose::ApiKey, text.as_bytes())?,
            text: text.into(),
            lookup,
        })
    }

    /// The key as somebody sends it.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl<'t> KeyText<'t> {
    /// None for what is no key, by its shape and checksum.
    pub fn parse(text: &'t str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let is_whole = rest.len() == LOOKUP_LEN + SECRET_LEN + CHECK_LEN
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (body, check) = text.split_at_checked(text.len().checked_sub(CHECK_LEN)?)?;
        let lookup = rest.get(..LOOKUP_LEN)?;
        (is_whole && checksum(body) == check).then_some(Self { text, lookup })
    }

    /// The part by which it is found.
    pub const fn lookup(self) -> &'t str {
        self.lookup
    }

    /// The caller, if this is the key that `known` tells of. Takes as long if not.
    pub fn verify(self, vault: &Vault, known: &KnownKey) -> AppResult<Option<Principal>> {
        let is_it = vault.is_mac(Purpose::ApiKey, self.text.as_bytes(), &known.mac)?;
        Ok(is_it.then(|| Principal {
            grant: known.grant.clone(),
            expires_at: known.expires_at,
            key: Some(known.key),
        }))
    }
}

/// Digits of which each is as likely as the others.
fn random(count: usize) -> AppResult<String> {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        let fair = text::random::<64>()?.into_iter().filter(|byte| *byte < 248);
        digits.extend(fair.map(u32::from).map(digit).take(count - digits.len()));
    }
    Ok(digits)
}

fn digit(value: u32) -> char {
    let found = usize::try_from(value % 62).ok();
    let found = found.and_then(|index| DIGITS.get(index));
    found.map_or('0', |byte| char::from(*byte))
}

fn checksum(body: &str) -> String {
    let mut rest = crc32(body.as_bytes());
    let mut digits = ['0'; CHECK_LEN];
    for place in digits.iter_mut().rev() {
        *place = digit(rest);
        rest /= 62;
    }
    digits.iter().collect()
}

/// The CRC-32 of zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _bit in 0..8 {
            let is_odd = 0_u32.wrapping_sub(crc & 1);
            crc = (crc >> 1) ^ (0xEDB8_8320 & is_odd);
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::permission::Permission;
    use crate::auth::principal::{Method, Proof};
    use crate::auth::role::RoleCode;
    use crate::auth::vault::generate_secret;
    use crate::kernel::ids::{DealerId, SessionId, UserId};

    fn vault() -> Vault {
        Vault::from_text(&generate_secret().unwrap()).unwrap()
    }

    fn known(fresh: &FreshKey) -> KnownKey {
        KnownKey {
            mac: fresh.mac.to_vec(),
            key: KeyUse {
                id: ApiKeyId::generate(),
                epoch: 0,
                scopes: PermissionSet::of(&[Permission::ProductsRead]),
            },
            grant: Grant {
                user: UserId::generate(),
                dealer: DealerId::generate(),
                session: SessionId::generate(),
                user_epoch: 0,
                dealer_epoch: 0,
                roles: vec![RoleCode::OWNER],
                customer: None,
                proof: Proof {
                    methods: vec![Method::Key],
                    at: DateTime::UNIX_EPOCH,
                },
                actor: None,
                read_only: false,
                application: None,
            },
            expires_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum("123456789"), "3jZRME");
    }

    #[test]
    fn a_key_has_its_shape_and_is_found_by_its_lookup() {
        let fresh = FreshKey::generate(&vault()).unwrap();
        let text = fresh.expose();
        assert_eq!(text.len(), 59);
        assert_eq!(KeyText::parse(text).unwrap().lookup(), fresh.lookup);
        assert!(!format!("{:?}", fresh.text).contains(&fresh.lookup));
    }

    #[test]
    fn any_slip_of_the_pen_is_seen() {
        let fresh = FreshKey::generate(&vault()).unwrap();
        let text = fresh.expose();
        for place in 0..text.len() {
            let mut slip = text.as_bytes().to_vec();
            slip[place] = if slip[place] == b'x' { b'y' } else { b'x' };
            let slip = String::from_utf8(slip).unwrap();
            assert!(KeyText::parse(&slip).is_none(), "{place}");
            let (front, _) = text.split_at(place);
            assert!(KeyText::parse(front).is_none(), "{place}");
        }
        for wrong in [
            &format!("{text}0"),
            &format!("{text}é"),
            "",
            "tbx_live_",
            "é",
        ] {
            assert!(KeyText::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_the_key_itself_is_its_holder() {
        let vault = vault();
        let (fresh, other) = (
            FreshKey::generate(&vault).unwrap(),
            FreshKey::generate(&vault).unwrap(),
        );
        let known = known(&fresh);
        let verify = |text: &str, vault: &Vault| {
            let text = KeyText::parse(text).unwrap();
            text.verify(vault, &known).unwrap()
        };
        let principal = verify(fresh.expose(), &vault).unwrap();
        assert_eq!(principal.api_key(), Some(&known.key));
        assert!(!principal.is_in_person());
        assert!(verify(other.expose(), &vault).is_none());
        assert!(verify(fresh.expose(), &self::vault()).is_none());
    }

    #[test]
    fn a_key_gives_what_it_is_for_and_never_the_keys_of_the_house() {
        let vault = vault();
        let fresh = FreshKey::generate(&vault).unwrap();
        let mut known = known(&fresh);
        let of = |known: &KnownKey, roles| {
            let text = KeyText::parse(fresh.expose()).unwrap();
            let principal = text.verify(&vault, known).unwrap().unwrap();
            principal.narrowed(roles)
        };
        let reading = PermissionSet::of(&[Permission::ProductsRead]);
        assert_eq!(of(&known, PermissionSet::ALL), reading);
        assert!(of(&known, PermissionSet::of(&[Permission::UnitsRead])).is_empty());
        known.key.scopes = PermissionSet::ALL;
        let most = PermissionSet::ALL.without(Permission::GIVING_ACCESS);
        assert_eq!(of(&known, PermissionSet::ALL), most);
    }
}
