//! The surface of identity.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::model::UserRow;
use super::service::{Credentials, Identity, SignIn, SignedIn};
use crate::auth::permission::Permission;
use crate::auth::role::RoleCode;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::kernel::ids::{CustomerId, DealerId};
use crate::platform::access::graphql::Role;
use crate::tenancy::directory::{Dealer as Tenant, DealerStatus};

/// A person who signs in.
pub struct User(pub UserRow);

/// A person who signs in; may work for several dealers.
#[Object(directive = open_to_all::apply())]
impl User {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Address the user signs in with.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Name of the person.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

/// A company that runs its shop on Tubex.
pub struct Dealer(pub Tenant);

/// A company that runs its shop on Tubex.
#[Object(directive = open_to_all::apply())]
impl Dealer {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Name of the company.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// ISO 4217 code of the currency of its books.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// IANA name of the time zone of its days.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// Whether the operator has suspended the dealer: everything can be read, and
    /// nothing changed.
    async fn is_suspended(&self) -> bool {
        self.0.status == DealerStatus::Suspended
    }
}

/// The caller.
#[derive(SimpleObject)]
#[graphql(directive = open_to_all::apply())]
pub struct Viewer {
    /// Who is signed in.
    user: User,
    /// The dealer the access token is good for.
    dealer: Dealer,
    /// All that he may do there; compare with `@hasPermission` in the SDL.
    permissions: Vec<&'static str>,
    /// What he is there.
    roles: Vec<Role>,
    /// The customer for whom he stands, beyond whose records he sees nothing; null
    /// for the dealer's own people.
    customer_id: Option<ID>,
}

/// Queries on the caller.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Who is signed in, and where.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn viewer(&self, ctx: &Context<'_>) -> AppResult<Viewer> {
        let context = ctx.scope()?.context()?;
        let principal = context
            .principal()
            .ok_or_else(|| AppError::unauthenticated("no user is signed in"))?;
        let role = |code: &RoleCode| Role::find(context.dealer_roles(), *code);
        let user = ctx
            .service::<Identity>()?
            .accounts()
            .user(principal.user())
            .await?;
        Ok(Viewer {
            user: User(user),
            dealer: Dealer(context.dealer().clone()),
            permissions: context
                .permissions()
                .iter()
                .map(Permission::as_str)
                .collect(),
            roles: principal.roles().iter().filter_map(role).collect(),
            customer_id: principal
                .customer()
                .map(|id| CustomerId::from_uuid(id).into()),
        })
    }
}

/// How to sign in.
#[derive(InputObject)]
pub struct LoginInput {
    /// Address of the user.
    pub email: String,
    /// Password of the user.
    #[graphql(secret)]
    pub password: String,
    /// Which dealer; needed if the user works for several.
    pub dealer_id: Option<DealerId>,
}

/// Result of login.
#[derive(SimpleObject, Default)]
pub struct LoginPayload {
    /// Send it as `Authorization: Bearer …`; null if the login was refused.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// The dealer the token is good for.
    pub dealer: Option<Dealer>,
    /// Who signed in.
    pub user: Option<User>,
    /// With `DEALER_CHOICE_REQUIRED`: the dealers to choose from.
    pub dealers: Vec<Dealer>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl From<SignedIn> for LoginPayload {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: Some(signed_in.token.token.expose_secret().to_owned()),
            expires_at: Some(signed_in.token.expires_at),
            dealer: Some(Dealer(signed_in.dealer)),
            user: Some(User(signed_in.user)),
            ..Self::default()
        }
    }
}

impl LoginPayload {
    fn choose(dealers: Vec<Tenant>) -> Self {
        Self {
            dealers: dealers.into_iter().map(Dealer).collect(),
            user_errors: vec![UserError::at(
                ErrorCode::DealerChoiceRequired,
                &["input", "dealerId"],
                "choose one of the dealers",
            )],
            ..Self::default()
        }
    }
}

/// Mutations on identity.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs a user in at one dealer. Needs no access token.
    #[graphql(directive = open_to_all::apply())]
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> AppResult<LoginPayload> {
        let credentials = Credentials {
            email: input.email,
            password: input.password.into(),
            dealer: input.dealer_id,
        };
        match ctx.service::<Identity>()?.login(credentials).await {
            Ok(SignIn::Done(signed_in)) => Ok((*signed_in).into()),
            Ok(SignIn::Choose(dealers)) => Ok(LoginPayload::choose(dealers)),
            Err(Refusal::User(user_errors)) => Ok(LoginPayload {
                user_errors,
                ..LoginPayload::default()
            }),
            Err(Refusal::Fault(error)) => Err(error),
        }
    }
}
