//! Use cases of members: who works for a dealer, as what, and who no longer does.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::giving::{ROLES, all_known, changed, checked_roles, give_access, may_give};
use super::input::{MemberRemoveInput, MemberRolesSetInput};
use super::model::MemberRow;
use super::query;
use crate::auth::principal::Principal;
use crate::auth::role::RoleCode;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;
use crate::platform::factors::account::Factors;
use crate::platform::identity::events::{self, EventKind, NewEvent};
use crate::tenancy::TenantContext;
use crate::tenancy::dealer_roles::dealer_roles;
use crate::tenancy::directory::dealer_lock;

/// The constraint by which the database keeps an owner.
const LAST_OWNER: &str = "memberships_keep_an_owner";

/// Members and roles of dealers.
#[derive(Clone)]
pub struct Members {
    control: ControlPool,
    factors: Factors,
    clock: Clock,
}

/// Who asks for a change, and from where.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// Who, at which dealer.
    pub context: &'a TenantContext,
    /// From where.
    pub peer: &'a Peer,
}

impl Caller<'_> {
    /// What is kept on record of a change: of whose account, or else his own.
    pub(super) fn event(self, kind: EventKind, user: Option<UserId>, words: &str) -> NewEvent {
        let own = self.context.principal().map(Principal::user);
        let event = NewEvent::of(kind, self.peer).saying(&match own {
            Some(own) => format!("{words}; by {own}"),
            None => words.to_owned(),
        });
        match user.or(own) {
            Some(user) => event.at(self.context.dealer().id, user),
            None => event,
        }
    }
}

impl Members {
    /// Those of this control plane, who prove by these factors that it is them.
    pub const fn new(control: ControlPool, factors: Factors, clock: Clock) -> Self {
        Self {
            control,
            factors,
            clock,
        }
    }

    pub(in crate::platform) const fn control(&self) -> &ControlPool {
        &self.control
    }

    pub(super) const fn factors(&self) -> &Factors {
        &self.factors
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// One transaction on a dealer's members and roles, one after the other.
    pub(super) async fn changing<T>(
        &self,
        caller: Caller<'_>,
        work: impl AsyncFnOnce(&mut ControlConn) -> ServiceResult<T>,
    ) -> ServiceResult<T> {
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| {
            dealer_lock(conn, caller.context.dealer().id).await?;
            work(conn).await
        })
        .await
    }

    /// Gives a member of the caller's dealer other roles.
    pub async fn roles_set(
        &self,
        caller: Caller<'_>,
        input: MemberRolesSetInput,
    ) -> ServiceResult<MemberRow> {
        let mut checks = Checks::default();
        let roles = checked_roles(&mut checks, &input.roles, input.customer_id);
        checks.finish()?;
        self.changing(caller, async |conn| {
            let context = caller.context;
            let member = find(conn, context, input.user_id, input.expected_version).await?;
            all_known(&member.dealers, &roles)?;
            let changed = changed(&member.membership.roles, &roles);
            may_give(
                &context.into(),
                &member.dealers,
                changed.iter().copied(),
                &ROLES,
            )?;
            if give_access(&member.dealers, &changed) {
                self.factors.proven(conn, context).await?;
            }
            let after = query::update_member(conn, &member.membership, &roles, input.customer_id)
                .await
                .map_err(|error| keep_an_owner(error, &ROLES))?;
            let words = format!(
                "{} in place of {}",
                names(&roles),
                names(&member.membership.roles)
            );
            let event = caller.event(EventKind::MemberChanged, Some(after.user_id), &words);
            events::record(conn, event, self.now()).await?;
            Ok(MemberRow::new(after, member.user, member.dealers))
        })
        .await
    }

    /// Ends a membership at the caller's dealer.
    pub async fn remove(
        &self,
        caller: Caller<'_>,
        input: MemberRemoveInput,
    ) -> ServiceResult<MemberRow> {
        let path = ["input", "userId"];
        self.changing(caller, async |conn| {
            let context = caller.context;
            let member = find(conn, context, input.user_id, input.expected_version).await?;
            let held = &member.membership.roles;
            may_give(
                &context.into(),
                &member.dealers,
                held.iter().copied(),
                &path,
            )?;
            if give_access(&member.dealers, held) {
                self.factors.proven(conn, context).await?;
            }
            query::delete_member(conn, &member.membership)
                .await
                .map_err(|error| keep_an_owner(error, &path))?;
            let words = format!("was {}", names(&member.membership.roles));
            let event = caller.event(EventKind::MemberRemoved, Some(member.user_id), &words);
            events::record(conn, event, self.now()).await?;
            Ok(member)
        })
        .await
    }
}

/// The member, if he still has this version.
async fn find(
    conn: &mut ControlConn,
    caller: &TenantContext,
    user: UserId,
    version: i32,
) -> ServiceResult<MemberRow> {
    let dealer = caller.dealer().id;
    let dealers = Arc::new(dealer_roles(conn, dealer).await?);
    let found = query::find_member(conn, dealer, user).await?;
    let member = found.map(|(membership, user)| MemberRow::new(membership, user, dealers));
    let is_current = |member: &MemberRow| member.membership.version == version;
    current(member, is_current, &["input", "userId"])
}

/// What was found, if it is as the caller has read it.
pub(super) fn current<R>(
    found: Option<R>,
    is_current: impl FnOnce(&R) -> bool,
    path: &[&str],
) -> ServiceResult<R> {
    let Some(found) = found else {
        let message = "there is no such record";
        return Err(UserError::at(ErrorCode::NotFound, path, message).into());
    };
    if is_current(&found) {
        return Ok(found);
    }
    let message = "the record has changed since it was read; read it again";
    Err(UserError::at(ErrorCode::Conflict, &["input", "expectedVersion"], message).into())
}

fn names(roles: &[RoleCode]) -> String {
    let names: Vec<String> = roles.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// The database is the judge of who is the last owner.
fn keep_an_owner(error: DieselError, path: &[&str]) -> Refusal {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info)
            if info.constraint_name() == Some(LAST_OWNER) =>
        {
            let message = "a dealer keeps at least one owner; make another one first";
            UserError::at(ErrorCode::NotAllowed, path, message).into()
        }
        _ => error.into(),
    }
}
