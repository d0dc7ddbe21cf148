//! Limits on requests: each has a name, and a setting that moves it.

use std::fmt;

/// A limit on what a request may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name in `extensions.limit`.
    pub name: &'static str,
    /// The setting of the server, as in a settings file.
    pub setting: &'static str,
    /// What is counted: `aliases`.
    pub what: &'static str,
}

/// A limit, and how far it was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Which one.
    pub limit: Limit,
    /// What it lets pass.
    pub most: usize,
    /// What was asked for, where it was counted to the end.
    pub asked: Option<usize>,
}

impl Limit {
    /// Refuses more than `most`.
    pub fn check(self, most: usize, asked: usize) -> Result<(), Passed> {
        if asked <= most {
            return Ok(());
        }
        Err(Passed {
            limit: self,
            most,
            asked: Some(asked),
        })
    }

    /// For where counting ends at the limit.
    pub const fn passed(self, most: usize) -> Passed {
        Passed {
            limit: self,
            most,
            asked: None,
        }
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, most, asked } = self;
        let flag = limit.setting.replace('_', "-");
        write!(f, "at most {most} {} are allowed (--{flag})", limit.what)?;
        match asked {
            Some(asked) => write!(f, ", and there are {asked}"),
            None => Ok(()),
        }
    }
}

impl From<Passed> for super::AppError {
    fn from(passed: Passed) -> Self {
        Self::beyond(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_names_its_setting() {
        let limit = Limit {
            name: "root_fields",
            setting: "max_root_fields",
            what: "root fields",
        };
        assert!(limit.check(2, 2).is_ok());
        let text = limit.check(2, 3).unwrap_err().to_string();
        let expected = "at most 2 root fields are allowed (--max-root-fields), and there are 3";
        assert_eq!(text, expected);
    }
}
