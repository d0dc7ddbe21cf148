//! Devices that have signed in before, by a token that each keeps.
//!
//! The token proves nothing but that somebody who knew the password was here: it
//! lets nobody in. Whoever shows one is held to his own wrong passwords only, and
//! is not greeted as somebody new. Nothing is stored of it: it carries the user,
//! its own id and its time, under an authentication code.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::text;
use super::vault::{Purpose, Vault};
use crate::error::AppResult;
use crate::kernel::ids::UserId;

/// How long a device stays known that is not seen.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);

const PREFIX: &str = "tbd_";
/// Characters of a token behind its prefix, at most.
const MOST: usize = 128;
/// Bytes of the id, the user and the time.
const BODY: usize = 16 + 16 + 8;

/// A device that has signed in before, as proven by its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id, which stays when the token is renewed.
    pub id: Uuid,
    /// As whom it signed in.
    pub user: UserId,
    /// When it signed in last.
    pub seen_at: DateTime<Utc>,
}

/// Makes and reads device tokens.
#[derive(Clone)]
pub struct Devices(Vault);

impl Devices {
    /// Device tokens under the secret of `vault`.
    pub const fn new(vault: Vault) -> Self {
        Self(vault)
    }

    /// The token of a device.
    pub fn token(&self, device: &Device) -> AppResult<SecretString> {
        let body = body(device);
        let code = self.0.mac(Purpose::Device, &body)?;
        let text = text::url_safe(&[&body[..], &code[..]].concat());
        Ok(format!("{PREFIX}{text}").into())
    }

    /// The device behind a token, if it is one of ours and was seen not too long
    /// before `now`.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> AppResult<Option<Device>> {
        let text = token.strip_prefix(PREFIX).filter(|text| text.len() <= MOST);
        let bytes = text.and_then(text::from_url_safe);
        let Some((body, code)) = bytes.as_deref().and_then(<[u8]>::split_first_chunk::<BODY>)
        else {
            return Ok(None);
        };
        if !self.0.is_mac(Purpose::Device, body, code)? {
            return Ok(None);
        }
        let device = device(body);
        Ok(device.filter(|device| device.seen_at + LIFETIME > now))
    }
}

fn body(device: &Device) -> Vec<u8> {
    let seen_at = device.seen_at.timestamp_micros().to_be_bytes();
    [
        &device.id.into_bytes()[..],
        &device.user.uuid().into_bytes(),
        &seen_at,
    ]
    .concat()
}

fn device(body: &[u8; BODY]) -> Option<Device> {
    let (id, rest) = body.split_first_chunk::<16>()?;
    let (user, seen_at) = rest.split_first_chunk::<16>()?;
    let seen_at = i64::from_be_bytes(*seen_at.first_chunk()?);
    Some(Device {
        id: Uuid::from_bytes(*id),
        user: UserId::from_uuid(Uuid::from_bytes(*user)),
        seen_at: DateTime::from_timestamp_micros(seen_at)?,
    })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::auth::vault::generate_secret;

    fn devices() -> Devices {
        let secret = generate_secret().unwrap();
        Devices::new(Vault::from_text(&secret).unwrap())
    }

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(days)
    }

    fn device() -> Device {
        Device {
            id: Uuid::new_v4(),
            user: UserId::generate(),
            seen_at: at(0),
        }
    }

    #[test]
    fn a_device_is_known_again_for_half_a_year() {
        let (devices, device) = (devices(), device());
        let token = devices.token(&device).unwrap();
        let read = |now| devices.read(token.expose_secret(), now).unwrap();
        assert_eq!(read(at(0)), Some(device));
        assert_eq!(read(at(179)), Some(device));
        assert_eq!(read(at(180)), None);
    }

    #[test]
    fn nobody_makes_himself_a_known_device() {
        let (devices, device) = (devices(), device());
        let token = devices.token(&device).unwrap();
        let token = token.expose_secret();
        let foreign = self::devices().token(&device).unwrap();
        let bare = token.strip_prefix(PREFIX).unwrap();
        let (cut, _) = token.split_at(token.len() - 4);
        let mut changed = text::from_url_safe(bare).unwrap();
        changed[20] ^= 1;
        for forged in [
            foreign.expose_secret(),
            &format!("{PREFIX}{}", text::url_safe(&changed)),
            cut,
            bare,
            PREFIX,
            "",
            "tbd_ü",
        ] {
            assert_eq!(devices.read(forged, at(0)).unwrap(), None, "{forged}");
        }
    }
}
