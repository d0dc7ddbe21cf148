//! Codes of authenticators: RFC 6238 with SHA-1, six digits, steps of 30 seconds,
//! which is what every authenticator knows.
//!
//! Nothing here remembers what was shown: whoever accepts a code stores its step
//! and refuses that step and those before it from then on.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::text;
use crate::error::AppResult;

/// Seconds of a step.
const STEP: i64 = 30;
/// Steps by which clocks may be apart, in either direction.
const DRIFT: i64 = 1;
/// Digits of a code, and one more than the largest of so many.
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// Bytes of a secret: as many as a block of SHA-1 gives.
const SECRET_LEN: usize = 20;
/// Under which name authenticators show the code.
const ISSUER: &str = "Tubex";
/// The letters of base32 (RFC 4648).
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator and the server share.
pub struct TotpSecret(SecretSlice<u8>);

impl TotpSecret {
    /// A new one.
    pub fn generate() -> AppResult<Self> {
        Ok(Self::from_bytes(text::random::<SECRET_LEN>()?.to_vec()))
    }

    /// The one of these bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// As people type it into an authenticator.
    pub fn base32(&self) -> SecretString {
        base32(self.bytes()).into()
    }

    /// As authenticators read it from a QR code, for the account of that name.
    pub fn address(&self, account: &str) -> SecretString {
        let (secret, account) = (base32(self.bytes()), percent_encoded(account));
        format!(
            "otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}\
             &algorithm=SHA1&digits={DIGITS}&period={STEP}"
        )
        .into()
    }

    /// The step whose code this is, if it is one of those around `now`; the latest,
    /// should two steps have the same.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let shown = parse(code)?;
        let present = now.timestamp().div_euclid(STEP);
        let steps = (present - DRIFT)..=(present + DRIFT);
        // All are computed, so that the time tells nothing.
        steps.fold(None, |found, step| {
            let is_it = self.code(step) == Some(shown);
            if is_it { Some(step) } else { found }
        })
    }

    fn code(&self, step: i64) -> Option<u32> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let offset = usize::from(tag.as_ref().last()? & 0x0f);
        let four = tag.as_ref().get(offset..offset + 4)?;
        let number = u32::from_be_bytes(four.try_into().ok()?);
        Some((number & 0x7fff_ffff) % CODES)
    }
}

/// Whether a text has the form of an authenticator's code.
pub fn is_code(text: &str) -> bool {
    parse(text).is_some()
}

/// The number of a code: six digits; people write a gap between three and three.
pub fn parse(code: &str) -> Option<u32> {
    let digits: String = code
        .chars()
        .filter(|c| *c != ' ')
        .take(DIGITS + 1)
        .collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| digits.parse().ok()).flatten()
}

/// As base32 without padding.
pub fn base32(bytes: &[u8]) -> String {
    let letter = |five: u32| {
        let index = usize::try_from(five & 31).unwrap_or_default();
        LETTERS.get(index).map(|letter| char::from(*letter))
    };
    let (mut held, mut bits) = (0_u32, 0_u32);
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for byte in bytes {
        held = ((held << 8) | u32::from(*byte)) & 0xffff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(letter(held >> bits));
        }
    }
    if bits > 0 {
        text.extend(letter(held << (5 - bits)));
    }
    text
}

/// As it may stand in an address.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a String does not fail.
            let _written = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 4226 and RFC 6238.
    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890".to_vec())
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let wanted = [
            755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
            520_489,
        ];
        for (step, code) in (0..).zip(wanted) {
            assert_eq!(secret().code(step), Some(code));
        }
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().step_of(code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_for_the_step_before_and_after_and_no_longer() {
        // The code of step 1, seconds 30 to 59.
        for (seconds, is_good) in [(0, true), (59, true), (89, true), (90, false), (149, false)] {
            let step = secret().step_of("287082", at(seconds));
            assert_eq!(step, is_good.then_some(1), "{seconds}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        assert!(is_code("287 082"));
        for wrong in [
            "",
            "28708",
            "2870820",
            "+87082",
            "28708a",
            "２８７０８２",
            "-12345",
        ] {
            assert!(!is_code(wrong), "{wrong}");
            assert_eq!(secret().step_of(wrong, at(59)), None);
        }
        assert!(!is_code(&"1".repeat(1_000_000)));
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
    }

    #[test]
    fn the_address_names_the_account_and_all_that_an_authenticator_needs() {
        let address = secret().address("anna+x@bau.example");
        assert_eq!(
            address.expose_secret(),
            "otpauth://totp/Tubex:anna%2Bx%40bau.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tubex\
             &algorithm=SHA1&digits=6&period=30"
        );
    }
}
