//! Numbers of articles as they stand in barcodes: GTIN-8, UPC, EAN and GTIN-14.

/// Digits of the longest one, to which the others are filled up.
const LONGEST: usize = 14;

/// Whether a barcode has the form of one.
pub fn looks_like_one(barcode: &str) -> bool {
    matches!(barcode.len(), 8 | 12 | 13 | 14) && barcode.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether its last digit is that which the others ask for.
pub fn is_right(gtin: &str) -> bool {
    let Some((body, last)) = gtin.split_at_checked(gtin.len().saturating_sub(1)) else {
        return false;
    };
    last.parse() == Ok(check_digit(body))
}

/// What brings the weighted sum of all digits to a multiple of ten. The weights are 3 and 1
/// in turn, from the right.
pub fn check_digit(body: &str) -> u32 {
    let digits = body.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

/// What a barcode is found by: a scanner gives a UPC with a zero in front or without.
pub fn scanned(barcode: &str) -> String {
    if looks_like_one(barcode) {
        format!("{barcode:0>LONGEST$}")
    } else {
        barcode.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_known_numbers() {
        for right in ["4006381333931", "5901234123457", "036000291452", "96385074"] {
            assert!(looks_like_one(right) && is_right(right), "{right}");
        }
        assert!(!is_right("4006381333932"));
        assert!(!looks_like_one("12345") && !looks_like_one("4006381A33931"));
    }

    #[test]
    fn a_upc_is_the_ean_with_a_zero() {
        assert_eq!(scanned("036000291452"), scanned("0036000291452"));
        assert_eq!(scanned("SHELF-7"), "SHELF-7");
    }
}
