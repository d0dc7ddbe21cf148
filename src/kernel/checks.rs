//! Checks of input: all faults of a form are found in one pass.
//!
//! Each fault names the field by its path in the mutation's input, so that a
//! dashboard can put the message beside the control that caused it.

use rust_decimal::Decimal;

use super::quantity::TOO_MUCH;

/// One thing wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path from the mutation's arguments to the field.
    pub path: Vec<String>,
    /// What would be right.
    pub message: String,
}

/// Collects the faults of one input.
#[derive(Debug, Default)]
pub struct Checks {
    faults: Vec<Fault>,
}

impl Checks {
    /// The text without surrounding blanks, between `min` and `max` characters.
    pub fn text(&mut self, path: &[&str], value: &str, min: usize, max: usize) -> String {
        let trimmed = value.trim();
        let length = trimmed.chars().count();
        if length < min || length > max {
            self.fault(path, format!("must have {min} to {max} characters"));
        } else if trimmed.chars().any(char::is_control) {
            self.fault(path, "must not contain control characters");
        }
        trimmed.to_owned()
    }

    /// As [`Checks::text`], where an absent or empty text is none.
    pub fn optional_text(
        &mut self,
        path: &[&str],
        value: Option<&str>,
        max: usize,
    ) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty())?;
        Some(self.text(path, value, 1, max))
    }

    /// A code: letters, digits and `- _ . /`, at most 64 characters.
    pub fn code(&mut self, path: &[&str], value: &str) -> String {
        let code = self.text(path, value, 1, 64);
        let allowed = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        if !code.chars().all(allowed) {
            self.fault(path, "may hold letters, digits and - _ . / only");
        }
        code
    }

    /// Days of a term, at most a year, as they are kept.
    pub fn days(&mut self, path: &[&str], value: i32) -> i16 {
        let days = i16::try_from(value).ok();
        let days = days.filter(|days| (0..=365).contains(days));
        self.require(days.is_some(), path, "must be between 0 and 365");
        days.unwrap_or_default()
    }

    /// An e-mail address, lower-cased.
    pub fn email(&mut self, path: &[&str], value: &str) -> String {
        let email = value.trim().to_lowercase();
        let shape = email
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.len() > 2);
        let clean = !email.chars().any(|c| c.is_whitespace() || c.is_control());
        if !shape || !clean || email.len() > 254 || email.matches('@').count() != 1 {
            self.fault(path, "must be an e-mail address");
        }
        email
    }

    /// An amount of at least zero that fits `numeric(18,4)`.
    pub fn amount(&mut self, path: &[&str], value: Decimal) -> Decimal {
        // 14 digits before the point are what numeric(18,4) keeps.
        let limit = Decimal::from(100_000_000_000_000_i64);
        if value.is_sign_negative() && !value.is_zero() {
            self.fault(path, "must not be negative");
        } else if value >= limit {
            self.fault(path, "must be below 100000000000000");
        } else if value.normalize().scale() > 4 {
            self.fault(path, "may have at most 4 decimals");
        }
        value
    }

    /// An amount that is paid or owed, of a currency with so many digits behind the point.
    pub fn money(&mut self, path: &[&str], value: Decimal, digits: u32) -> Decimal {
        if value.normalize().scale() <= digits {
            return self.amount(path, value);
        }
        let message = format!("may have at most {digits} decimals in this currency");
        self.fault(path, message);
        value
    }

    /// An amount of goods of at least zero, with at most so many decimals.
    pub fn quantity(&mut self, path: &[&str], value: Decimal, decimals: u32) -> Decimal {
        if value.is_sign_negative() && !value.is_zero() {
            self.fault(path, "must not be negative");
        } else if value >= TOO_MUCH {
            self.fault(path, "is too large");
        } else if value.normalize().scale() > decimals {
            self.fault(path, format!("may have at most {decimals} decimals"));
        }
        value
    }

    /// Notes a fault when `right` is false.
    pub fn require(&mut self, right: bool, path: &[&str], message: &str) {
        if !right {
            self.fault(path, message);
        }
    }

    /// Notes a fault.
    pub fn fault(&mut self, path: &[&str], message: impl Into<String>) {
        self.faults.push(Fault {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            message: message.into(),
        });
    }

    /// Fine, or all that is wrong.
    pub fn finish(self) -> Result<(), Vec<Fault>> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_found_in_one_pass() {
        let mut checks = Checks::default();
        checks.text(&["input", "name"], "  ", 1, 10);
        checks.code(&["input", "sku"], "a b");
        checks.email(&["input", "email"], "nobody");
        checks.amount(&["input", "price"], "1.00001".parse().unwrap());
        let faults = checks.finish().unwrap_err();
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(
            paths,
            ["input.name", "input.sku", "input.email", "input.price"]
        );
    }

    #[test]
    fn large_amounts_of_small_currencies_fit() {
        let mut checks = Checks::default();
        checks.amount(&["price"], "3000000000".parse().unwrap());
        assert!(checks.finish().is_ok());
    }

    #[test]
    fn blanks_around_a_text_are_dropped() {
        let mut checks = Checks::default();
        assert_eq!(checks.text(&["name"], " Cement ", 1, 10), "Cement");
        assert_eq!(checks.optional_text(&["note"], Some("  "), 10), None);
        assert!(checks.finish().is_ok());
    }
}
