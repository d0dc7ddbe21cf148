//! Access tokens: short-lived, good for one dealer.

use std::path::Path;

use chrono::TimeDelta;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::principal::Principal;
use super::role::RoleCode;
pub use super::signing::{IssuedToken, KeyError, generate_key};
use super::signing::{Signer, TokenFault, read_key};
use crate::error::{AppError, AppResult};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// How long an access token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);

const AUDIENCE: &str = "tubex-api";

/// Issues and verifies access tokens.
pub struct AccessTokens(Signer);

#[derive(Serialize, Deserialize)]
struct Caller {
    sub: UserId,
    tid: DealerId,
    sid: SessionId,
    rol: Vec<RoleCode>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    cus: Option<Uuid>,
}

impl AccessTokens {
    /// Tokens under the key in `pem` (PKCS#8).
    pub fn from_pem(pem: &SecretString, clock: Clock) -> Result<Self, KeyError> {
        Signer::new(pem, AUDIENCE, clock).map(Self)
    }

    /// As [`AccessTokens::from_pem`], from a file.
    pub fn from_file(path: &Path, clock: Clock) -> Result<Self, KeyError> {
        Self::from_pem(&read_key(path)?, clock)
    }

    /// A token for `user` at `dealer`.
    pub fn issue(
        &self,
        user: UserId,
        dealer: DealerId,
        session: SessionId,
    ) -> AppResult<IssuedToken> {
        let caller = Caller {
            sub: user,
            tid: dealer,
            sid: session,
            rol: vec![RoleCode::OWNER],
            cus: None,
        };
        self.0.sign(caller, LIFETIME)
    }

    /// As [`AccessTokens::issue`], with these roles.
    pub fn issue_as(
        &self,
        (user, dealer): (UserId, DealerId),
        session: SessionId,
        roles: &[RoleCode],
        customer: Option<Uuid>,
    ) -> AppResult<IssuedToken> {
        let caller = Caller {
            sub: user,
            tid: dealer,
            sid: session,
            rol: roles.to_vec(),
            cus: customer,
        };
        self.0.sign(caller, LIFETIME)
    }

    /// The caller a token speaks for.
    pub fn verify(&self, token: &str) -> AppResult<Principal> {
        let claims = self.0.open::<Caller>(token).map_err(refused)?;
        Ok(Principal {
            expires_at: claims.expires_at(),
            user: claims.of.sub,
            dealer: claims.of.tid,
            session: claims.of.sid,
            roles: claims.of.rol,
            customer: claims.of.cus,
        })
    }
}

fn refused(fault: TokenFault) -> AppError {
    match fault {
        TokenFault::Expired => {
            AppError::unauthenticated("the access token has expired; sign in again")
        }
        TokenFault::Invalid(cause) => {
            AppError::unauthenticated("the access token is not valid; sign in again")
                .with_cause(cause)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use secrecy::ExposeSecret;

    use super::*;
    use crate::error::ErrorCode;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn tokens(clock: &Clock) -> AccessTokens {
        AccessTokens::from_pem(&generate_key().unwrap(), clock.clone()).unwrap()
    }

    fn issue(tokens: &AccessTokens) -> (String, DealerId) {
        let dealer = DealerId::generate();
        let issued = tokens
            .issue(UserId::generate(), dealer, SessionId::generate())
            .unwrap();
        (issued.token.expose_secret().to_owned(), dealer)
    }

    #[test]
    fn a_token_speaks_for_its_dealer() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let (token, dealer) = issue(&tokens);
        assert_eq!(tokens.verify(&token).unwrap().dealer(), dealer);
    }

    #[test]
    fn it_ends_after_a_quarter_of_an_hour_and_five_seconds() {
        let clock = Clock::fixed(at(0));
        let tokens = tokens(&clock);
        let (token, _) = issue(&tokens);
        clock.set(at(904));
        assert!(tokens.verify(&token).is_ok());
        clock.set(at(905));
        let error = tokens.verify(&token).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unauthenticated);
    }

    #[test]
    fn another_key_is_refused() {
        let clock = Clock::fixed(at(0));
        let (token, _) = issue(&tokens(&clock));
        assert!(tokens(&clock).verify(&token).is_err());
    }

    #[test]
    fn tampering_and_other_algorithms_are_refused() {
        let tokens = tokens(&Clock::fixed(at(0)));
        let (token, _) = issue(&tokens);
        let parts: Vec<&str> = token.split('.').collect();
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

    #[test]
    fn the_key_prints_nothing() {
        let key = generate_key().unwrap();
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }
}
