//! Use cases of invitations.

use async_graphql::ID;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::model::{InvitationId, InvitationRow};
use super::query::{self, Asked};
use crate::auth::password_rules::PasswordRules;
use crate::auth::role::RoleCode;
use crate::db::control::ControlConn;
use crate::error::{
    AppResult, Constraint, ErrorCode, Refusal, ServiceResult, UserError, on_constraint,
};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CustomerId, DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::access::giving::{checked_roles, may_offer, still_offers};
use crate::platform::access::members::Caller;
use crate::platform::factors::account::Factors;
use crate::platform::identity::accounts::Accounts;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::{MembershipRow, UserRow};
use crate::platform::identity::one_time::{self, TokenPurpose};
use crate::platform::identity::query as identity;
use crate::platform::identity::recovery::service::too_many;
use crate::platform::mail::{Mail, MailKind, enqueue_limited};
use crate::tenancy::Standing;
use crate::tenancy::directory::{Dealer, dealer_find};

/// Most invitations of a dealer that are open, and that he sends within a day: mail
/// goes to addresses that he alone chooses.
pub const MOST: i64 = 200;

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "users_email_unique",
        path: &["input", "token"],
        message: "this address has just become a user; open the link again",
    },
    Constraint {
        name: "memberships_pkey",
        path: &["input", "token"],
        message: "this user works for the dealer already",
    },
    Constraint {
        name: "invitations_open",
        path: &["input", "email"],
        message: "this address is being invited at this moment; try again",
    },
];

/// Somebody to invite.
#[derive(Debug)]
pub struct NewInvitation {
    /// His address.
    pub email: String,
    /// What he will be.
    pub roles: Vec<ID>,
    /// For which customer, if he will be one of the contractor portal.
    pub customer: Option<CustomerId>,
}

/// Who accepts, and how he shows who he is.
#[derive(Debug)]
pub struct Acceptance {
    /// What stood in the mail.
    pub token: String,
    /// Name of a new user.
    pub name: Option<String>,
    /// Password of a new user, or of the one who has the address.
    pub password: Option<SecretString>,
    /// Who is signed in, if anybody is.
    pub caller: Option<UserId>,
}

/// What the reader of an invitation may know before he accepts.
pub struct Preview {
    /// The invitation.
    pub invitation: InvitationRow,
    /// Name of the dealer.
    pub dealer: String,
    /// Whether the address belongs to a user.
    pub is_known: bool,
}

/// Invites people.
#[derive(Clone)]
pub struct Invitations {
    accounts: Accounts,
    factors: Factors,
    clock: Clock,
}

impl Invitations {
    /// Invitations to these accounts and to new ones.
    pub const fn new(accounts: Accounts, factors: Factors, clock: Clock) -> Self {
        Self {
            accounts,
            factors,
            clock,
        }
    }

    /// Invites somebody to work for the caller's dealer; what he was asked before by
    /// this dealer does not count any more.
    pub async fn invite(
        &self,
        caller: Caller<'_>,
        inviter: UserRow,
        new: NewInvitation,
    ) -> ServiceResult<Asked> {
        let customer_id = new.customer.map(CustomerId::uuid);
        let (email, roles) = checked(&new)?;
        let (dealer, now) = (caller.context.dealer().id, self.clock.now());
        let row = InvitationRow {
            id: InvitationId::generate(),
            dealer_id: dealer,
            email,
            roles,
            customer_id,
            invited_by: Some(inviter.id),
            created_at: now,
            expires_at: now + TokenPurpose::Invitation.lifetime(),
        };
        let mut conn = self.accounts.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            check_bounds(conn, dealer, now).await?;
            may_offer(conn, &self.factors, caller.context, &row.roles).await?;
            if query::is_member(conn, dealer, &row.email).await? {
                return Err(works_there());
            }
            write(conn, &row).await?;
            let event = NewEvent::of(EventKind::MemberInvited, caller.peer).at(dealer, inviter.id);
            Ok(record(conn, event.saying(&row.email), now).await?)
        })
        .await?;
        Ok((row, Some(inviter)))
    }

    /// The open invitations of a dealer, newest first.
    pub async fn list(&self, dealer: DealerId) -> AppResult<Vec<Asked>> {
        let mut conn = self.accounts.control().checkout().await?;
        Ok(query::find_all_open(&mut conn, dealer, self.clock.now(), MOST).await?)
    }

    /// Takes an invitation of `dealer` back.
    pub async fn revoke(
        &self,
        dealer: DealerId,
        revoker: UserId,
        id: InvitationId,
        peer: &Peer,
    ) -> ServiceResult<Asked> {
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        let row = conn
            .transaction(async |conn| -> ServiceResult<InvitationRow> {
                let row = query::revoke(conn, dealer, id, now).await?;
                let row = row.ok_or_else(not_open)?;
                let event = NewEvent::of(EventKind::InvitationRevoked, peer).at(dealer, revoker);
                record(conn, event.saying(&row.email), now).await?;
                Ok(row)
            })
            .await?;
        let inviter = match row.invited_by {
            Some(id) => identity::find(&mut conn, id).await?,
            None => None,
        };
        Ok((row, inviter))
    }

    /// What an invitation is about; none if its token is good for nothing.
    pub async fn preview(&self, token: &str) -> AppResult<Option<Preview>> {
        let mut conn = self.accounts.control().checkout().await?;
        let now = self.clock.now();
        let Some(invitation) = find(&mut conn, token, now).await? else {
            return Ok(None);
        };
        let Some(dealer) = dealer_find(&mut conn, invitation.dealer_id).await? else {
            return Ok(None);
        };
        let user = identity::find_by_email(&mut conn, &invitation.email).await?;
        Ok(Some(Preview {
            dealer: dealer.name,
            is_known: user.is_some(),
            invitation,
        }))
    }

    /// Makes the reader of an invitation one of the dealer's people.
    pub async fn accept(
        &self,
        acceptance: Acceptance,
        peer: &Peer,
    ) -> ServiceResult<(Dealer, UserRow)> {
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        let invitation = find(&mut conn, &acceptance.token, now).await?;
        let invitation = invitation.ok_or_else(one_time::spent)?;
        let dealer = dealer_find(&mut conn, invitation.dealer_id).await?;
        let dealer = dealer.filter(|dealer| Standing::of(dealer.status) == Some(Standing::Open));
        let dealer = dealer.ok_or_else(closed)?;
        let known = identity::find_by_email(&mut conn, &invitation.email).await?;
        // Passwords take long and need no connection.
        drop(conn);
        let (user, is_new) = match known {
            Some(user) => (self.proven(user, &acceptance, peer).await?, false),
            None => (
                self.newcomer(&invitation.email, &acceptance, &dealer)
                    .await?,
                true,
            ),
        };
        let mut conn = self.accounts.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            let purpose = TokenPurpose::Invitation;
            let spent = one_time::use_up(conn, purpose, &acceptance.token, now).await?;
            let id = spent.and_then(|token| token.invitation_id);
            let id = id.ok_or_else(one_time::spent)?;
            if is_new {
                let inserted = identity::insert(conn, user.clone()).await;
                inserted.map_err(on_constraint(CONSTRAINTS))?;
            }
            let accepted = query::accept(conn, id, user.id, now).await?;
            let accepted = accepted.ok_or_else(one_time::spent)?;
            if !still_offers(conn, dealer.id, accepted.invited_by, &accepted.roles).await? {
                return Err(no_longer_offered());
            }
            join(conn, &user, &accepted, now).await?;
            let event = NewEvent::of(EventKind::InvitationAccepted, peer).at(dealer.id, user.id);
            Ok(record(conn, event.saying(&user.email), now).await?)
        })
        .await?;
        Ok((dealer, user))
    }

    /// The user with the invited address, if it is he who accepts: who only read
    /// his mail must not get at what he has elsewhere.
    async fn proven(
        &self,
        user: UserRow,
        acceptance: &Acceptance,
        peer: &Peer,
    ) -> ServiceResult<UserRow> {
        if acceptance.caller == Some(user.id) {
            return Ok(user);
        }
        let Some(password) = acceptance.password.clone() else {
            return Err(UserError::at(
                ErrorCode::InvalidCredentials,
                &["input", "password"],
                "this address has an account: sign in to it, or give its password",
            )
            .into());
        };
        self.accounts
            .authenticate(&user.email, password, peer)
            .await
    }

    /// A new user with the invited address, which he has just shown to be his.
    async fn newcomer(
        &self,
        email: &str,
        acceptance: &Acceptance,
        dealer: &Dealer,
    ) -> ServiceResult<UserRow> {
        let mut checks = Checks::default();
        let name = acceptance.name.as_deref().unwrap_or_default();
        let name = checks.text(&["input", "name"], name, 1, 200);
        checks.finish()?;
        let password = acceptance.password.clone().unwrap_or_default();
        let personal = [email, &name, &dealer.name];
        PasswordRules::check(&["input", "password"], &password, &personal)?;
        let now = self.clock.now();
        Ok(UserRow {
            id: UserId::generate(),
            email: email.to_owned(),
            name,
            password_hash: self.accounts.passwords().hash(&password).await?,
            created_at: now,
            email_verified_at: Some(now),
            epoch: 0,
        })
    }
}

fn checked(new: &NewInvitation) -> ServiceResult<(String, Vec<RoleCode>)> {
    let mut checks = Checks::default();
    let email = checks.email(&["input", "email"], &new.email);
    let roles = checked_roles(&mut checks, &new.roles, new.customer);
    checks.finish()?;
    Ok((email, roles))
}

async fn check_bounds(
    conn: &mut ControlConn,
    dealer: DealerId,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let of_a_day = query::count_since(conn, dealer, now - TimeDelta::days(1)).await?;
    let open = query::count_open(conn, dealer, now).await?;
    if of_a_day < MOST && open < MOST {
        return Ok(());
    }
    let message =
        format!("at most {MOST} invitations may be open, and at most {MOST} be sent within a day");
    Err(UserError::general(ErrorCode::LimitExceeded, message).into())
}

/// The invitation in place of an earlier one, and its mail.
async fn write(conn: &mut ControlConn, row: &InvitationRow) -> ServiceResult<()> {
    query::revoke_for(conn, row.dealer_id, &row.email, row.created_at).await?;
    let inserted = query::insert(conn, row).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    let mail = Mail {
        dealer: Some(row.dealer_id),
        invitation: Some(row.id),
        ..Mail::new(MailKind::Invitation, &row.email, row.created_at)
    };
    let path: &[&str] = &["input", "email"];
    let ordered = enqueue_limited(conn, mail).await?;
    ordered.map_err(|wait| too_many(wait, Some(path)))?;
    Ok(())
}

/// Gives `user` what he was invited to.
async fn join(
    conn: &mut ControlConn,
    user: &UserRow,
    invitation: &InvitationRow,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let membership = MembershipRow {
        user_id: user.id,
        dealer_id: invitation.dealer_id,
        roles: invitation.roles.clone(),
        customer_id: invitation.customer_id.map(CustomerId::from_uuid),
        version: 1,
        created_at: now,
    };
    Ok(identity::insert_membership(conn, membership).await?)
}

async fn find(
    conn: &mut ControlConn,
    token: &str,
    now: DateTime<Utc>,
) -> AppResult<Option<InvitationRow>> {
    let found = one_time::find(conn, TokenPurpose::Invitation, token, now).await?;
    match found.and_then(|found| found.invitation_id) {
        Some(id) => Ok(query::find_open(conn, id, now).await?),
        None => Ok(None),
    }
}

fn not_open() -> Refusal {
    UserError::at(
        ErrorCode::NotFound,
        &["input", "id"],
        "there is no such open invitation",
    )
    .into()
}

fn works_there() -> Refusal {
    UserError::at(
        ErrorCode::AlreadyExists,
        &["input", "email"],
        "somebody with this address works for the dealer already",
    )
    .into()
}

fn no_longer_offered() -> Refusal {
    UserError::at(
        ErrorCode::NotAllowed,
        &["input", "token"],
        "who invited you can not offer this any more; ask the dealer for another invitation",
    )
    .into()
}

fn closed() -> Refusal {
    UserError::general(
        ErrorCode::DealerNotActive,
        "this dealer is not open for business at the moment",
    )
    .into()
}
