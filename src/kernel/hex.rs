//! Bytes as hexadecimal text.

/// Two lower-case digits per byte.
pub fn encode(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a String can not fail.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of lower-case hex digits; none if it is something else.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn small_bytes_keep_their_zero() {
        assert_eq!(super::encode(&[0, 10, 255]), "000aff");
    }
}
