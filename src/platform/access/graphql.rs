//! The surface of members and roles: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

use super::input::MemberWhere;
use super::members::Members;
use super::model::MemberRow;
use super::query::{self, MemberOrder, MemberSort};
use crate::auth::permission::Permission;
use crate::auth::role::{BuiltInRole, RoleCode};
use crate::error::AppResult;
use crate::graphql::connection::list_query;
use crate::graphql::context::{ContextExt, Source};
use crate::graphql::permit::{
    AnyCaller, Permission as P, for_any_caller, has_permission, open_to_all,
};
use crate::kernel::ids::{CustomerId, UserId};
use crate::platform::identity::graphql::User;
use crate::platform::reads::DealerReads;
use crate::tenancy::dealer_roles::{DealerRoles, RoleRow};

/// Whether the caller's dealer has a customer. What customers are, the features of a
/// shop know; the schema is built with their word.
pub struct CustomerCheck(
    pub for<'a> fn(&'a Context<'_>, CustomerId) -> BoxFuture<'a, AppResult<bool>>,
);

/// Whether somebody works for the caller's dealer; people of customers do not.
pub async fn works_here(ctx: &Context<'_>, user: UserId) -> AppResult<bool> {
    let mut conn = DealerReads::of(ctx)?.tx().await?;
    let dealer = conn.dealer;
    let found = query::find_member(conn.control(), dealer, user).await?;
    Ok(found.is_some_and(|(member, _)| member.customer_id.is_none()))
}

/// What a member is.
pub enum Role {
    /// The same at every dealer.
    BuiltIn(BuiltInRole),
    /// One of the dealer's own.
    Custom(RoleRow),
}

impl Role {
    /// The role behind a code; none if the dealer has it no longer.
    pub fn find(dealers: &DealerRoles, code: RoleCode) -> Option<Self> {
        match code {
            RoleCode::BuiltIn(role) => Some(Self::BuiltIn(role)),
            RoleCode::Custom(id) => dealers.get(id).cloned().map(Self::Custom),
        }
    }

    const fn row(&self) -> Option<&RoleRow> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Custom(row) => Some(row),
        }
    }
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        Self::Custom(row)
    }
}

/// What a member is: a set of permissions with a name.
#[Object(directive = open_to_all::apply())]
impl Role {
    /// Code of a built-in role, such as `sales`, or opaque id of one of the dealer's
    /// own.
    async fn id(&self) -> ID {
        match self {
            Self::BuiltIn(role) => role.as_str().into(),
            Self::Custom(row) => row.id.into(),
        }
    }

    /// Name for people.
    async fn name(&self) -> &str {
        match self {
            Self::BuiltIn(role) => role.as_str(),
            Self::Custom(row) => &row.name,
        }
    }

    /// Who it is for.
    async fn description(&self) -> Option<&str> {
        match self {
            Self::BuiltIn(role) => Some(role.description()),
            Self::Custom(row) => row.description.as_deref(),
        }
    }

    /// Whether it is the same at every dealer, and can not be changed.
    async fn is_built_in(&self) -> bool {
        self.row().is_none()
    }

    /// What it allows, by names out of `permissions`.
    async fn permissions(&self) -> Vec<&str> {
        let permissions = match self {
            Self::BuiltIn(role) => role.permissions(),
            Self::Custom(row) => row.permissions,
        };
        permissions.iter().map(Permission::as_str).collect()
    }

    /// Counts the changes; send it as `expectedVersion`. Null if it is built in.
    async fn version(&self) -> Option<i32> {
        self.row().map(|row| row.version)
    }

    /// When it was made; null if it is built in.
    async fn created_at(&self) -> Option<DateTime<Utc>> {
        self.row().map(|row| row.created_at)
    }

    /// When it last changed; null if it is built in.
    async fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.row().map(|row| row.updated_at)
    }
}

/// One thing that may be done.
pub struct PermissionEntry(Permission);

/// One thing that may be done, if a role allows it.
#[Object(name = "Permission", directive = open_to_all::apply())]
impl PermissionEntry {
    /// Its name, `resource:action`, as in `viewer.permissions` and `@hasPermission`.
    async fn name(&self) -> &str {
        self.0.as_str()
    }

    /// What it allows.
    async fn description(&self) -> &str {
        self.0.description()
    }

    /// Whether money or trust is lost by it, so that it wants a thought before it is
    /// given.
    async fn is_sensitive(&self) -> bool {
        self.0.is_sensitive()
    }

    /// The permission that comes with it; null if none does.
    async fn includes(&self) -> Option<&str> {
        self.0.included().map(Permission::as_str)
    }
}

/// Somebody who works for the dealer.
pub struct Member {
    row: MemberRow,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self { row }
    }
}

/// Somebody who works for the dealer, or a contractor at the portal.
#[Object(directive = has_permission::apply(P::MembersRead))]
impl Member {
    /// The person.
    async fn user(&self) -> User {
        User(self.row.user.clone())
    }

    /// What he is here.
    async fn roles(&self) -> Vec<Role> {
        let codes = self.row.membership.roles.iter();
        let found = codes.filter_map(|code| Role::find(&self.row.dealers, *code));
        found.collect()
    }

    /// The customer for whom he stands, beyond whose records he sees nothing; null
    /// for the dealer's own people.
    async fn customer_id(&self) -> Option<ID> {
        self.row.membership.customer_id.map(Into::into)
    }

    /// When he joined.
    async fn since(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// Counts the changes; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.row.membership.version
    }
}

/// Queries on roles.
#[derive(Default)]
pub struct RoleQuery;

#[Object]
impl RoleQuery {
    /// All roles at the dealer: those that every dealer has, the strongest first,
    /// then his own by name.
    #[graphql(guard = P::MembersRead, directive = has_permission::apply(P::MembersRead))]
    async fn roles(&self, ctx: &Context<'_>) -> AppResult<Vec<Role>> {
        let unit = ctx.unit()?;
        let members = ctx.service::<Members>()?;
        let own = members.roles(unit.context().dealer().id).await?;
        unit.spend(own.len())?;
        let built_in = BuiltInRole::ALL.into_iter().map(Role::BuiltIn);
        Ok(built_in.chain(own.into_iter().map(Role::Custom)).collect())
    }

    /// Everything that a role can allow.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn permissions(&self) -> Vec<PermissionEntry> {
        Permission::ALL
            .iter()
            .copied()
            .map(PermissionEntry)
            .collect()
    }
}

list_query! {
    /// The list of members.
    MemberListQuery: query,
    /// Who works for the dealer, contractors at the portal among them.
    members -> Member,
    needs: MembersRead,
    filter: MemberWhere = "Which members.",
    order: MemberOrder as MemberSort = "At most 3 keys; those who joined first if left out.",
    through: DealerReads,
}
