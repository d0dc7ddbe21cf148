//! Use cases of identity: signing in.

use std::sync::Arc;

use secrecy::SecretString;

use super::accounts::Accounts;
use super::model::UserRow;
use super::query;
use crate::auth::token::{AccessTokens, IssuedToken};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::tenancy::Standing;
use crate::tenancy::directory::{Dealer, dealer_find};

/// Signs people in.
#[derive(Clone)]
pub struct Identity {
    accounts: Accounts,
    tokens: Arc<AccessTokens>,
}

/// What signing in needs.
#[derive(Debug)]
pub struct Credentials {
    /// Address of the user.
    pub email: String,
    /// Password of the user.
    pub password: SecretString,
    /// Which dealer, if the user works for several.
    pub dealer: Option<DealerId>,
}

/// A signed-in user.
pub struct SignedIn {
    /// Good for one dealer.
    pub token: IssuedToken,
    /// Who signed in.
    pub user: UserRow,
    /// Where.
    pub dealer: Dealer,
}

/// The right password, but a dealer still has to be chosen.
pub enum SignIn {
    /// Done.
    Done(Box<SignedIn>),
    /// The user works for several dealers.
    Choose(Vec<Dealer>),
}

impl Identity {
    /// Signing in with these accounts, by tokens under this key.
    pub const fn new(accounts: Accounts, tokens: Arc<AccessTokens>) -> Self {
        Self { accounts, tokens }
    }

    /// The people who may sign in.
    pub const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Checks the password and issues a token for one dealer.
    pub async fn login(&self, credentials: Credentials) -> ServiceResult<SignIn> {
        let user = self
            .accounts
            .authenticate(&credentials.email, credentials.password)
            .await?;
        let dealers = self.dealers(user.id).await?;
        let chosen = match (credentials.dealer, dealers.as_slice()) {
            (Some(id), _) => dealers.iter().find(|dealer| dealer.id == id),
            (None, [only]) => Some(only),
            (None, []) => None,
            // A dealer who is closed is no choice, unless all of them are.
            (None, _) => match open(&dealers).as_slice() {
                [only] => Some(*only),
                [] => dealers.first(),
                _ => {
                    return Ok(SignIn::Choose(
                        open(&dealers).into_iter().cloned().collect(),
                    ));
                }
            },
        };
        let dealer = chosen.cloned().ok_or_else(|| {
            UserError::at(
                ErrorCode::Forbidden,
                &["input", "dealerId"],
                "you do not work for this dealer",
            )
        })?;
        let signed_in = self.sign_in(user, dealer)?;
        Ok(SignIn::Done(Box::new(signed_in)))
    }

    /// Issues a token for a user who has proven who he is; at a suspended dealer,
    /// too, where he may read.
    pub fn sign_in(&self, user: UserRow, dealer: Dealer) -> Result<SignedIn, Refusal> {
        if Standing::of(dealer.status).is_none() {
            return Err(UserError::general(
                ErrorCode::DealerNotActive,
                "this dealer is not open for business at the moment",
            )
            .into());
        }
        let token = self
            .tokens
            .issue(user.id, dealer.id, SessionId::generate())?;
        Ok(SignedIn {
            token,
            user,
            dealer,
        })
    }

    async fn dealers(&self, user: UserId) -> AppResult<Vec<Dealer>> {
        let mut conn = self.accounts.control().checkout().await?;
        let mut dealers = Vec::new();
        for id in query::find_dealers(&mut conn, user).await? {
            dealers.extend(dealer_find(&mut conn, id).await?);
        }
        Ok(dealers)
    }
}

/// Those in whose shops somebody may sign in.
fn open(dealers: &[Dealer]) -> Vec<&Dealer> {
    let is_open = |dealer: &&Dealer| Standing::of(dealer.status).is_some();
    dealers.iter().filter(is_open).collect()
}
