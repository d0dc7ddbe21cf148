//! Access tokens: short-lived, good for one dealer.
//!
//! Working out a signature costs more than all else that is done with a request before its
//! resolvers, and a dashboard shows the same token hundreds of times. So tokens that were
//! found good are known again, by their hash: nothing that could be shown to anybody is kept.
//! What can change about a token, its time and whether its key is believed, is asked each time.

use std::sync::Arc;

use chrono::TimeDelta;
use moka::sync::Cache;

pub use super::keys::IssuedToken;
use super::keys::{Claims, KeyRing, TokenFault};
use super::principal::{Grant, Principal};
use super::text;
use crate::error::{AppError, AppResult};

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// For whom access tokens are made.
pub const AUDIENCE: &str = "tubex-api";

/// How many tokens are known again, the least used going first: some 10 MB.
const MOST_KNOWN: u64 = 20_000;

/// Issues and verifies access tokens. Clones know the same tokens again.
#[derive(Clone)]
pub struct AccessTokens {
    ring: KeyRing,
    known: Cache<[u8; 32], Arc<Known>>,
}

/// A token whose signature is right.
struct Known {
    /// The key that has signed it.
    kid: String,
    claims: Claims<Grant>,
}

impl AccessTokens {
    /// Tokens under the keys of `ring`.
    pub fn new(ring: KeyRing) -> Self {
        let known = Cache::builder().max_capacity(MOST_KNOWN);
        let known = known.time_to_live(LIFETIME.to_std().unwrap_or_default());
        Self {
            ring,
            known: known.build(),
        }
    }

    /// The keys.
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// A token that says `grant`.
    pub fn issue(&self, grant: &Grant) -> AppResult<IssuedToken> {
        self.ring.sign(AUDIENCE, grant, LIFETIME)
    }

    /// As [`AccessTokens::issue`], for a shorter time.
    pub fn issue_for(&self, grant: &Grant, lifetime: TimeDelta) -> AppResult<IssuedToken> {
        self.ring.sign(AUDIENCE, grant, lifetime.min(LIFETIME))
    }

    /// The caller a token speaks for; or that its key is not known here, which may
    /// be the fault of this node.
    pub fn verify(&self, token: &str) -> Result<Principal, TokenFault> {
        let hash = text::sha256(token.as_bytes());
        let known = self.known.get(&hash);
        if let Some(known) = known.filter(|known| self.ring.believes(&known.kid)) {
            self.ring.check_time(&known.claims)?;
            return Ok(known.principal());
        }
        let (kid, claims) = self.ring.opened(AUDIENCE, token)?;
        let known = Arc::new(Known { kid, claims });
        self.known.insert(hash, Arc::clone(&known));
        Ok(known.principal())
    }
}

impl Known {
    fn principal(&self) -> Principal {
        Principal {
            expires_at: self.claims.expires_at(),
            grant: self.claims.of.clone(),
            key: None,
        }
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
    use crate::auth::keys::KeyMaterial;
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
    fn one_that_is_known_again_goes_with_its_key() {
        let clock = Clock::fixed(at(0));
        let tokens = tokens(&clock);
        let issued = tokens.issue(&grant()).unwrap();
        for _again in 0..2 {
            assert!(tokens.verify(text(&issued)).is_ok());
        }
        let other = KeyMaterial::generate(at(0)).unwrap();
        tokens.ring().replace(&[other]).unwrap();
        let fault = tokens.verify(text(&issued)).unwrap_err();
        assert!(matches!(fault, TokenFault::UnknownKey(_)), "{fault:?}");
    }

    #[test]
    fn what_is_known_is_bounded_and_names_no_token() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let issued = tokens.issue(&grant()).unwrap();
        tokens.verify(text(&issued)).unwrap();
        tokens.verify(&format!("{}x", text(&issued))).unwrap_err();
        tokens.known.run_pending_tasks();
        assert_eq!(tokens.known.entry_count(), 1);
        assert_eq!(tokens.known.policy().max_capacity(), Some(MOST_KNOWN));
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
