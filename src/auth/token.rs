//! Access tokens: short-lived, good for one dealer.

use chrono::TimeDelta;

pub use super::keys::IssuedToken;
use super::keys::{KeyRing, TokenFault};
use super::principal::{Grant, Principal};
use crate::error::{AppError, AppResult};

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// For whom access tokens are made.
pub const AUDIENCE: &str = "tubex-api";

/// Issues and verifies access tokens.
#[derive(Clone)]
pub struct AccessTokens(KeyRing);

impl AccessTokens {
    /// Tokens under the keys of `ring`.
    pub const fn new(ring: KeyRing) -> Self {
        Self(ring)
    }

    /// The keys.
    pub const fn ring(&self) -> &KeyRing {
        &self.0
    }

    /// A token that says `grant`.
    pub fn issue(&self, grant: &Grant) -> AppResult<IssuedToken> {
        self.0.sign(AUDIENCE, grant, LIFETIME)
    }

    /// As [`AccessTokens::issue`], for a shorter time.
    pub fn issue_for(&self, grant: &Grant, lifetime: TimeDelta) -> AppResult<IssuedToken> {
        self.0.sign(AUDIENCE, grant, lifetime.min(LIFETIME))
    }

    /// The caller a token speaks for; or that its key is not known here, which may
    /// be the fault of this node.
    pub fn verify(&self, token: &str) -> Result<Principal, TokenFault> {
        let claims = self.0.open::<Grant>(AUDIENCE, token)?;
        Ok(Principal {
            expires_at: claims.expires_at(),
            grant: claims.of,
            key: None,
        })
    }
}

/// The answer to a token that is refused.
pub fn refused(fault: TokenFault) -> AppError {
    match fault {
        TokenFault::Expired => {
            AppError::unauthenticated("the access token has expired; refresh it or sign in again")
        }
        TokenFault::Invalid(cause) => invalid().with_cause(cause),
        TokenFault::UnknownKey(kid) => invalid().with_cause(format!("unknown key id {kid:?}")),
    }
}

fn invalid() -> AppError {
    AppError::unauthenticated("the access token is not valid; sign in again")
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use secrecy::ExposeSecret;

    use super::*;
    use crate::auth::principal::{Method, Proof};
    use crate::auth::role::RoleCode;
    use crate::error::ErrorCode;
    use crate::kernel::clock::Clock;
    use crate::kernel::ids::{DealerId, SessionId, UserId};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn tokens(clock: &Clock) -> AccessTokens {
        AccessTokens::new(KeyRing::of_one("https://tubex.test", clock.clone()).unwrap())
    }

    fn grant() -> Grant {
        Grant {
            user: UserId::generate(),
            dealer: DealerId::generate(),
            session: SessionId::generate(),
            user_epoch: 3,
            dealer_epoch: 0,
            roles: vec![RoleCode::OWNER],
            customer: None,
            proof: Proof {
                methods: vec![Method::Pwd],
                at: at(0),
            },
            actor: None,
            read_only: false,
            application: None,
        }
    }

    fn text(issued: &IssuedToken) -> &str {
        issued.token.expose_secret()
    }

    #[test]
    fn a_token_says_what_was_granted_and_is_short() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let grant = grant();
        let issued = tokens.issue(&grant).unwrap();
        assert_eq!(tokens.verify(text(&issued)).unwrap().grant(), &grant);
        assert!(text(&issued).len() < 700, "{}", text(&issued).len());
    }

    #[test]
    fn it_ends_after_a_quarter_of_an_hour_and_five_seconds() {
        let clock = Clock::fixed(at(0));
        let tokens = tokens(&clock);
        let issued = tokens.issue(&grant()).unwrap();
        clock.set(at(904));
        assert!(tokens.verify(text(&issued)).is_ok());
        clock.set(at(905));
        let error = refused(tokens.verify(text(&issued)).unwrap_err());
        assert_eq!(error.code(), ErrorCode::Unauthenticated);
    }

    #[test]
    fn it_begins_when_it_was_made() {
        let clock = Clock::fixed(at(0));
        let tokens = tokens(&clock);
        let issued = tokens.issue(&grant()).unwrap();
        clock.set(at(-5));
        assert!(tokens.verify(text(&issued)).is_ok());
        clock.set(at(-6));
        assert!(tokens.verify(text(&issued)).is_err());
    }

    #[test]
    fn another_key_is_refused() {
        let clock = Clock::fixed(at(0));
        let issued = tokens(&clock).issue(&grant()).unwrap();
        assert!(tokens(&clock).verify(text(&issued)).is_err());
    }

    #[test]
    fn tampering_and_other_algorithms_are_refused() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let issued = tokens.issue(&grant()).unwrap();
        let parts: Vec<&str> = text(&issued).split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            panic!("a token has three parts");
        };
        // {"alg":"none","kid":…} and {"alg":"HS256"} in the header's place.
        let none = "eyJhbGciOiJub25lIn0";
        let hs256 = "eyJhbGciOiJIUzI1NiJ9";
        for forged in [
            format!("{none}.{claims}."),
            format!("{hs256}.{claims}.{signature}"),
            format!("{header}.{claims}x.{signature}"),
            format!("{header}.{claims}"),
            String::new(),
        ] {
            assert!(tokens.verify(&forged).is_err(), "{forged}");
        }
    }
}
