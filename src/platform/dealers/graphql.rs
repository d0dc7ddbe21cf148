//! The surface of tenants.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::service::{Dealers, Registration, Word};
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::open_to_all;
use crate::graphql::refused::sorted;
use crate::kernel::peer::Peer;
use crate::platform::identity::graphql::{Dealer, User};
use crate::platform::identity::service::Identity;
use crate::platform::sessions::service::Opened;
use crate::tenancy::provision::NewDealer;

/// Whether strangers may register a dealer on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationPolicy {
    /// Anyone may.
    Open,
    /// Only the operator may, by command.
    Closed,
}

/// A dealer to register.
#[derive(InputObject)]
pub struct DealerRegisterInput {
    /// Name of the company.
    pub name: String,
    /// ISO 4217 code of the currency of its books.
    pub currency: String,
    /// IANA name of its time zone, such as `Asia/Ho_Chi_Minh`.
    pub timezone: String,
    /// Name of the owner.
    pub owner_name: String,
    /// Address the owner signs in with; may belong to a user already.
    pub owner_email: String,
    /// 10 to 200 characters, none of those that are tried first, and not made of the
    /// owner's or the company's name; the present password if the owner is a user
    /// already.
    #[graphql(secret)]
    pub owner_password: String,
}

/// Result of dealerRegister.
#[derive(SimpleObject, Default)]
pub struct DealerRegisterPayload {
    /// The new dealer; null if the registration was refused.
    pub dealer: Option<Dealer>,
    /// The owner.
    pub owner: Option<User>,
    /// The owner's access token at the new dealer; null with
    /// `SECOND_FACTOR_REQUIRED`: he is a user already and has to sign in by login.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// Trade it for the next tokens by tokenRefresh.
    pub refresh_token: Option<String>,
    /// When the session ends unless it is refreshed before.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// Keep it beyond the session, and send it with the next login on this device.
    pub device_token: Option<String>,
    /// What to mend before sending the mutation again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl DealerRegisterPayload {
    fn signed_in(opened: Opened, device_token: Option<&SecretString>) -> Self {
        Self {
            dealer: Some(Dealer(opened.dealer)),
            owner: Some(User(opened.user)),
            access_token: Some(opened.access.token.expose_secret().to_owned()),
            expires_at: Some(opened.access.expires_at),
            refresh_token: Some(opened.refresh.expose_secret().to_owned()),
            refresh_expires_at: Some(opened.refresh_expires_at),
            device_token: device_token.map(|token| token.expose_secret().to_owned()),
            user_errors: Vec::new(),
        }
    }
}

impl DealerRegisterInput {
    fn on_own_word(self, peer: Peer) -> Registration {
        let input = self;
        Registration {
            dealer: NewDealer {
                name: input.name,
                currency: input.currency,
                timezone: input.timezone,
            },
            owner_name: input.owner_name,
            owner_email: input.owner_email,
            owner_password: input.owner_password.into(),
            word: Word::Own(peer),
        }
    }
}

/// Mutations on tenants.
#[derive(Default)]
pub struct DealerMutation;

#[Object]
impl DealerMutation {
    /// Registers a dealer with his owner and opens his shop. Needs no access
    /// token; refused with FORBIDDEN where registration is closed.
    #[graphql(directive = open_to_all::apply())]
    async fn dealer_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dealer and his owner.")] input: DealerRegisterInput,
    ) -> AppResult<DealerRegisterPayload> {
        if *ctx.service::<RegistrationPolicy>()? == RegistrationPolicy::Closed {
            return Err(AppError::new(
                ErrorCode::Forbidden,
                "registration is closed on this server; ask its operator",
            ));
        }
        match sorted(register(ctx, input.on_own_word(ctx.peer()?.clone())).await)? {
            Ok(payload) => Ok(payload),
            Err(user_errors) => Ok(DealerRegisterPayload {
                user_errors,
                ..DealerRegisterPayload::default()
            }),
        }
    }
}

async fn register(
    ctx: &Context<'_>,
    registration: Registration,
) -> ServiceResult<DealerRegisterPayload> {
    let registered = ctx.service::<Dealers>()?.register(registration).await?;
    let identity = ctx.service::<Identity>()?;
    let peer = ctx.peer()?;
    let opened = identity
        .sign_in(&registered.owner, &registered.dealer, peer)
        .await;
    match opened {
        Ok(opened) => {
            let token = identity.accounts().remember(opened.user.id, peer)?;
            Ok(DealerRegisterPayload::signed_in(opened, token.as_ref()))
        }
        // The dealer is there; his owner, whom others know already, has to sign in
        // by login.
        Err(Refusal::User(user_errors)) => Ok(DealerRegisterPayload {
            dealer: Some(Dealer(registered.dealer)),
            owner: Some(User(registered.owner)),
            user_errors,
            ..DealerRegisterPayload::default()
        }),
        Err(fault) => Err(fault),
    }
}
