//! What rows amount to: how many, how long, and their hash.

use sha2::{Digest, Sha256};

use crate::kernel::hex;

/// What a table's rows amount to as CSV, the line of column names included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// Rows, without the line of column names.
    pub(super) rows: u64,
    /// Bytes of CSV.
    pub(super) bytes: u64,
    /// SHA-256 of the CSV, as 64 hex digits.
    pub(super) sha256: String,
}

/// Counts and hashes CSV that passes in pieces.
#[derive(Default)]
pub(super) struct Tally {
    hash: Sha256,
    bytes: u64,
    lines: u64,
    in_quotes: bool,
}

impl Tally {
    /// The next piece, which may begin and end anywhere.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        for byte in piece {
            match byte {
                // A quote within a value is doubled, and so changes nothing.
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes => self.lines += 1,
                _ => {}
            }
        }
    }

    /// Nothing follows.
    pub(super) fn finish(self) -> Amount {
        Amount {
            rows: self.lines.saturating_sub(1),
            bytes: self.bytes,
            sha256: hex::encode(&self.hash.finalize()),
        }
    }
}

impl Amount {
    /// What differs from `other`, if anything does.
    pub(super) fn difference(&self, other: &Self) -> Option<&'static str> {
        if self.bytes != other.bytes {
            Some("length")
        } else if self.sha256 != other.sha256 {
            Some("sha256")
        } else if self.rows != other.rows {
            Some("number of rows")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(pieces: &[&str]) -> Amount {
        let mut tally = Tally::default();
        for piece in pieces {
            tally.add(piece.as_bytes());
        }
        tally.finish()
    }

    #[test]
    fn a_line_within_quotes_is_no_row() {
        let whole = tally(&["id,name\n1,\"a\nb\"\n2,\"say \"\"hi\n\"\"\"\n3,\n"]);
        assert_eq!(whole.rows, 3);
        assert_eq!(tally(&["id\n"]).rows, 0);
    }

    #[test]
    fn pieces_make_no_difference() {
        let text = "id,name\n1,\"a\n\"\"b\"\n2,c\n";
        let whole = tally(&[text]);
        for cut in 0..=text.len() {
            let (a, b) = text.split_at(cut);
            assert_eq!(tally(&[a, b]), whole, "cut at {cut}");
        }
    }
}
