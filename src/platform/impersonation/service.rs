//! Use cases of impersonation: beginning and ending.

use chrono::DateTime;

use super::model::ImpersonationRow;
use super::query;
use crate::auth::operator::OperatorName;
use crate::auth::principal::{ActingOperator, Grant, Method, Proof};
use crate::auth::token::{AccessTokens, IssuedToken};
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CustomerId, DealerId, SessionId, UserId};
use crate::platform::dealers::note::Note;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::{MembershipRow, UserRow};
use crate::platform::identity::query as identity;
use crate::tenancy::Standing;
use crate::tenancy::directory::{Dealer, dealer_find};

/// Begins and ends impersonations.
#[derive(Clone)]
pub struct Impersonations {
    control: ControlPool,
    tokens: AccessTokens,
    clock: Clock,
}

/// An impersonation to begin.
#[derive(Clone, Copy, Debug)]
pub struct NewImpersonation<'n> {
    /// Which operator.
    pub operator: &'n OperatorName,
    /// Whose shop.
    pub dealer: DealerId,
    /// As which of his users.
    pub user: UserId,
    /// Why; 1 to 500 characters, which the dealer reads.
    pub reason: &'n str,
    /// Whether to look only.
    pub read_only: bool,
}

/// An impersonation that has begun.
pub struct Begun {
    /// As stored.
    pub row: ImpersonationRow,
    /// Good for a quarter of an hour; there is nothing to renew it with.
    pub access: IssuedToken,
}

/// Who ends an impersonation.
#[derive(Clone, Copy, Debug)]
pub enum Ender<'e> {
    /// An operator of the platform.
    Operator(&'e OperatorName),
    /// A user at this dealer.
    User(UserId, DealerId),
}

impl Impersonations {
    /// Impersonations in the control plane, with tokens under these keys.
    pub const fn new(control: ControlPool, tokens: AccessTokens, clock: Clock) -> Self {
        Self {
            control,
            tokens,
            clock,
        }
    }

    /// The time.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets an operator see a shop as one of its users does.
    pub async fn begin(&self, new: NewImpersonation<'_>) -> ServiceResult<Begun> {
        let mut checks = Checks::default();
        let reason = checks.text(&["input", "reason"], new.reason, 1, 500);
        checks.finish()?;
        let mut conn = self.control.checkout().await?;
        let (user, membership) = member(&mut conn, &new).await?;
        let dealer = open_dealer(&mut conn, new.dealer).await?;
        let session = SessionId::generate();
        let grant = grant(session, &new, (&user, &membership, &dealer));
        let access = self.tokens.issue(&grant)?;
        let row = ImpersonationRow {
            id: session,
            dealer_id: dealer.id,
            user_id: user.id,
            operator: new.operator.as_str().to_owned(),
            reason,
            read_only: new.read_only,
            started_at: self.clock.now(),
            expires_at: access.expires_at,
            ended_at: None,
            ended_by: None,
        };
        conn.transaction(async |conn| self.write_begun(conn, &row).await)
            .await?;
        let (dealer, user) = (dealer.id, user.id);
        tracing::info!(%dealer, %user, operator = %new.operator, %session, "an operator impersonates a user");
        Ok(Begun { row, access })
    }

    async fn write_begun(
        &self,
        conn: &mut ControlConn,
        row: &ImpersonationRow,
    ) -> ServiceResult<()> {
        let now = row.started_at;
        query::insert(conn, row).await?;
        query::tell_dealer(conn, row).await?;
        let how = if row.read_only {
            "to read only"
        } else {
            "with changes"
        };
        let note = Note::new(&format!("operator:{}", row.operator), Some(&row.reason))?;
        let detail = format!("{} as {}, {how}", row.id, row.user_id);
        note.impersonated(conn, row.dealer_id, detail, now).await?;
        let told = format!("{}, {how}: {}", row.operator, row.reason);
        let event = NewEvent::of_system(EventKind::Impersonated);
        let event = event.at(row.dealer_id, row.user_id).saying(&told);
        record(conn, event, now).await?;
        Ok(())
    }

    /// Ends an impersonation; its token is refused everywhere within a second. One
    /// that was ended before stays as it is.
    pub async fn end(&self, id: SessionId, by: Ender<'_>) -> ServiceResult<ImpersonationRow> {
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<ImpersonationRow> {
            let row = query::find(conn, id).await?;
            let row = row.filter(|row| by.may_end(row)).ok_or_else(unknown)?;
            if !query::end(conn, id, &by.to_string(), now).await? {
                return Ok(row);
            }
            let event = NewEvent::of_system(EventKind::ImpersonationEnded);
            let event = event.at(row.dealer_id, row.user_id).saying(&by.to_string());
            record(conn, event, now).await?;
            query::find(conn, id).await?.ok_or_else(unknown)
        })
        .await
    }

    /// Impersonations at a dealer, the latest first, begun before the one `before`.
    pub async fn list(
        &self,
        dealer: DealerId,
        before: Option<SessionId>,
        at_most: i64,
    ) -> AppResult<Vec<ImpersonationRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::find_many(&mut conn, dealer, before, at_most).await?)
    }
}

impl Ender<'_> {
    fn may_end(self, row: &ImpersonationRow) -> bool {
        match self {
            Self::Operator(_) => true,
            Self::User(_, dealer) => row.dealer_id == dealer,
        }
    }
}

impl std::fmt::Display for Ender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::User(user, _) => user.fmt(f),
        }
    }
}

async fn member(
    conn: &mut ControlConn,
    new: &NewImpersonation<'_>,
) -> ServiceResult<(UserRow, MembershipRow)> {
    let stranger = || {
        let message = "this user does not work for the dealer";
        UserError::at(ErrorCode::NotFound, &["input", "userId"], message)
    };
    let user = identity::find(conn, new.user).await?;
    let user = user.ok_or_else(stranger)?;
    let membership = identity::find_membership(conn, new.user, new.dealer).await?;
    Ok((user, membership.ok_or_else(stranger)?))
}

async fn open_dealer(conn: &mut ControlConn, id: DealerId) -> ServiceResult<Dealer> {
    let dealer = dealer_find(conn, id).await?;
    let is_open = |dealer: &Dealer| Standing::of(dealer.status).is_some();
    dealer.filter(is_open).ok_or_else(|| {
        let message = "nobody can look into this shop at the moment";
        UserError::at(ErrorCode::DealerNotActive, &["input", "dealerId"], message).into()
    })
}

/// What the user is, and that it is an operator who calls.
fn grant(
    session: SessionId,
    new: &NewImpersonation<'_>,
    (user, membership, dealer): (&UserRow, &MembershipRow, &Dealer),
) -> Grant {
    Grant {
        user: user.id,
        dealer: dealer.id,
        session,
        user_epoch: user.epoch,
        dealer_epoch: dealer.token_epoch,
        roles: membership.roles.clone(),
        customer: membership.customer_id.map(CustomerId::uuid),
        proof: Proof {
            methods: vec![Method::Operator],
            // The user has proven nothing.
            at: DateTime::UNIX_EPOCH,
        },
        actor: Some(ActingOperator {
            sub: new.operator.as_str().to_owned(),
        }),
        read_only: new.read_only,
        application: None,
    }
}

fn unknown() -> Refusal {
    let message = "there is no such impersonation";
    UserError::at(ErrorCode::NotFound, &["input", "id"], message).into()
}
