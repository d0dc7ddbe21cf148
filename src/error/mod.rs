//! The one error type of a request, and its stable codes.
//!
//! An [`AppError`] has two faces. The client sees the code, a message that says
//! what would be right, and the request id. The cause (a database message, a
//! broken invariant) goes to the log under the same request id and never
//! leaves the process. Expected refusals of a mutation are not errors: they
//! are [`UserError`]s in its payload and share the codes of this file.

mod limit;
mod refusal;

pub use limit::{Limit, Passed};
pub use refusal::{Constraint, ErrorDetail, Refusal, ServiceResult, UserError, on_constraint};

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Stable, documented codes; clients branch on them, never on messages.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A value is malformed or out of range; the path names the field.
    BadUserInput,
    /// The document is not valid GraphQL for this schema.
    GraphqlInvalid,
    /// A limit on requests was passed. The message names it and its setting, and so
    /// does `extensions.limit`.
    LimitExceeded,
    /// The caller or his dealer has used up for now what he may ask of the server:
    /// retry after the hinted delay.
    RateLimited,
    /// No operation is known by this hash: send its text along, once.
    PersistedQueryNotFound,
    /// This server takes only the operations that its operator has let in.
    OperationNotTrusted,
    /// No valid access token came with the request: sign in.
    Unauthenticated,
    /// The e-mail address and the password do not belong together.
    InvalidCredentials,
    /// Too many wrong passwords of late: retry after the hinted delay.
    Throttled,
    /// The user belongs to several dealers: say which one.
    DealerChoiceRequired,
    /// A second factor is needed to sign in, or to work at this dealer.
    SecondFactorRequired,
    /// It is too long ago that the user has proven who he is: call stepUp, and send
    /// this again.
    StepUpRequired,
    /// The caller is known, but may not do this.
    Forbidden,
    /// The dealer is closed: neither signing in nor reading is possible.
    DealerNotActive,
    /// The dealer is suspended by the operator: he may read, and change nothing.
    DealerSuspended,
    /// The dealer's data is being brought to the version of this server: retry
    /// after the hinted delay.
    DealerUpgrading,
    /// What an id or a natural key names does not exist at this dealer.
    NotFound,
    /// Another record already has this value.
    AlreadyExists,
    /// The record changed since it was read (expectedVersion), or another
    /// request won; read again and retry.
    Conflict,
    /// The idempotency key was used for another change.
    IdempotencyKeyReused,
    /// The record is archived or in use in a way that forbids the change.
    NotAllowed,
    /// Less is there than was asked for. Details: `productId`, and `available` and
    /// `requested` in base units.
    InsufficientStock,
    /// The customer's credit does not let the sale go on. Details: `limit`, `exposure` and
    /// `by`, and in `limitOf` whether the limit is the CUSTOMER's or the JOB's; or
    /// `daysOverdue`.
    CreditRefused,
    /// More came than was ordered, and than the supplier's tolerance lets pass. Details:
    /// `lineId`, `ordered` and `received` in base units, `tolerance` in percent.
    OverReceipt,
    /// More would be delivered than is left of the order, or was handed over than was planned.
    /// Details: `lineId`, and `open` and `requested` in base units.
    OverDelivery,
    /// The change is made once under a key, and came without: send idempotencyKey, or
    /// the header Idempotency-Key.
    IdempotencyKeyRequired,
    /// The events behind the given id are not kept any more: read anew.
    EventsPruned,
    /// Too much work at once: retry after the hinted delay.
    Overloaded,
    /// The operation took longer than its limit; what it had not begun to commit is
    /// undone.
    Timeout,
    /// A part the request needs, such as the database, is away.
    Unavailable,
    /// The change may have been made or not, since the database did not confirm it:
    /// look before repeating it.
    OutcomeUnknown,
    /// A fault of the server; the request id finds it in the log.
    Internal,
}

impl ErrorCode {
    /// The code as it stands in `extensions.code` and in the SDL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::GraphqlInvalid => "GRAPHQL_INVALID",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::OperationNotTrusted => "OPERATION_NOT_TRUSTED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::InvalidCredentials => "INVALID_CREDENTIALS",
            Self::Throttled => "THROTTLED",
            Self::DealerChoiceRequired => "DEALER_CHOICE_REQUIRED",
            Self::SecondFactorRequired => "SECOND_FACTOR_REQUIRED",
            Self::StepUpRequired => "STEP_UP_REQUIRED",
            Self::Forbidden => "FORBIDDEN",
            Self::DealerNotActive => "DEALER_NOT_ACTIVE",
            Self::DealerSuspended => "DEALER_SUSPENDED",
            Self::DealerUpgrading => "DEALER_UPGRADING",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Conflict => "CONFLICT",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::InsufficientStock => "INSUFFICIENT_STOCK",
            Self::CreditRefused => "CREDIT_REFUSED",
            Self::OverReceipt => "OVER_RECEIPT",
            Self::OverDelivery => "OVER_DELIVERY",
            Self::IdempotencyKeyRequired => "IDEMPOTENCY_KEY_REQUIRED",
            Self::EventsPruned => "EVENTS_PRUNED",
            Self::Overloaded => "OVERLOADED",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the fault is the server's, so that an operator must see it.
    pub const fn is_server_fault(self) -> bool {
        matches!(
            self,
            Self::Internal | Self::Unavailable | Self::OutcomeUnknown
        )
    }
}

/// A failed request or field.
#[derive(Clone)]
pub struct AppError {
    code: ErrorCode,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    retry_after: Option<Duration>,
    passed: Option<Box<Passed>>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// What most functions on a request's way return.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    /// An error the caller can understand and mend.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after: None,
            passed: None,
            cause: None,
        }
    }

    /// A fault of ours: the cause is for the log, the client gets the code.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal, "something went wrong on the server").with_cause(cause)
    }

    /// A malformed argument.
    pub fn bad_input(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ErrorCode::BadUserInput, message).at_field(field)
    }

    /// More was asked for than the limit lets pass.
    pub fn beyond(passed: Passed) -> Self {
        let error = Self::new(ErrorCode::LimitExceeded, passed.to_string());
        Self {
            passed: Some(Box::new(passed)),
            ..error
        }
    }

    /// Names the field it is about.
    #[must_use]
    pub fn at_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// No valid access token.
    pub fn unauthenticated(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Unauthenticated, message)
    }

    /// Too much at once; try again after `retry_after`.
    pub fn overloaded(message: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self::new(ErrorCode::Overloaded, message).with_retry_after(retry_after)
    }

    /// Says when to try again.
    #[must_use]
    pub const fn with_retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Attaches what the log should know.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The stable code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The client's text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The argument at fault, if it is one.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// When to try again, if that helps.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The limit that was passed, if it is one with a name.
    pub fn passed(&self) -> Option<&Passed> {
        self.passed.as_deref()
    }

    /// The chain of causes in one line, for the log only.
    pub fn cause_chain(&self) -> Option<String> {
        let first = self.cause.as_deref()?;
        let mut chain = first.to_string();
        let mut next = first.source();
        while let Some(cause) = next {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            next = cause.source();
        }
        Some(chain)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)?;
        match self.cause_chain() {
            Some(chain) => write!(f, " ({chain})"),
            None => Ok(()),
        }
    }
}

impl Error for AppError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_sdl() {
        let items = <ErrorCode as async_graphql::resolver_utils::EnumType>::items();
        for item in items {
            assert_eq!(item.name, item.value.as_str());
        }
    }

    #[test]
    fn the_cause_is_for_the_log_only() {
        let error = AppError::internal("relation \"secrets\" does not exist");
        assert!(!error.to_string().contains("secrets"));
        assert!(error.cause_chain().unwrap().contains("secrets"));
    }
}
