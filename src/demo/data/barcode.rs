//! Barcodes of the dealers' own labels.

use crate::kernel::gtin::check_digit;

/// The EAN-13 of an item: three digits of prefix, nine of the item number and
/// the check digit.
///
/// Prefixes from 200 are a company's own; the types leave no number that would
/// not fit.
pub fn ean13(prefix: u8, item: u16) -> String {
    let body = format!("{prefix:03}{item:09}");
    let check = check_digit(&body);
    format!("{body}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_thirteen_digits() {
        assert_eq!(ean13(200, 10), "2000000000107");
        assert_eq!(ean13(211, u16::MAX).len(), 13);
        assert_eq!(ean13(255, 0).len(), 13);
    }
}
