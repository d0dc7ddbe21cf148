//! What applications ask for: words with spaces between.
//!
//! Beside the words of OpenID Connect they are the names of permissions. Those by
//! which access itself is given can not be asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

use crate::auth::permission::Permission;

/// Most words that are looked at.
const MOST: usize = 60;

/// One thing to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeWord {
    /// To know who the user is.
    OpenId,
    /// His name, and the dealer's.
    Profile,
    /// His address.
    Email,
    /// To go on when he is away.
    OfflineAccess,
    /// What this allows, as far as the user may do it himself.
    May(Permission),
}

/// Things to ask for, each once and in one order.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(into = "String", try_from = "String")]
pub struct Scope(BTreeSet<ScopeWord>);

/// A word that nothing is asked for by.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no scope {0}")]
pub struct UnknownScope(pub String);

const WORDS: [ScopeWord; 4] = [
    ScopeWord::OpenId,
    ScopeWord::Profile,
    ScopeWord::Email,
    ScopeWord::OfflineAccess,
];

impl ScopeWord {
    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        let permissions = Permission::ALL.iter().copied();
        let askable = permissions.filter(|one| !Permission::GIVING_ACCESS.contains(*one));
        WORDS.into_iter().chain(askable.map(Self::May))
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
            Self::May(permission) => permission.as_str(),
        }
    }

    /// What it comes to, for whoever is asked to consent.
    pub const fn description(self) -> &'static str {
        match self {
            Self::OpenId => "Know that it is you.",
            Self::Profile => "See your name and your dealer's.",
            Self::Email => "See your e-mail address.",
            Self::OfflineAccess => "Go on working when you are away.",
            Self::May(permission) => permission.description(),
        }
    }
}

impl FromStr for ScopeWord {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownScope(text.chars().take(60).collect());
        let found = Self::all().find(|word| word.as_str() == text);
        found.ok_or_else(unknown)
    }
}

impl Scope {
    /// Those of these words that there are.
    pub fn known(text: &str) -> Self {
        let words = text.split(' ').take(MOST);
        Self(words.filter_map(|word| word.parse().ok()).collect())
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has this word.
    pub fn has(&self, word: ScopeWord) -> bool {
        self.0.contains(&word)
    }

    /// Whether it has all words of `other`.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }

    /// What either has.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// What both have.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Its words, in one order.
    pub fn words(&self) -> impl Iterator<Item = ScopeWord> {
        self.0.iter().copied()
    }
}

impl FromIterator<ScopeWord> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeWord>>(words: I) -> Self {
        Self(words.into_iter().collect())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        words.take(MOST).map(str::parse).collect()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.words().map(ScopeWord::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Scope {
    type Error = UnknownScope;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl ToSql<Text, Pg> for Scope {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        let text = self.to_string();
        <str as ToSql<Text, Pg>>::to_sql(&text, &mut out.reborrow())
    }
}

/// What a program of another version has written and this one does not know allows
/// nothing.
impl FromSql<Text, Pg> for Scope {
    fn from_sql(
        value: <Pg as diesel::backend::Backend>::RawValue<'_>,
    ) -> diesel::deserialize::Result<Self> {
        let text = <String as FromSql<Text, Pg>>::from_sql(value)?;
        Ok(Self::known(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_in_one_order() {
        let scope: Scope = "stock:read openid  products:read openid".parse().unwrap();
        assert_eq!(scope.to_string(), "openid products:read stock:read");
        assert_eq!(scope.to_string().parse(), Ok(scope));
        let all: Scope = ScopeWord::all().collect();
        assert!(all.to_string().len() < 2000);
    }

    #[test]
    fn access_is_given_by_people() {
        for permission in Permission::GIVING_ACCESS.iter() {
            assert!(permission.as_str().parse::<Scope>().is_err());
        }
        assert!("openid everything".parse::<Scope>().is_err());
        assert!("OPENID".parse::<Scope>().is_err());
    }

    #[test]
    fn sets_do_what_sets_do() {
        let one = Scope::known("openid email");
        let other = Scope::known("email profile");
        assert_eq!(one.union(&other).to_string(), "openid profile email");
        assert_eq!(one.intersection(&other).to_string(), "email");
        assert!(one.union(&other).covers(&one) && !one.covers(&other));
    }
}
