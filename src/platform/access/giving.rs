//! Nobody gives or takes what he has not himself.

use crate::auth::permission::PermissionSet;
use crate::auth::role::RoleCode;
use crate::error::{ErrorCode, UserError};
use crate::tenancy::TenantContext;
use crate::tenancy::dealer_roles::DealerRoles;

/// Refuses a change of what a role allows, unless the caller has all that is added
/// or taken away.
pub(super) fn may_grant(
    caller: &TenantContext,
    changed: PermissionSet,
    path: &[&str],
) -> Result<(), UserError> {
    let Some(missing) = changed.without(caller.permissions()).iter().next() else {
        return Ok(());
    };
    let message = format!("you can neither give nor take {missing}, which you do not have");
    Err(UserError::at(ErrorCode::Forbidden, path, message))
}

/// Refuses to give or take `roles`, unless the caller has all that they allow, and
/// is an owner if they make one.
pub(super) fn may_give(
    caller: &TenantContext,
    dealers: &DealerRoles,
    roles: impl IntoIterator<Item = RoleCode>,
    path: &[&str],
) -> Result<(), UserError> {
    for role in roles {
        if role == RoleCode::OWNER && !caller.is_owner() {
            let message = "only an owner makes or removes owners";
            return Err(UserError::at(ErrorCode::Forbidden, path, message));
        }
        may_grant(caller, dealers.permissions(role), path)?;
    }
    Ok(())
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
