//! Whether content that comes in pieces is text.

/// Longest beginning of a character that a piece may end with.
const MOST_LEFT: usize = 3;

/// Looks at UTF-8 in pieces, wherever they are cut.
#[derive(Debug, Default)]
pub(super) struct TextCheck {
    left: Vec<u8>,
}

impl TextCheck {
    /// Whether all so far may be text.
    pub(super) fn take(&mut self, piece: &[u8]) -> bool {
        if self.left.is_empty() {
            return self.look(piece);
        }
        let mut whole = std::mem::take(&mut self.left);
        whole.extend_from_slice(piece);
        self.look(&whole)
    }

    /// Whether it was text to its end.
    pub(super) fn finish(&self) -> bool {
        self.left.is_empty()
    }

    fn look(&mut self, bytes: &[u8]) -> bool {
        let is_clean = |text: &str| !text.chars().any(is_odd);
        match std::str::from_utf8(bytes) {
            Ok(text) => is_clean(text),
            Err(error) => {
                let (text, rest) = bytes.split_at(error.valid_up_to());
                if error.error_len().is_some() || rest.len() > MOST_LEFT {
                    return false;
                }
                self.left = rest.to_vec();
                std::str::from_utf8(text).is_ok_and(is_clean)
            }
        }
    }
}

/// A control character that no table of rows has.
fn is_odd(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_text(bytes: &[u8], piece: usize) -> bool {
        let mut check = TextCheck::default();
        bytes.chunks(piece).all(|piece| check.take(piece)) && check.finish()
    }

    #[test]
    fn characters_may_be_cut_anywhere() {
        let text = "Xi măng — 水泥 — 🧱\r\n\t";
        for piece in 1..=text.len() {
            assert!(is_text(text.as_bytes(), piece), "{piece}");
        }
    }

    #[test]
    fn what_is_no_text_is_found() {
        for bytes in [
            &b"a\0b"[..],
            b"\xff\xfea\0",
            b"caf\xe9",
            b"\xe6\xb0",
            b"\x1b[2J",
        ] {
            for piece in 1..=bytes.len() {
                assert!(!is_text(bytes, piece), "{bytes:?} by {piece}");
            }
        }
    }
}
