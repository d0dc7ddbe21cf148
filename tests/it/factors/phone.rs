//! An authenticator, written from RFC 4226 and RFC 6238 on a SHA-1 of its own.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use sha1::{Digest, Sha1};

/// What somebody carries in his pocket.
pub struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    /// Reads the QR code.
    pub fn scan(address: &str) -> Self {
        let (_, query) = address.split_once('?').unwrap();
        let parts: Vec<&str> = query.split('&').collect();
        for wanted in ["algorithm=SHA1", "digits=6", "period=30", "issuer=Tubex"] {
            assert!(parts.contains(&wanted), "{address}");
        }
        let secret = parts.iter().find_map(|part| part.strip_prefix("secret="));
        Self::typed(secret.unwrap())
    }

    /// Has the secret typed in.
    pub fn typed(base32: &str) -> Self {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut bits = String::new();
        for letter in base32.chars() {
            write!(bits, "{:05b}", letters.find(letter).unwrap()).unwrap();
        }
        let bytes = (0..bits.len() / 8).map(|i| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2));
        Self {
            secret: bytes.map(Result::unwrap).collect(),
        }
    }

    /// What it shows.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        let counter = u64::try_from(at.timestamp()).unwrap() / 30;
        let mac = self.hmac(&counter.to_be_bytes());
        let start = usize::from(mac[19] % 16);
        let number = mac[start..start + 4]
            .iter()
            .fold(0_u64, |number, byte| number * 256 + u64::from(*byte));
        format!("{:06}", number % 0x8000_0000 % 1_000_000)
    }

    /// A code that it does not show around this time.
    pub fn wrong_code(&self, at: DateTime<Utc>) -> String {
        let near: Vec<String> = (-2..=2)
            .map(|step| self.code(at + chrono::TimeDelta::seconds(step * 30)))
            .collect();
        let mut others = (0..10).map(|digit| digit.to_string().repeat(6));
        others.find(|code| !near.contains(code)).unwrap()
    }

    fn hmac(&self, message: &[u8]) -> Vec<u8> {
        let mut key = self.secret.clone();
        key.resize(64, 0);
        let padded = |byte: u8| -> Vec<u8> { key.iter().map(|k| k ^ byte).collect() };
        let inner = Sha1::digest([&padded(0x36), message].concat());
        Sha1::digest([&padded(0x5c)[..], &inner].concat()).to_vec()
    }
}

#[test]
fn the_phone_knows_the_example_of_the_rfc() {
    let phone = Phone::typed("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    assert_eq!(phone.code(at(59)), "287082");
    assert_eq!(phone.code(at(1_111_111_109)), "081804");
}
