//! Numbers of telephones, as E.164 writes them.

use std::str::FromStr;

/// The number of a telephone with its country: `+` and 7 to 15 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

/// A text that is no such number.
#[derive(Debug, thiserror::Error)]
#[error("must be a number with its country, such as +84 91 234 56 78")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// `+` and the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    /// Gaps, hyphens, dots and brackets do not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_gap = |c: &char| matches!(c, ' ' | '-' | '.' | '(' | ')');
        let number: String = text
            .trim()
            .chars()
            .filter(|c| !is_gap(c))
            .take(17)
            .collect();
        let digits = number.strip_prefix('+').ok_or(PhoneNumberError)?;
        let is_number = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if is_number {
            Ok(Self(number))
        } else {
            Err(PhoneNumberError)
        }
    }
}

/// As much of a number as tells its owner which one it is: the first two and the
/// last two digits.
pub fn masked(number: &str) -> String {
    let shown = |place: usize| place < 3 || place + 2 >= number.len();
    let mask = |(place, c)| if shown(place) { c } else { '*' };
    number.chars().enumerate().map(mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let number: Option<PhoneNumber> = text.parse().ok();
        number.map(|number| number.as_str().to_owned())
    }

    #[test]
    fn people_write_numbers_with_gaps() {
        assert_eq!(read(" +84 91 234-56.78 ").as_deref(), Some("+84912345678"));
        assert_eq!(read("+1 (555) 010-0199").as_deref(), Some("+15550100199"));
    }

    #[test]
    fn what_is_no_number_with_its_country_is_refused() {
        for wrong in [
            "",
            "+",
            "0912345678",
            "84912345678",
            "+0912345678",
            "+123456",
            "+1234567890123456",
            "+8491234567a",
            "++84912345678",
            "+84912345678;+8491",
            "+٨٤٩١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn little_of_a_number_is_shown() {
        assert_eq!(masked("+84912345678"), "+84*******78");
    }
}
