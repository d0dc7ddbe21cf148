//! The parts of the schema on accounts of users, access, applications and webhooks.

use async_graphql::MergedObject;

use crate::platform::access::graphql::{MemberListQuery, RoleQuery};
use crate::platform::access::mutation::AccessMutation;
use crate::platform::api_keys::graphql::ApiKeyQuery;
use crate::platform::api_keys::mutation::ApiKeyMutation;
use crate::platform::dealers::graphql::DealerMutation;
use crate::platform::factors::graphql::FactorQuery;
use crate::platform::factors::mutation::FactorMutation;
use crate::platform::factors::phone::graphql::PhoneMutation;
use crate::platform::identity::graphql::{IdentityMutation, IdentityQuery};
use crate::platform::identity::invitations::graphql::{InvitationMutation, InvitationQuery};
use crate::platform::identity::password::graphql::PasswordMutation;
use crate::platform::identity::recovery::graphql::RecoveryMutation;
use crate::platform::impersonation::graphql::{ImpersonationMutation, ImpersonationQuery};
use crate::platform::oauth::graphql::OauthQuery;
use crate::platform::oauth::mutation::OauthMutation;
use crate::platform::sessions::graphql::SessionQuery;
use crate::platform::sessions::mutation::SessionMutation;
use crate::platform::webhooks::graphql::{WebhookDeliveryListQuery, WebhookQuery};
use crate::platform::webhooks::mutation::WebhookMutation;

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct PlatformQueries(
    IdentityQuery,
    RoleQuery,
    MemberListQuery,
    SessionQuery,
    InvitationQuery,
    FactorQuery,
    ApiKeyQuery,
    ImpersonationQuery,
    OauthQuery,
    WebhookQuery,
    WebhookDeliveryListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct PlatformMutations(
    IdentityMutation,
    PasswordMutation,
    SessionMutation,
    InvitationMutation,
    RecoveryMutation,
    FactorMutation,
    PhoneMutation,
    ApiKeyMutation,
    ImpersonationMutation,
    OauthMutation,
    WebhookMutation,
    DealerMutation,
    AccessMutation,
);
