//! Refusals in the words of OAuth.

use std::borrow::Cow;

use crate::db::error::DbError;
use crate::error::{AppError, ErrorCode, Refusal};

/// The words of RFC 6749, 6750, 7009 and of OpenID Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Something is missing, repeated or malformed.
    InvalidRequest,
    /// The application is not known, or has not shown that it is itself.
    InvalidClient,
    /// The code or refresh token is good for nothing (any more).
    InvalidGrant,
    /// The application may not do this.
    UnauthorizedClient,
    /// Nothing is known of such a grant.
    UnsupportedGrantType,
    /// Only codes are given.
    UnsupportedResponseType,
    /// Something is asked for that there is not, or that the application may not.
    InvalidScope,
    /// The user, or a rule, has said no.
    AccessDenied,
    /// Nobody is signed in, and nobody may be asked.
    LoginRequired,
    /// The user would have to consent, and must not be asked.
    ConsentRequired,
    /// Requests as tokens are not taken.
    RequestNotSupported,
    /// Nor their addresses.
    RequestUriNotSupported,
    /// Something is broken here.
    ServerError,
    /// Try again in a while.
    TemporarilyUnavailable,
}

/// Why an application does not get what it wants.
#[derive(Debug)]
pub enum OAuthFault {
    /// It, or the user, can mend it.
    Refused(Word, Cow<'static, str>),
    /// It can not.
    Fault(AppError),
}

/// What most of OAuth returns.
pub type OAuthResult<T> = Result<T, OAuthFault>;

impl Word {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The refusal that says so.
    pub fn because(self, description: impl Into<Cow<'static, str>>) -> OAuthFault {
        OAuthFault::Refused(self, description.into())
    }
}

impl OAuthFault {
    /// What applications are told.
    pub fn told(&self) -> (Word, &str) {
        match self {
            Self::Refused(word, description) => (*word, description),
            Self::Fault(error) => match error.code() {
                ErrorCode::Unavailable | ErrorCode::Overloaded | ErrorCode::Timeout => {
                    (Word::TemporarilyUnavailable, error.message())
                }
                _ => (Word::ServerError, error.message()),
            },
        }
    }

    /// What a use case refuses ends a grant: its user may not, or is no more.
    pub fn of_grant(refusal: Refusal) -> Self {
        match refusal {
            Refusal::User(errors) => {
                let first = errors.into_iter().next();
                let message = first.map_or_else(String::new, |error| error.message);
                Word::InvalidGrant.because(message)
            }
            Refusal::Fault(error) => Self::Fault(error),
        }
    }
}

impl From<AppError> for OAuthFault {
    fn from(error: AppError) -> Self {
        Self::Fault(error)
    }
}

impl From<DbError> for OAuthFault {
    fn from(error: DbError) -> Self {
        Self::Fault(error.into())
    }
}
