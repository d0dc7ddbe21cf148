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

#[cfg(test)]
mod tests {
    #[test]
    fn small_bytes_keep_their_zero() {
        assert_eq!(super::encode(&[0, 10, 255]), "000aff");
    }
}
