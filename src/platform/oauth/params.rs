//! Parameters as browsers and applications send them.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// Longest value that is looked at, in bytes.
const LONGEST: usize = 4096;
/// Most parameters of one request.
const MOST: usize = 40;

/// The parameters of a query or a form; an empty one is as good as none.
#[derive(Debug, Default)]
pub struct Params(BTreeMap<String, String>);

/// Why parameters are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// One is there twice, and nobody could say which counts.
    #[error("a parameter must not be repeated")]
    Repeated,
    /// They are too many or too long.
    #[error("there are too many parameters, or one is too long")]
    TooLarge,
}

impl Params {
    /// Reads `a=1&b=2`.
    pub fn read(encoded: &[u8]) -> Result<Self, ParamsError> {
        let mut read = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            if value.len() > LONGEST || name.len() > LONGEST || read.len() >= MOST {
                return Err(ParamsError::TooLarge);
            }
            if read.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(ParamsError::Repeated);
            }
        }
        Ok(Self(read))
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_twice_is_not_read() {
        let params = Params::read(b"a=1&b=x+y%26&c=&d").unwrap();
        assert_eq!(
            (params.get("a"), params.get("b")),
            (Some("1"), Some("x y&"))
        );
        assert_eq!((params.get("c"), params.get("d")), (None, None));
        assert_eq!(Params::read(b"a=1&a=1").unwrap_err(), ParamsError::Repeated);
        let long = format!("a={}", "x".repeat(LONGEST + 1));
        assert!(Params::read(long.as_bytes()).is_err());
    }
}
