//! Use cases of a dealer's own roles.

use super::giving::may_grant;
use super::input::{RoleCreateInput, RoleDeleteInput, RoleUpdateInput};
use super::members::{Caller, Members, current};
use super::model::RoleChanges;
use super::query;
use crate::auth::permission::{Permission, PermissionSet};
use crate::auth::role::{BuiltInRole, RoleId};
use crate::db::control::ControlConn;
use crate::error::{AppResult, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::given;
use crate::kernel::checks::Checks;
use crate::kernel::ids::DealerId;
use crate::platform::identity::events::{self, EventKind};
use crate::tenancy::TenantContext;
use crate::tenancy::dealer_roles::{RoleRow, dealer_roles};

/// Most roles that a dealer makes; all of them stay in memory.
const MAX_ROLES: usize = 50;
const MAX_NAME: usize = 60;
const MAX_DESCRIPTION: usize = 500;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "roles_name_unique",
    path: &["input", "name"],
    message: "another role has this name",
}];

impl Members {
    /// The roles of a dealer's own, by name.
    pub async fn roles(&self, dealer: DealerId) -> AppResult<Vec<RoleRow>> {
        let mut conn = self.control().checkout().await?;
        Ok(dealer_roles(&mut conn, dealer).await?.list())
    }

    /// Makes a role of the caller's dealer.
    pub async fn role_create(
        &self,
        caller: Caller<'_>,
        input: RoleCreateInput,
    ) -> ServiceResult<RoleRow> {
        let mut checks = Checks::default();
        let name = checked_name(&mut checks, &input.name);
        let description = checked_description(&mut checks, input.description.as_deref());
        let permissions = checked_permissions(&mut checks, &input.permissions);
        checks.finish()?;
        may_grant(
            caller.context.permissions(),
            permissions,
            &["input", "permissions"],
        )?;
        let (dealer_id, now) = (caller.context.dealer().id, self.now());
        let row = RoleRow {
            id: RoleId::generate(),
            dealer_id,
            name,
            description,
            permissions,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.changing(caller, async |conn| {
            self.factors().proven(conn, caller.context).await?;
            if dealer_roles(conn, dealer_id).await?.count() >= MAX_ROLES {
                let message = format!("a dealer has at most {MAX_ROLES} roles of his own");
                return Err(UserError::general(ErrorCode::LimitExceeded, message).into());
            }
            query::insert_role(conn, &row)
                .await
                .map_err(on_constraint(CONSTRAINTS))?;
            self.note(conn, caller, "made", &row).await
        })
        .await?;
        Ok(row)
    }

    /// Changes a role of the caller's dealer.
    pub async fn role_update(
        &self,
        caller: Caller<'_>,
        input: RoleUpdateInput,
    ) -> ServiceResult<RoleRow> {
        let mut checks = Checks::default();
        let name = input.name.as_deref();
        let description = given(input.description);
        let changes = RoleChanges {
            name: name.map(|name| checked_name(&mut checks, name)),
            description: description.map(|text| checked_description(&mut checks, text.as_deref())),
            permissions: input
                .permissions
                .map(|names| checked_permissions(&mut checks, &names)),
            updated_at: self.now(),
        };
        checks.finish()?;
        self.changing(caller, async |conn| {
            let before = find(conn, caller.context, input.id, input.expected_version).await?;
            let after = changes.permissions.unwrap_or(before.permissions);
            let taken = before.permissions.without(after);
            let in_question = after.without(before.permissions).union(taken);
            may_grant(
                caller.context.permissions(),
                in_question,
                &["input", "permissions"],
            )?;
            self.factors().proven(conn, caller.context).await?;
            let row = query::update_role(conn, before.id, changes.clone())
                .await
                .map_err(on_constraint(CONSTRAINTS))?;
            self.note(conn, caller, "changed", &row).await?;
            Ok(row)
        })
        .await
    }

    /// Deletes a role of the caller's dealer that nobody has, and nobody is offered.
    pub async fn role_delete(
        &self,
        caller: Caller<'_>,
        input: RoleDeleteInput,
    ) -> ServiceResult<RoleRow> {
        let dealer = caller.context.dealer().id;
        self.changing(caller, async |conn| {
            let role = find(conn, caller.context, input.id, input.expected_version).await?;
            may_grant(
                caller.context.permissions(),
                role.permissions,
                &["input", "id"],
            )?;
            self.factors().proven(conn, caller.context).await?;
            let holders = query::count_holders(conn, dealer, role.id.into()).await?;
            if holders > 0 {
                let message = format!("{holders} members have this role; give them others first");
                return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
            }
            let offers = query::count_offers(conn, dealer, role.id.into(), self.now()).await?;
            if offers > 0 {
                let message =
                    format!("{offers} open invitations offer this role; take them back first");
                return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
            }
            query::delete_role(conn, role.id).await?;
            self.note(conn, caller, "deleted", &role).await?;
            Ok(role)
        })
        .await
    }

    /// Keeps on record what was done to a role, and what it allows now.
    async fn note(
        &self,
        conn: &mut ControlConn,
        caller: Caller<'_>,
        done: &str,
        role: &RoleRow,
    ) -> ServiceResult<()> {
        let names: Vec<&str> = role.permissions.iter().map(Permission::as_str).collect();
        let words = format!("{done} {} ({}): {}", role.id, role.name, names.join(" "));
        let event = caller.event(EventKind::RoleChanged, None, &words);
        Ok(events::record(conn, event, self.now()).await?)
    }
}

/// The role, if it still has this version.
async fn find(
    conn: &mut ControlConn,
    caller: &TenantContext,
    id: RoleId,
    version: i32,
) -> ServiceResult<RoleRow> {
    let role = query::find_role(conn, caller.dealer().id, id).await?;
    current(role, |role| role.version == version, &["input", "id"])
}

fn checked_name(checks: &mut Checks, name: &str) -> String {
    let path = ["input", "name"];
    let name = checks.text(&path, name, 1, MAX_NAME);
    let mut built_in = BuiltInRole::ALL.iter();
    let is_taken = built_in.any(|role| role.as_str().eq_ignore_ascii_case(&name));
    checks.require(!is_taken, &path, "is the name of a built-in role");
    name
}

fn checked_description(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    checks.optional_text(&["input", "description"], text, MAX_DESCRIPTION)
}

/// What these names allow, with what that includes.
fn checked_permissions(checks: &mut Checks, names: &[String]) -> PermissionSet {
    let path = ["input", "permissions"];
    let mut found = Vec::new();
    for name in names.iter().take(Permission::ALL.len()) {
        match name.parse::<Permission>() {
            Ok(permission) => found.push(permission),
            Err(_) => checks.fault(&path, "holds a name that is not among `permissions`"),
        }
    }
    let fits = (1..=Permission::ALL.len()).contains(&names.len());
    checks.require(
        fits,
        &path,
        "must name at least one permission, and none twice",
    );
    found.into_iter().collect::<PermissionSet>().with_included()
}
