//! Use cases of tenants: registering a dealer with his owner.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use crate::auth::password_rules::PasswordRules;
use crate::auth::role::RoleCode;
use crate::db::control::ControlConn;
use crate::error::{AppError, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::model::{MembershipRow, UserRow};
use crate::platform::identity::query as identity;
use crate::platform::mail::{Mail, MailKind, enqueue};
use crate::tenancy::directory::Dealer;
use crate::tenancy::provision::{NewDealer, Provisioner, timezone_names};

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "users_email_unique",
    path: &["input", "ownerEmail"],
    message: "this address has just been registered; try again",
}];

/// A dealer to register.
#[derive(Debug)]
pub struct Registration {
    /// The company.
    pub dealer: NewDealer,
    /// Name of the owner.
    pub owner_name: String,
    /// Address of the owner; may be a user already.
    pub owner_email: String,
    /// Password of the owner.
    pub owner_password: SecretString,
    /// On whose word a known user becomes the owner.
    pub word: Word,
}

/// On whose word somebody who is a user already becomes the owner of a dealer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// The user's own, from where he calls: the password given must be his
    /// present one.
    Own(Peer),
    /// The operator's: the password given is for a new user only.
    Operator,
}

/// A dealer who is open for business, and his owner.
pub struct Registered {
    /// The dealer.
    pub dealer: Dealer,
    /// His owner.
    pub owner: UserRow,
    /// Whether the owner was no user before.
    pub is_new_owner: bool,
}

/// Registers dealers.
#[derive(Clone)]
pub struct Dealers {
    pub(super) accounts: Accounts,
    provisioner: Provisioner,
    pub(super) clock: Clock,
    timezones: Arc<OnceCell<HashSet<String>>>,
}

impl Dealers {
    /// Registration of dealers whose owners are these accounts.
    pub fn new(accounts: Accounts, provisioner: Provisioner, clock: Clock) -> Self {
        Self {
            accounts,
            provisioner,
            clock,
            timezones: Arc::default(),
        }
    }

    /// Registers a dealer and opens his shop.
    ///
    /// The registration itself is one transaction, and with a spare schema that
    /// is all. Without one, his is made afterwards; if that is cut off, the dealer
    /// stays PROVISIONING and is finished later.
    pub async fn register(&self, registration: Registration) -> ServiceResult<Registered> {
        let registration = checked(registration)?;
        let owner = self.owner(&registration).await?;
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        self.check_timezone(&mut conn, &registration.dealer.timezone)
            .await?;
        let begun = conn
            .transaction(async |conn| {
                let begun = self
                    .provisioner
                    .begin_tx(conn, &registration.dealer)
                    .await
                    .map_err(AppError::from)?;
                owner.insert_tx(conn, begun.id(), now).await?;
                ServiceResult::Ok(begun)
            })
            .await?;
        drop(conn);
        let finished = self.provisioner.finish(begun).await;
        let dealer = finished.map_err(AppError::from)?;
        let is_new_owner = matches!(owner, Owner::New(_));
        Ok(Registered {
            dealer,
            owner: owner.into_user(),
            is_new_owner,
        })
    }

    pub(super) async fn check_timezone(
        &self,
        conn: &mut ControlConn,
        name: &str,
    ) -> ServiceResult<()> {
        let known = self
            .timezones
            .get_or_try_init(|| timezone_names(conn))
            .await?;
        if known.contains(name) {
            return Ok(());
        }
        Err(UserError::at(
            ErrorCode::BadUserInput,
            &["input", "timezone"],
            "must be an IANA time zone such as Asia/Ho_Chi_Minh",
        )
        .into())
    }

    /// The owner: a new user, or a known one on the right word.
    pub(super) async fn owner(&self, registration: &Registration) -> ServiceResult<Owner> {
        let email = &registration.owner_email;
        let password = registration.owner_password.clone();
        match (
            self.accounts.find_by_email(email).await?,
            &registration.word,
        ) {
            (Some(user), Word::Operator) => Ok(Owner::Known(user)),
            (Some(_), Word::Own(peer)) => {
                let user = self.accounts.authenticate(email, password, peer).await?;
                Ok(Owner::Known(user))
            }
            (None, _) => Ok(Owner::New(self.new_user(registration).await?)),
        }
    }

    async fn new_user(&self, registration: &Registration) -> ServiceResult<UserRow> {
        let (email, name) = (&registration.owner_email, &registration.owner_name);
        let password = &registration.owner_password;
        let personal = [email, name, &registration.dealer.name].map(String::as_str);
        PasswordRules::check(&["input", "ownerPassword"], password, &personal)?;
        Ok(UserRow {
            id: UserId::generate(),
            email: email.clone(),
            name: name.clone(),
            password_hash: self.accounts.passwords().hash(password).await?,
            created_at: self.clock.now(),
            epoch: 0,
            email_verified_at: None,
        })
    }
}

pub(super) enum Owner {
    New(UserRow),
    Known(UserRow),
}

impl Owner {
    /// Makes him a user, if he is none, and the owner of `dealer`.
    pub(super) async fn insert_tx(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let (Self::New(user) | Self::Known(user)) = self;
        if matches!(self, Self::New(_)) {
            identity::insert(conn, user.clone())
                .await
                .map_err(on_constraint(CONSTRAINTS))?;
            let to_verify = Mail {
                user: Some(user.id),
                dealer: Some(dealer),
                ..Mail::new(MailKind::VerifyEmail, &user.email, now)
            };
            enqueue(conn, to_verify).await?;
        }
        let membership = MembershipRow {
            user_id: user.id,
            dealer_id: dealer,
            roles: vec![RoleCode::OWNER],
            customer_id: None,
            version: 1,
            created_at: now,
        };
        Ok(identity::insert_membership(conn, membership).await?)
    }

    fn into_user(self) -> UserRow {
        match self {
            Self::New(user) | Self::Known(user) => user,
        }
    }
}

pub(super) fn checked(registration: Registration) -> ServiceResult<Registration> {
    let mut checks = Checks::default();
    let dealer = checked_dealer(&mut checks, &registration.dealer);
    let owner_name = checks.text(&["input", "ownerName"], &registration.owner_name, 1, 200);
    let owner_email = checks.email(&["input", "ownerEmail"], &registration.owner_email);
    // What he must not name in it is looked at when it is known that he is new.
    if let Some(fault) = PasswordRules::fault(&registration.owner_password, &[]) {
        checks.fault(&["input", "ownerPassword"], fault);
    }
    checks.finish()?;
    Ok(Registration {
        dealer,
        owner_name,
        owner_email,
        ..registration
    })
}

pub(super) fn checked_dealer(checks: &mut Checks, dealer: &NewDealer) -> NewDealer {
    let name = checks.text(&["input", "name"], &dealer.name, 1, 200);
    let currency = dealer.currency.trim().to_uppercase();
    let is_code = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    checks.require(
        is_code,
        &["input", "currency"],
        "must be an ISO 4217 code such as USD",
    );
    NewDealer {
        name,
        currency,
        timezone: checks.text(&["input", "timezone"], &dealer.timezone, 1, 64),
    }
}
