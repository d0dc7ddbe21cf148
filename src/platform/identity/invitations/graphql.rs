//! The surface of invitations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::InvitationId;
use super::query::Asked;
use super::service::{Acceptance, Invitations, NewInvitation, Preview};
use crate::auth::role::RoleCode;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::graphql::refused::sorted;
use crate::kernel::ids::{CustomerId, DealerId};
use crate::platform::access::members::Caller;
use crate::platform::access::mutation::known_customer;
use crate::platform::identity::graphql::{Dealer, User};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::service::Identity;

/// Somebody who was asked to work for the dealer.
pub struct Invitation(Asked);

impl From<Asked> for Invitation {
    fn from(asked: Asked) -> Self {
        Self(asked)
    }
}

/// Somebody who was asked to work for the dealer, and has not answered.
#[Object(directive = has_permission::apply(P::MembersRead))]
impl Invitation {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.0.id.into()
    }

    /// Address he was asked at.
    async fn email(&self) -> &str {
        &self.0.0.email
    }

    /// Codes of the roles he will have.
    async fn roles(&self) -> Vec<String> {
        self.0.0.roles.iter().map(RoleCode::to_string).collect()
    }

    /// Who asked; null if he is no user any more.
    async fn invited_by(&self) -> Option<User> {
        self.0.1.clone().map(User)
    }

    /// When he was asked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.0.created_at
    }

    /// When the invitation ends.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.0.expires_at
    }
}

/// What an invitation is about, for its reader.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct InvitationPreview {
    /// Name of the dealer.
    dealer_name: String,
    /// Address that was invited.
    email: String,
    /// Whether this address has an account: then its user has to sign in or give
    /// his password, else a name and a new password are needed.
    has_account: bool,
    /// When the invitation ends.
    expires_at: DateTime<Utc>,
}

impl From<Preview> for InvitationPreview {
    fn from(preview: Preview) -> Self {
        Self {
            dealer_name: preview.dealer,
            email: preview.invitation.email,
            has_account: preview.is_known,
            expires_at: preview.invitation.expires_at,
        }
    }
}

/// Whom to invite.
#[derive(InputObject)]
pub struct MemberInviteInput {
    /// Address to send the invitation to.
    pub email: String,
    /// The roles he will have, as in `memberRolesSet`; only such that allow nothing
    /// that you may not do yourself.
    pub roles: Vec<ID>,
    /// With the role customer: for whom he will stand.
    pub customer_id: Option<CustomerId>,
}

/// Which invitation to take back.
#[derive(InputObject)]
pub struct InvitationRevokeInput {
    /// Its id.
    pub id: InvitationId,
}

/// The token of an invitation, and who accepts it.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// What stands behind `token=` in the link.
    #[graphql(secret)]
    pub token: String,
    /// Name of the person, if the address has no account.
    pub name: Option<String>,
    /// 10 to 200 characters for a new account, none of those that are tried first, and
    /// not made of the person's or the dealer's name; else the present password,
    /// unless its user sends his access token.
    #[graphql(secret)]
    pub password: Option<String>,
}

payload! {
    /// Result of memberInvite.
    MemberInvitePayload {
        /// The invitation; null if it was refused.
        invitation: Invitation
    }
}

payload! {
    /// Result of invitationRevoke.
    InvitationRevokePayload {
        /// What was taken back; null if nothing was.
        invitation: Invitation
    }
}

/// Result of invitationAccept.
#[derive(SimpleObject, Default)]
pub struct InvitationAcceptPayload {
    /// For whom the user works from now on; null if the link was refused.
    dealer: Option<Dealer>,
    /// Who that is: sign in as this user.
    user: Option<User>,
    /// What to mend before sending the mutation again; empty on success.
    user_errors: Vec<UserError>,
}

/// Queries on invitations.
#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// The dealer's open invitations, newest first; there are 200 at most.
    #[graphql(
        guard = P::MembersRead,
        directive = has_permission::apply(P::MembersRead),
        complexity = "5 * child_complexity"
    )]
    async fn invitations(&self, ctx: &Context<'_>) -> AppResult<Vec<Invitation>> {
        let dealer = ctx.scope()?.context()?.dealer().id;
        let open = ctx.service::<Invitations>()?.list(dealer).await?;
        Ok(open.into_iter().map(Invitation).collect())
    }

    /// What the invitation with this token is about; null if the token was used or
    /// replaced, or is too old. Needs no access token.
    #[graphql(directive = open_to_all::apply())]
    async fn invitation_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What stands behind `token=` in the link.", secret)] token: String,
    ) -> AppResult<Option<InvitationPreview>> {
        let preview = ctx.service::<Invitations>()?.preview(&token).await?;
        Ok(preview.map(InvitationPreview::from))
    }
}

/// Mutations on invitations.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites somebody to work for the dealer: sends a mail with a link that is good
    /// for seven days, once. An earlier invitation of the same address ends. With roles
    /// that let others in, as owner and admin, it wants a fresh proof that it is you.
    #[graphql(guard = P::MembersManage, directive = has_permission::apply(P::MembersManage))]
    async fn member_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: MemberInviteInput,
    ) -> AppResult<MemberInvitePayload> {
        let unit = ctx.unit()?;
        let (_, inviter) = caller(ctx).await?;
        let by = Caller {
            context: unit.context(),
            peer: ctx.peer()?,
        };
        let asked = match known_customer(ctx, input.customer_id).await {
            Ok(()) => {
                let new = NewInvitation {
                    email: input.email,
                    roles: input.roles,
                    customer: input.customer_id,
                };
                let invitations = ctx.service::<Invitations>()?;
                invitations.invite(by, inviter, new).await
            }
            Err(refusal) => Err(refusal),
        };
        Ok(sorted(asked)?.into())
    }

    /// Takes an open invitation back: its link is good for nothing any more.
    #[graphql(guard = P::MembersManage, directive = has_permission::apply(P::MembersManage))]
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: InvitationRevokeInput,
    ) -> AppResult<InvitationRevokePayload> {
        let (dealer, revoker) = caller(ctx).await?;
        let invitations = ctx.service::<Invitations>()?;
        let revoked = invitations.revoke(dealer, revoker.id, input.id, ctx.peer()?);
        Ok(sorted(revoked.await)?.into())
    }

    /// Accepts an invitation by the token of its link. Whoever has an account sends
    /// his access token or his password, anybody else gives a name and a password.
    /// Signs nobody in.
    #[graphql(directive = open_to_all::apply())]
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token, and who accepts.")] input: InvitationAcceptInput,
    ) -> AppResult<InvitationAcceptPayload> {
        let context = ctx.scope()?.context().ok();
        // Whoever acts in a user's name makes him nobody's member.
        let principal = context
            .and_then(|context| context.principal())
            .filter(|principal| principal.is_in_person());
        let acceptance = Acceptance {
            token: input.token,
            name: input.name,
            password: input.password.map(Into::into),
            caller: principal.map(crate::auth::principal::Principal::user),
        };
        let invitations = ctx.service::<Invitations>()?;
        match sorted(invitations.accept(acceptance, ctx.peer()?).await)? {
            Ok((dealer, user)) => Ok(InvitationAcceptPayload {
                dealer: Some(Dealer(dealer)),
                user: Some(User(user)),
                user_errors: Vec::new(),
            }),
            Err(user_errors) => Ok(InvitationAcceptPayload {
                user_errors,
                ..InvitationAcceptPayload::default()
            }),
        }
    }
}

/// Who calls, at a dealer who may be worked at.
async fn caller(ctx: &Context<'_>) -> AppResult<(DealerId, UserRow)> {
    // At a suspended dealer nobody is invited: the unit of work is refused.
    let dealer = ctx.unit()?.context().dealer().id;
    let accounts = ctx.service::<Identity>()?.accounts();
    let user = accounts.user(ctx.principal()?.user()).await?;
    Ok((dealer, user))
}
