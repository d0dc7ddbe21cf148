//! The surface of identity.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::model::UserRow;
use super::password::graphql::give;
use super::service::{Credentials, Identity, SignIn};
use crate::auth::permission::Permission;
use crate::auth::role::RoleCode;
use crate::error::{AppError, AppResult, ErrorCode, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, for_any_caller, open_to_all};
use crate::graphql::refused::sorted;
use crate::kernel::ids::{CustomerId, DealerId};
use crate::kernel::peer::Peer;
use crate::platform::access::graphql::Role;
use crate::platform::factors::graphql::LoginChallenge;
use crate::platform::factors::model::ChallengeRow;
use crate::platform::sessions::cookies;
use crate::platform::sessions::service::{Opened, Sessions};
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
    async fn email(&self, ctx: &Context<'_>) -> AppResult<&str> {
        may_know(ctx, "email")?;
        Ok(&self.0.email)
    }

    /// Name of the person.
    async fn name(&self, ctx: &Context<'_>) -> AppResult<&str> {
        may_know(ctx, "profile")?;
        Ok(&self.0.name)
    }

    /// When the user last showed that mail to his address reaches him; null until
    /// then.
    async fn email_verified_at(&self, ctx: &Context<'_>) -> AppResult<Option<DateTime<Utc>>> {
        may_know(ctx, "email")?;
        Ok(self.0.email_verified_at)
    }
}

/// Refuses to tell who a user is to an application that was not let know it by this word
/// of its scope, or to an API key; whoever may see the members is told anyway.
fn may_know(ctx: &Context<'_>, word: &str) -> AppResult<()> {
    let Ok(context) = ctx.scope()?.context() else {
        return Ok(());
    };
    let Some(principal) = context.principal() else {
        return Ok(());
    };
    let is_let = principal.application().map_or_else(
        || principal.api_key().is_none(),
        |application| application.scope.split(' ').any(|known| known == word),
    );
    if is_let || context.permissions().contains(Permission::MembersRead) {
        return Ok(());
    }
    let message = format!(
        "this takes the scope {word}, or {}",
        Permission::MembersRead
    );
    Err(AppError::new(ErrorCode::Forbidden, message))
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
        let principal = ctx.principal()?;
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
    /// Whether the tokens are set as cookies that no script can read, instead of
    /// being part of the answer: for dashboards in a browser.
    #[graphql(default)]
    pub cookies: bool,
    /// What the last login on this device gave as `deviceToken`: whoever sends it is
    /// not held up by what others have tried. Not needed with cookies.
    #[graphql(secret)]
    pub device_token: Option<String>,
}

/// Result of login.
#[derive(SimpleObject, Default)]
pub struct LoginPayload {
    /// Send it as `Authorization: Bearer …`; null if the login was refused, or if
    /// it was set as a cookie.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// Trade it for the next tokens by tokenRefresh; null if the login was refused,
    /// or if it was set as a cookie.
    pub refresh_token: Option<String>,
    /// When the session ends unless it is refreshed before.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// Keep it beyond the session, and send it with the next login on this device;
    /// null if the login was refused, or if it was set as a cookie.
    pub device_token: Option<String>,
    /// The dealer the token is good for.
    pub dealer: Option<Dealer>,
    /// Who signed in.
    pub user: Option<User>,
    /// With `DEALER_CHOICE_REQUIRED`: the dealers to choose from.
    pub dealers: Vec<Dealer>,
    /// With `SECOND_FACTOR_REQUIRED`: how to go on.
    pub challenge: Option<LoginChallenge>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl LoginPayload {
    /// The tokens of a new session, set as cookies or shown.
    pub(in crate::platform) fn signed_in(
        ctx: &Context<'_>,
        opened: Opened,
        peer: &Peer,
        by_cookies: bool,
    ) -> AppResult<Self> {
        if by_cookies {
            let now = ctx.service::<Sessions>()?.clock().now();
            cookies::set(ctx, &opened, now)?;
        }
        let accounts = ctx.service::<Identity>()?.accounts();
        let device_token = accounts.remember(opened.user.id, peer)?;
        Ok(Self {
            device_token: give(ctx, device_token, by_cookies)?,
            ..Self::opened(opened, by_cookies)
        })
    }

    fn challenged(row: &ChallengeRow) -> Self {
        Self {
            challenge: Some(row.into()),
            user_errors: vec![UserError::general(
                ErrorCode::SecondFactorRequired,
                if row.is_enrolment {
                    "this dealer asks for a second factor: set one up by totpEnrol and \
                     totpConfirm with the id of the challenge"
                } else {
                    "send a code by loginVerify; the methods of the challenge say which"
                },
            )],
            ..Self::default()
        }
    }

    fn opened(opened: Opened, by_cookies: bool) -> Self {
        let shown =
            |secret: &SecretString| (!by_cookies).then(|| secret.expose_secret().to_owned());
        Self {
            access_token: shown(&opened.access.token),
            expires_at: Some(opened.access.expires_at),
            refresh_token: shown(&opened.refresh),
            refresh_expires_at: Some(opened.refresh_expires_at),
            dealer: Some(Dealer(opened.dealer)),
            user: Some(User(opened.user)),
            ..Self::default()
        }
    }

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
        if input.cookies {
            cookies::check_possible(ctx)?;
        }
        let identity = ctx.service::<Identity>()?;
        let peer = ctx.peer()?.clone();
        let peer = peer.with_device(input.device_token.as_deref());
        match sorted(identity.login(credentials, &peer).await)? {
            Ok(SignIn::Done(opened)) => LoginPayload::signed_in(ctx, *opened, &peer, input.cookies),
            Ok(SignIn::Challenge(row)) => Ok(LoginPayload::challenged(&row)),
            Ok(SignIn::Choose(_user, dealers)) => Ok(LoginPayload::choose(dealers)),
            Err(user_errors) => Ok(LoginPayload {
                user_errors,
                ..LoginPayload::default()
            }),
        }
    }
}
