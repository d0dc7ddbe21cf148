//! Inputs and payloads of the mutations on second factors.

use async_graphql::{Context, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::account::Enrolment;
use super::model::ChallengeId;
use crate::auth::token::IssuedToken;
use crate::error::{AppResult, UserError};
use crate::graphql::context::ContextExt;
use crate::platform::identity::graphql::LoginPayload;
use crate::platform::sessions::cookies;
use crate::platform::sessions::service::Sessions;

/// What use cases give to payloads.
pub(super) type Outcome<T> = Result<T, Vec<UserError>>;

/// How to finish a login.
#[derive(InputObject)]
pub struct LoginVerifyInput {
    /// The challenge that login gave.
    pub challenge_id: ChallengeId,
    /// The present code of the authenticator, or a backup code.
    #[graphql(secret)]
    pub code: String,
    /// Whether the tokens are set as cookies, as with login.
    #[graphql(default)]
    pub cookies: bool,
    /// The device token, as with login.
    #[graphql(secret)]
    pub device_token: Option<String>,
}

/// Whose authenticator to set up.
#[derive(InputObject)]
pub struct TotpEnrolInput {
    /// The challenge of a login that asks for it; left out by who is signed in.
    pub challenge_id: Option<ChallengeId>,
}

/// Result of totpEnrol.
#[derive(SimpleObject, Default)]
pub struct TotpEnrolPayload {
    /// The secret in base32, to be typed into the authenticator.
    pub secret: Option<String>,
    /// The same as an otpauth address, to be shown as a QR code.
    pub uri: Option<String>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// The first code of an authenticator.
#[derive(InputObject)]
pub struct TotpConfirmInput {
    /// The code.
    #[graphql(secret)]
    pub code: String,
    /// The challenge with which totpEnrol was called, if it was with one.
    pub challenge_id: Option<ChallengeId>,
    /// With a challenge: whether the tokens are set as cookies, as with login.
    #[graphql(default)]
    pub cookies: bool,
    /// With a challenge: the device token, as with login.
    #[graphql(secret)]
    pub device_token: Option<String>,
}

/// Result of totpConfirm.
#[derive(SimpleObject, Default)]
pub struct TotpConfirmPayload {
    /// Ten codes that stand in for the authenticator, each of them once. They are
    /// shown this time only: have the user print or write them down.
    pub backup_codes: Vec<String>,
    /// Takes the place of the present access token; null if refused, or set as a
    /// cookie.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// With a challenge: the refresh token of the session that begins.
    pub refresh_token: Option<String>,
    /// With a challenge: when the session ends unless it is refreshed before.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// With a challenge: to be kept for the next login on this device.
    pub device_token: Option<String>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// By what the authenticator is given up.
#[derive(InputObject)]
pub struct TotpDisableInput {
    /// The present code of the authenticator, or a backup code.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// By what new backup codes are made.
#[derive(InputObject)]
pub struct BackupCodesRegenerateInput {
    /// The present code of the authenticator, or a backup code.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// Result of backupCodesRegenerate.
#[derive(SimpleObject)]
pub struct BackupCodesPayload {
    /// Ten new codes, shown this time only; empty if refused.
    pub backup_codes: Vec<String>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

/// A proof that it is the user himself.
#[derive(InputObject)]
pub struct StepUpInput {
    /// His password; enough if he has no second factor.
    #[graphql(secret)]
    pub password: Option<String>,
    /// The present code of his authenticator, or a backup code.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// What a dealer asks for.
#[derive(InputObject)]
pub struct DealerSecondFactorSetInput {
    /// Whether nobody works there without a second factor.
    pub required: bool,
}

/// Result of a mutation after which the session goes on with another access token.
#[derive(SimpleObject, Default)]
pub struct NewAccessPayload {
    /// Takes the place of the present one; null if refused, or set as a cookie.
    pub access_token: Option<String>,
    /// When the access token stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// What to mend before trying again; empty on success.
    pub user_errors: Vec<UserError>,
}

impl NewAccessPayload {
    pub(super) fn of(ctx: &Context<'_>, outcome: Outcome<IssuedToken>) -> AppResult<Self> {
        Ok(match outcome {
            Ok(access) => Self {
                access_token: handed_over(ctx, &access)?,
                expires_at: Some(access.expires_at),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                user_errors,
                ..Self::default()
            },
        })
    }
}

impl From<Outcome<Enrolment>> for TotpEnrolPayload {
    fn from(begun: Outcome<Enrolment>) -> Self {
        match begun {
            Ok(enrolment) => Self {
                secret: Some(enrolment.secret.expose_secret().to_owned()),
                uri: Some(enrolment.address.expose_secret().to_owned()),
                user_errors: Vec::new(),
            },
            Err(user_errors) => Self {
                user_errors,
                ..Self::default()
            },
        }
    }
}

impl TotpConfirmPayload {
    /// The session of the caller goes on.
    pub(super) fn went_on(
        ctx: &Context<'_>,
        codes: &[SecretString],
        access: &IssuedToken,
    ) -> AppResult<Self> {
        Ok(Self {
            backup_codes: shown(codes),
            access_token: handed_over(ctx, access)?,
            expires_at: Some(access.expires_at),
            ..Self::default()
        })
    }

    /// A session begins.
    pub(super) fn began(codes: &[SecretString], login: LoginPayload) -> Self {
        Self {
            backup_codes: shown(codes),
            access_token: login.access_token,
            expires_at: login.expires_at,
            refresh_token: login.refresh_token,
            refresh_expires_at: login.refresh_expires_at,
            device_token: login.device_token,
            user_errors: Vec::new(),
        }
    }

    pub(super) fn refused(user_errors: Vec<UserError>) -> Self {
        Self {
            user_errors,
            ..Self::default()
        }
    }
}

impl BackupCodesPayload {
    pub(super) fn of(outcome: Outcome<Vec<SecretString>>) -> Self {
        let (codes, user_errors) = match outcome {
            Ok(codes) => (shown(&codes), Vec::new()),
            Err(user_errors) => (Vec::new(), user_errors),
        };
        Self {
            backup_codes: codes,
            user_errors,
        }
    }
}

fn shown(codes: &[SecretString]) -> Vec<String> {
    let texts = codes.iter().map(ExposeSecret::expose_secret);
    texts.map(str::to_owned).collect()
}

/// An access token the way the client got the one before: as a cookie, or shown.
fn handed_over(ctx: &Context<'_>, access: &IssuedToken) -> AppResult<Option<String>> {
    if cookies::sent_refresh(ctx).is_some() {
        let now = ctx.service::<Sessions>()?.clock().now();
        cookies::set_access(ctx, access, now)?;
        return Ok(None);
    }
    Ok(Some(access.token.expose_secret().to_owned()))
}
