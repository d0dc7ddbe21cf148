//! Operators of the platform: who they are, and the tokens that prove it.
//!
//! A token of an operator has an audience of its own. It is refused where shops
//! are served, and a shop's token is refused where the platform is operated.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::keys::{IssuedToken, KeyRing, TokenFault};
use crate::error::{AppError, AppResult};

/// Longest time an operator's token may be good for.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);

const AUDIENCE: &str = "tubex-operator";
const ISSUER: &str = "tubex";

/// The name under which an operator's deeds are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorName(Arc<str>);

/// A text that is no operator's name.
#[derive(Debug, thiserror::Error)]
#[error("must have 1 to 64 letters, digits and any of . _ - + @")]
pub struct OperatorNameError;

/// Whoever operates the platform, as proven by a verified operator's token.
///
/// Made by [`OperatorTokens::verify`] only. It leads to the control plane and is
/// of no use for a dealer's rows, which need a [`super::principal::Principal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    name: OperatorName,
    expires_at: DateTime<Utc>,
}

/// Issues and verifies operators' tokens.
#[derive(Clone)]
pub struct OperatorTokens(KeyRing);

#[derive(Serialize, Deserialize)]
struct Named {
    sub: String,
}

impl OperatorTokens {
    /// Tokens under the keys of `ring`. Nobody but this program reads them, so they
    /// need not tell its address, and whoever makes one need not know it.
    pub fn new(ring: &KeyRing) -> Self {
        Self(ring.issuing_as(ISSUER))
    }

    /// A token for the operator `name`, good for `lifetime` but never longer than
    /// [`LONGEST`].
    pub fn issue(&self, name: &OperatorName, lifetime: TimeDelta) -> AppResult<IssuedToken> {
        let sub = name.as_str().to_owned();
        self.0.sign(AUDIENCE, Named { sub }, lifetime.min(LONGEST))
    }

    /// The operator a token speaks for.
    pub fn verify(&self, token: &str) -> AppResult<Operator> {
        let claims = self.0.open::<Named>(AUDIENCE, token).map_err(refused)?;
        if claims.lifetime() > LONGEST {
            let cause = "it was made to live longer than an operator's token may";
            return Err(refused(TokenFault::Invalid(cause.to_owned())));
        }
        let name = claims.of.sub.parse();
        Ok(Operator {
            name: name.map_err(|error: OperatorNameError| {
                refused(TokenFault::Invalid(error.to_string()))
            })?,
            expires_at: claims.expires_at(),
        })
    }
}

fn refused(fault: TokenFault) -> AppError {
    match fault {
        TokenFault::Expired => AppError::unauthenticated(
            "the operator's token has expired; make a new one with `tubex operator token`",
        ),
        TokenFault::Invalid(cause) => invalid().with_cause(cause),
        TokenFault::UnknownKey(kid) => invalid().with_cause(format!("unknown key id {kid:?}")),
    }
}

fn invalid() -> AppError {
    AppError::unauthenticated(
        "this is no valid operator's token; make one with `tubex operator token`",
    )
}

impl Operator {
    /// Who it is.
    pub const fn name(&self) -> &OperatorName {
        &self.name
    }

    /// When the token stops being valid.
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}

impl OperatorName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OperatorName {
    type Err = OperatorNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-+@".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(OperatorNameError)
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::auth::token::AccessTokens;
    use crate::kernel::clock::Clock;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn alice() -> OperatorName {
        "alice@example.com".parse().unwrap()
    }

    fn ring(clock: &Clock) -> KeyRing {
        KeyRing::of_one("https://tubex.test", clock.clone()).unwrap()
    }

    fn token(tokens: &OperatorTokens, lifetime: TimeDelta) -> String {
        let issued = tokens.issue(&alice(), lifetime).unwrap();
        issued.token.expose_secret().to_owned()
    }

    #[test]
    fn a_token_speaks_for_its_operator_until_it_ends() {
        let clock = Clock::fixed(at(0));
        let tokens = OperatorTokens::new(&ring(&clock));
        let text = token(&tokens, TimeDelta::hours(1));
        assert_eq!(tokens.verify(&text).unwrap().name(), &alice());
        clock.set(at(3604));
        assert!(tokens.verify(&text).is_ok());
        clock.set(at(3605));
        assert!(tokens.verify(&text).is_err());
    }

    #[test]
    fn no_token_lives_longer_than_a_day() {
        let clock = Clock::fixed(at(0));
        let ring = ring(&clock);
        let tokens = OperatorTokens::new(&ring);
        let issued = tokens.issue(&alice(), TimeDelta::days(365)).unwrap();
        assert_eq!(issued.expires_at, at(0) + LONGEST);
        // Nor one that somebody with the key made by hand.
        let sub = "alice".to_owned();
        let forged = ring
            .issuing_as(ISSUER)
            .sign(AUDIENCE, Named { sub }, TimeDelta::days(2));
        let forged = forged.unwrap();
        assert!(tokens.verify(forged.token.expose_secret()).is_err());
    }

    #[test]
    fn an_operators_token_opens_no_shop() {
        let ring = ring(&Clock::fixed(at(0)));
        let text = token(&OperatorTokens::new(&ring), TimeDelta::hours(1));
        assert!(AccessTokens::new(ring).verify(&text).is_err());
    }

    #[test]
    fn a_token_of_another_audience_opens_nothing_here() {
        let ring = ring(&Clock::fixed(at(0)));
        let sub = "alice".to_owned();
        let other = ring
            .issuing_as(ISSUER)
            .sign("tubex-api", Named { sub }, TimeDelta::hours(1));
        let other = other.unwrap();
        let tokens = OperatorTokens::new(&ring);
        assert!(tokens.verify(other.token.expose_secret()).is_err());
    }

    #[test]
    fn names_fit_on_a_line_of_the_log() {
        for wrong in ["", "a b", "a\n", "ä", "a\"", &"a".repeat(65)] {
            assert!(wrong.parse::<OperatorName>().is_err(), "{wrong}");
        }
    }
}
