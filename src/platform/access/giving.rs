//! Nobody gives or takes what he has not himself.

use async_graphql::ID;

use super::query;
use crate::auth::permission::{Permission, PermissionSet};
use crate::auth::role::RoleCode;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::ids::{CustomerId, DealerId, UserId};
use crate::platform::factors::account::Factors;
use crate::tenancy::TenantContext;
use crate::tenancy::dealer_roles::{DealerRoles, dealer_roles};
use crate::tenancy::directory::dealer_lock;

/// Most roles of one member.
const MAX_HELD: usize = 20;

pub(super) const ROLES: [&str; 2] = ["input", "roles"];

/// What somebody has, and so may give on.
pub(super) struct Giver {
    permissions: PermissionSet,
    is_owner: bool,
}

impl From<&TenantContext> for Giver {
    fn from(caller: &TenantContext) -> Self {
        Self {
            permissions: caller.permissions(),
            is_owner: caller.is_owner(),
        }
    }
}

/// Refuses to give or take `changed`, unless it is all among what is held.
pub(in crate::platform) fn may_grant(
    held: PermissionSet,
    changed: PermissionSet,
    path: &[&str],
) -> Result<(), UserError> {
    let Some(missing) = changed.without(held).iter().next() else {
        return Ok(());
    };
    let message = format!("you can neither give nor take {missing}, which you do not have");
    Err(UserError::at(ErrorCode::Forbidden, path, message))
}

/// Refuses to give or take `roles`, unless the giver has all that they allow, and
/// is an owner if they make one.
pub(super) fn may_give(
    giver: &Giver,
    dealers: &DealerRoles,
    roles: impl IntoIterator<Item = RoleCode>,
    path: &[&str],
) -> Result<(), UserError> {
    for role in roles {
        if role == RoleCode::OWNER && !giver.is_owner {
            let message = "only an owner makes or removes owners";
            return Err(UserError::at(ErrorCode::Forbidden, path, message));
        }
        may_grant(giver.permissions, dealers.permissions(role), path)?;
    }
    Ok(())
}

/// The roles of these names, each once.
pub(in crate::platform) fn checked_roles(
    checks: &mut Checks,
    names: &[ID],
    customer: Option<CustomerId>,
) -> Vec<RoleCode> {
    let mut roles: Vec<RoleCode> = Vec::new();
    for text in names.iter().take(MAX_HELD + 1) {
        match text.parse() {
            Ok(role) if roles.contains(&role) => {}
            Ok(role) => roles.push(role),
            Err(_) => checks.fault(&ROLES, format!("{} is no role", text.as_str())),
        }
    }
    let fits = (1..=MAX_HELD).contains(&names.len());
    checks.require(fits, &ROLES, "must name 1 to 20 roles");
    let is_customer = roles.contains(&RoleCode::CUSTOMER);
    checks.require(
        !is_customer || roles.len() == 1,
        &ROLES,
        "the role customer allows no other beside it",
    );
    checks.require(
        is_customer == customer.is_some(),
        &["input", "customerId"],
        "goes with the role customer, and only with that",
    );
    roles
}

/// Refuses roles of a dealer's own that he does not have.
pub(super) fn all_known(dealers: &DealerRoles, roles: &[RoleCode]) -> Result<(), UserError> {
    let is_unknown =
        |role: &RoleCode| matches!(role, RoleCode::Custom(id) if dealers.get(*id).is_none());
    match roles.iter().find(|role| is_unknown(role)) {
        None => Ok(()),
        Some(role) => {
            let message = format!("there is no role {role} at this dealer");
            Err(UserError::at(ErrorCode::NotFound, &ROLES, message))
        }
    }
}

/// Refuses to offer `roles` to somebody new, unless they are there, and the caller may
/// give them and has proven that it is him.
pub(in crate::platform) async fn may_offer(
    conn: &mut ControlConn,
    factors: &Factors,
    caller: &TenantContext,
    roles: &[RoleCode],
) -> ServiceResult<()> {
    let dealers = dealer_roles(conn, caller.dealer().id).await?;
    all_known(&dealers, roles)?;
    may_give(&caller.into(), &dealers, roles.iter().copied(), &ROLES)?;
    if give_access(&dealers, roles) {
        factors.proven(conn, caller).await?;
    }
    Ok(())
}

/// Whether `by` could still offer `roles` to somebody new: they are there, and he has
/// what they allow. What one lost between the offer and its acceptance he gives nobody.
///
/// From here to the end of the transaction, members and roles stay as they are.
pub(in crate::platform) async fn still_offers(
    conn: &mut ControlConn,
    dealer: DealerId,
    by: Option<UserId>,
    roles: &[RoleCode],
) -> AppResult<bool> {
    dealer_lock(conn, dealer).await?;
    let dealers = dealer_roles(conn, dealer).await?;
    let giver = match by {
        Some(user) => query::find_member(conn, dealer, user).await?,
        None => None,
    };
    let Some((membership, _user)) = giver else {
        return Ok(false);
    };
    let held = membership
        .roles
        .iter()
        .map(|role| dealers.permissions(*role));
    let giver = Giver {
        permissions: held.fold(PermissionSet::NONE, PermissionSet::union),
        is_owner: membership.roles.contains(&RoleCode::OWNER),
    };
    let may_invite = giver.permissions.contains(Permission::MembersManage);
    let all = may_give(&giver, &dealers, roles.iter().copied(), &ROLES);
    Ok(may_invite && all.is_ok() && all_known(&dealers, roles).is_ok())
}

/// Whether who has one of `roles` lets others in, or says what they may do, as owners
/// and admins: a change of those is a change of who holds the keys.
pub(super) fn give_access(dealers: &DealerRoles, roles: &[RoleCode]) -> bool {
    let all = roles.iter().map(|role| dealers.permissions(*role));
    let all = all.fold(PermissionSet::NONE, PermissionSet::union);
    !all.intersection(Permission::GIVING_ACCESS).is_empty()
}

/// The roles that are in one of the lists only.
pub(super) fn changed(before: &[RoleCode], after: &[RoleCode]) -> Vec<RoleCode> {
    let gone = before.iter().filter(|role| !after.contains(role));
    let come = after.iter().filter(|role| !before.contains(role));
    gone.chain(come).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::role::BuiltInRole;

    #[test]
    fn what_stays_is_no_change() {
        let [owner, sales, viewer] =
            [BuiltInRole::Owner, BuiltInRole::Sales, BuiltInRole::Viewer].map(RoleCode::BuiltIn);
        assert_eq!(changed(&[owner, sales], &[sales, viewer]), [owner, viewer]);
        assert_eq!(changed(&[owner, sales], &[sales, owner]), []);
    }
}
