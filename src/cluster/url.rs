//! How clients name a server of ours.

use std::fmt::Write as _;

use secrecy::{ExposeSecret, SecretString};

/// `postgres://<role>:<password>@127.0.0.1:<port>/<database>`.
pub(super) fn url(role: &str, password: &SecretString, port: u16, database: &str) -> SecretString {
    SecretString::from(format!(
        "postgres://{}:{}@127.0.0.1:{port}/{}",
        encode(role),
        encode(password.expose_secret()),
        encode(database)
    ))
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            // Writing to a string does not fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_part_early_is_encoded() {
        let url = url("a:b", &SecretString::from("p@/?#é"), 5432, "x y");
        assert_eq!(
            url.expose_secret(),
            "postgres://a%3Ab:p%40%2F%3F%23%C3%A9@127.0.0.1:5432/x%20y"
        );
    }
}
