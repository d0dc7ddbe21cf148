//! Links by which content comes and goes: good for five minutes, one deed, one file of one
//! dealer.
//!
//! A link is its own proof: who has it needs no token. It says dealer, file and end under
//! an authentication code of the installation's secret, so that none of them can be
//! changed.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::model::FileId;
use crate::auth::text::{from_url_safe, url_safe};
use crate::auth::vault::{Purpose, Vault};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;

/// How long a link is good.
pub const GOOD_FOR: TimeDelta = TimeDelta::minutes(5);
/// Bytes of a link before its code: deed, dealer, file, end.
const MESSAGE: usize = 1 + 16 + 16 + 8;

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Reading the content.
    Download,
    /// Bringing the content, once.
    Upload,
    /// Reading an invoice as PDF, which is drawn then.
    Invoice,
}

impl Deed {
    const fn byte(self) -> u8 {
        match self {
            Self::Download => 1,
            Self::Upload => 2,
            Self::Invoice => 3,
        }
    }

    /// The path under which such links are answered, without what tells them apart.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Download => "/files",
            Self::Upload => "/uploads",
            Self::Invoice => "/invoices",
        }
    }
}

/// Whose file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The dealer.
    pub dealer: DealerId,
    /// The file.
    pub file: FileId,
}

/// A link as clients use it.
#[derive(Clone, Debug)]
pub struct SignedUrl {
    /// The whole address.
    pub url: String,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
}

/// Makes links, and reads them.
#[derive(Clone)]
pub struct Links {
    vault: Vault,
    address: Arc<str>,
    clock: Clock,
}

impl Links {
    /// Links to the server at `address`.
    pub fn new(vault: Vault, address: &str, clock: Clock) -> Self {
        Self {
            vault,
            address: address.into(),
            clock,
        }
    }

    /// A link to a file that is good from now on.
    pub fn make(&self, deed: Deed, link: Link) -> AppResult<SignedUrl> {
        self.sign(deed, (link.dealer, link.file.uuid()))
    }

    /// A link to a record of a dealer's that is good from now on.
    pub fn sign(&self, deed: Deed, record: (DealerId, Uuid)) -> AppResult<SignedUrl> {
        let expires_at = self.clock.now() + GOOD_FOR;
        let message = message(deed, record, expires_at.timestamp());
        let code = self.vault.mac(Purpose::FileLink, &message)?;
        let text = url_safe(&[&message[..], &code].concat());
        let (address, path) = (&self.address, deed.path());
        Ok(SignedUrl {
            url: format!("{address}{path}/{text}"),
            expires_at,
        })
    }

    /// The file of a link; refused if it is none of ours for that deed, or has ended.
    pub fn read(&self, deed: Deed, text: &str) -> AppResult<Link> {
        let (dealer, file) = self.verify(deed, text)?;
        let file = FileId::from_uuid(file);
        Ok(Link { dealer, file })
    }

    /// The dealer and record of a link; refused if it is none of ours for that deed, or has ended.
    pub fn verify(&self, deed: Deed, text: &str) -> AppResult<(DealerId, Uuid)> {
        let bytes = from_url_safe(text).ok_or_else(unknown)?;
        let (message, code) = bytes.split_at_checked(MESSAGE).ok_or_else(unknown)?;
        if !self.vault.is_mac(Purpose::FileLink, message, code)? {
            return Err(unknown());
        }
        let (said, record, until) = parts(message).ok_or_else(unknown)?;
        if said != deed.byte() {
            return Err(unknown());
        }
        if self.clock.now().timestamp() >= until {
            let message = "the link has ended; ask for a new one";
            return Err(AppError::new(ErrorCode::Forbidden, message));
        }
        Ok(record)
    }
}

fn unknown() -> AppError {
    AppError::new(ErrorCode::NotFound, "there is no such file")
}

fn message(deed: Deed, (dealer, record): (DealerId, Uuid), until: i64) -> Vec<u8> {
    let mut message = Vec::with_capacity(MESSAGE);
    message.push(deed.byte());
    message.extend_from_slice(dealer.uuid().as_bytes());
    message.extend_from_slice(record.as_bytes());
    message.extend_from_slice(&until.to_be_bytes());
    message
}

fn parts(message: &[u8]) -> Option<(u8, (DealerId, Uuid), i64)> {
    let (deed, rest) = message.split_first()?;
    let (dealer, rest) = rest.split_first_chunk::<16>()?;
    let (record, rest) = rest.split_first_chunk::<16>()?;
    let until = i64::from_be_bytes(rest.try_into().ok()?);
    let dealer = DealerId::from_uuid(Uuid::from_bytes(*dealer));
    Some((*deed, (dealer, Uuid::from_bytes(*record)), until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::vault::generate_secret;

    fn links(clock: &Clock) -> Links {
        let vault = Vault::from_text(&generate_secret().unwrap()).unwrap();
        Links::new(vault, "https://api.test", clock.clone())
    }

    fn link() -> Link {
        Link {
            dealer: DealerId::generate(),
            file: FileId::generate(),
        }
    }

    fn token(url: &SignedUrl) -> String {
        url.url.rsplit('/').next().unwrap().to_owned()
    }

    #[test]
    fn a_link_is_good_for_its_deed_and_five_minutes() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let clock = Clock::fixed(start);
        let (links, link) = (links(&clock), link());
        let made = links.make(Deed::Download, link).unwrap();
        assert!(made.url.starts_with("https://api.test/files/"));
        let token = token(&made);
        assert_eq!(links.read(Deed::Download, &token).unwrap(), link);
        for deed in [Deed::Upload, Deed::Invoice] {
            let other = links.read(deed, &token).unwrap_err();
            assert_eq!(other.code(), ErrorCode::NotFound);
        }
        clock.set(start + TimeDelta::seconds(299));
        assert!(links.read(Deed::Download, &token).is_ok());
        clock.set(start + TimeDelta::seconds(300));
        let ended = links.read(Deed::Download, &token).unwrap_err();
        assert_eq!(ended.code(), ErrorCode::Forbidden);
    }

    #[test]
    fn a_changed_or_foreign_link_is_none() {
        let clock = Clock::fixed(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let (links, foreign) = (links(&clock), links(&clock));
        let made = links.make(Deed::Download, link()).unwrap();
        let bytes = from_url_safe(&token(&made)).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(links.read(Deed::Download, &url_safe(&changed)).is_err());
            assert!(
                links
                    .read(Deed::Download, &url_safe(&bytes[..index]))
                    .is_err()
            );
        }
        assert!(foreign.read(Deed::Download, &token(&made)).is_err());
    }
}
