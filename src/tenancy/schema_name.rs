//! The name of a dealer's schema: the only text that enters SQL as SQL.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

/// A generated, validated schema name. The dealer's Postgres role has the same
/// name. Names say nothing about the dealer, since every role can list them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SchemaName(Arc<str>);

/// A text that is not the name of a dealer's schema.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not the name of a dealer's schema")]
pub struct NotASchemaName(String);

impl SchemaName {
    /// A new name, never used before.
    pub fn generate() -> Self {
        Self(format!("t_{}", Uuid::new_v4().simple()).into())
    }

    /// The bare name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bare name, to be kept by others.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The name as an SQL identifier.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl FromStr for SchemaName {
    type Err = NotASchemaName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = text.strip_prefix("t_").is_some_and(|rest| {
            (8..=40).contains(&rest.len())
                && rest
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(NotASchemaName(text.to_owned()))
        }
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_valid() {
        let name = SchemaName::generate();
        assert!(name.as_str().parse::<SchemaName>().is_ok());
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "t_",
            "public",
            "t_short",
            "t_UPPERCASE",
            "t_12345678\"; DROP",
        ] {
            assert!(text.parse::<SchemaName>().is_err(), "{text}");
        }
    }
}
