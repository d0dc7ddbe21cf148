//! Use cases of identity: signing in.

use secrecy::SecretString;

use super::accounts::Accounts;
use super::model::UserRow;
use super::query;
use crate::auth::principal::Method;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::factors::login::challenge_for;
use crate::platform::factors::model::ChallengeRow;
use crate::platform::sessions::service::{NewSession, Opened, Sessions};
use crate::tenancy::Standing;
use crate::tenancy::directory::{Dealer, dealer_find};

/// Signs people in.
#[derive(Clone)]
pub struct Identity {
    accounts: Accounts,
    sessions: Sessions,
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

/// What the right password leads to.
pub enum SignIn {
    /// Done.
    Done(Box<Opened>),
    /// The user works for several dealers.
    Choose(Vec<Dealer>),
    /// A second factor is needed.
    Challenge(Box<ChallengeRow>),
}

impl Identity {
    /// Signing in with these accounts, which opens sessions.
    pub const fn new(accounts: Accounts, sessions: Sessions) -> Self {
        Self { accounts, sessions }
    }

    /// The people who may sign in.
    pub const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Checks the password and opens a session at one dealer.
    pub async fn login(&self, credentials: Credentials, peer: &Peer) -> ServiceResult<SignIn> {
        let user = self
            .accounts
            .authenticate(&credentials.email, credentials.password, peer)
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
        let by = [Method::Pwd];
        if let Some(challenge) = challenge_for(&self.sessions, &user, &dealer, &by).await? {
            return Ok(SignIn::Challenge(Box::new(challenge)));
        }
        let opened = self.sign_in(&user, &dealer, peer).await?;
        Ok(SignIn::Done(Box::new(opened)))
    }

    /// Opens a session for a user whose password is right; at a suspended dealer,
    /// too, where he may read.
    pub async fn sign_in(
        &self,
        user: &UserRow,
        dealer: &Dealer,
        peer: &Peer,
    ) -> ServiceResult<Opened> {
        let known = self.accounts.known(user.id, peer).await?;
        let new = NewSession {
            user: user.id,
            user_epoch: user.epoch,
            dealer: dealer.id,
            methods: &[Method::Pwd],
            peer,
            is_known_device: known.is_some(),
        };
        self.sessions.open(new).await
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
