//! The surface of members and roles: mutations.

use async_graphql::{Context, Object};

use super::graphql::{CustomerCheck, Member, Role};
use super::input::{
    MemberRemoveInput, MemberRolesSetInput, RoleCreateInput, RoleDeleteInput, RoleUpdateInput,
};
use super::members::{Caller, Members};
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scope::UnitOfWork;
use crate::kernel::ids::CustomerId;

payload! {
    /// Result of roleCreate.
    RoleCreatePayload {
        /// The new role; null if it was refused.
        role: Role
    }
}

payload! {
    /// Result of roleUpdate.
    RoleUpdatePayload {
        /// The changed role; null if the change was refused.
        role: Role
    }
}

payload! {
    /// Result of roleDelete.
    RoleDeletePayload {
        /// The role as it was; null if it was not deleted.
        role: Role
    }
}

payload! {
    /// Result of memberRolesSet.
    MemberRolesSetPayload {
        /// The member as he is now; null if the change was refused.
        member: Member
    }
}

payload! {
    /// Result of memberRemove.
    MemberRemovePayload {
        /// The member as he was; null if he was not removed.
        member: Member
    }
}

fn caller<'a>(ctx: &'a Context<'_>, unit: &'a UnitOfWork) -> AppResult<Caller<'a>> {
    Ok(Caller {
        context: unit.context(),
        peer: ctx.peer()?,
    })
}

/// Refuses a customer that the dealer does not have.
pub(in crate::platform) async fn known_customer(
    ctx: &Context<'_>,
    customer: Option<CustomerId>,
) -> ServiceResult<()> {
    let Some(id) = customer else {
        return Ok(());
    };
    let CustomerCheck(exists) = ctx.service()?;
    if exists(ctx, id).await? {
        return Ok(());
    }
    let path = ["input", "customerId"];
    Err(UserError::at(ErrorCode::NotFound, &path, "there is no such customer").into())
}

/// Mutations on members and roles.
#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Makes a role of the dealer's own. Wants a fresh proof that it is you, as stepUp
    /// gives it.
    #[graphql(guard = P::RolesManage, directive = has_permission::apply(P::RolesManage))]
    async fn role_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: RoleCreateInput,
    ) -> AppResult<RoleCreatePayload> {
        let (unit, members) = (ctx.unit()?, ctx.service::<Members>()?);
        let caller = caller(ctx, &unit)?;
        let result = members.role_create(caller, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Changes a role of the dealer's own. All who have it can do what it allows now
    /// within a second. Wants a fresh proof that it is you.
    #[graphql(guard = P::RolesManage, directive = has_permission::apply(P::RolesManage))]
    async fn role_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: RoleUpdateInput,
    ) -> AppResult<RoleUpdatePayload> {
        let (unit, members) = (ctx.unit()?, ctx.service::<Members>()?);
        let caller = caller(ctx, &unit)?;
        let result = members.role_update(caller, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Deletes a role of the dealer's own that nobody has any more. Wants a fresh proof
    /// that it is you.
    #[graphql(guard = P::RolesManage, directive = has_permission::apply(P::RolesManage))]
    async fn role_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RoleDeleteInput,
    ) -> AppResult<RoleDeletePayload> {
        let (unit, members) = (ctx.unit()?, ctx.service::<Members>()?);
        let caller = caller(ctx, &unit)?;
        let result = members.role_delete(caller, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Gives a member other roles in place of those he has. His access tokens end
    /// within a second; a refresh brings one with the new roles. Where roles that let
    /// others in come or go, as owner and admin, it wants a fresh proof that it is you.
    #[graphql(guard = P::MembersManage, directive = has_permission::apply(P::MembersManage))]
    async fn member_roles_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who shall be what.")] input: MemberRolesSetInput,
    ) -> AppResult<MemberRolesSetPayload> {
        let (unit, members) = (ctx.unit()?, ctx.service::<Members>()?);
        let caller = caller(ctx, &unit)?;
        let result = match known_customer(ctx, input.customer_id).await {
            Ok(()) => members.roles_set(caller, input).await,
            Err(refusal) => Err(refusal),
        };
        Ok(unit.outcome(result)?.into())
    }

    /// Ends somebody's work for the dealer. His access tokens end within a second. For
    /// an owner, an admin, or whoever else lets others in, it wants a fresh proof that it
    /// is you.
    #[graphql(guard = P::MembersManage, directive = has_permission::apply(P::MembersManage))]
    async fn member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: MemberRemoveInput,
    ) -> AppResult<MemberRemovePayload> {
        let (unit, members) = (ctx.unit()?, ctx.service::<Members>()?);
        let caller = caller(ctx, &unit)?;
        let result = members.remove(caller, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
