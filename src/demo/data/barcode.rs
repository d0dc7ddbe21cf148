//! Barcodes of the dealers' own labels.

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

/// What brings the weighted sum of all digits to a multiple of ten. The weights
/// are 1 and 3 in turn, from the left.
fn check_digit(body: &str) -> u32 {
    let digits = body.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_numbers() {
        assert_eq!(check_digit("400638133393"), 1);
        assert_eq!(check_digit("590123412345"), 7);
    }

    #[test]
    fn always_thirteen_digits() {
        assert_eq!(ean13(200, 10), "2000000000107");
        assert_eq!(ean13(211, u16::MAX).len(), 13);
        assert_eq!(ean13(255, 0).len(), 13);
    }
}
