//! What a resolver may ask of its context.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use super::scope::{RequestScope, Trace, UnitOfWork};
use crate::auth::permission::Permission;
use crate::auth::principal::Principal;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::peer::Peer;

/// What an operation carries, on whichever endpoint it came.
pub trait OperationScope: Send + Sync + 'static {
    /// The id under which the log knows the operation.
    fn request_id(&self) -> Uuid;

    /// What the operation has cost so far.
    fn trace(&self) -> &Trace;

    /// Gives back what the operation still holds.
    fn release(&self) -> impl Future<Output = ()>;
}

/// What the resolvers of an endpoint read through.
pub trait Source: Sized + Send + Sync + 'static {
    /// That of the operation at work.
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>>;
}

impl Source for UnitOfWork {
    fn of(ctx: &Context<'_>) -> AppResult<Arc<Self>> {
        ctx.unit()
    }
}

/// Shortcuts from async-graphql's bag of data to the operation's scope.
pub trait ContextExt {
    /// The operation's scope.
    fn scope(&self) -> AppResult<&Arc<RequestScope>>;

    /// The current unit of work: the way to the caller's dealer, or
    /// UNAUTHENTICATED.
    fn unit(&self) -> AppResult<Arc<UnitOfWork>> {
        self.scope()?.unit()
    }

    /// The signed-in user, or UNAUTHENTICATED.
    fn principal(&self) -> AppResult<&Principal> {
        let context = self.scope()?.context()?;
        context
            .principal()
            .ok_or_else(|| AppError::unauthenticated("no user is signed in"))
    }

    /// The signed-in user, if it is he himself who calls; FORBIDDEN for an operator in
    /// his name, an application, an API key.
    fn in_person(&self) -> AppResult<&Principal> {
        let principal = self.principal()?;
        if principal.is_in_person() {
            return Ok(principal);
        }
        Err(AppError::new(
            ErrorCode::Forbidden,
            "only the user himself may do this, signed in by his own means",
        ))
    }

    /// Where the operation comes from.
    fn peer(&self) -> AppResult<&Peer> {
        self.service()
    }

    /// Refuses callers without this permission: FORBIDDEN, or UNAUTHENTICATED.
    fn require(&self, needed: Permission) -> AppResult<()> {
        self.scope()?.context()?.require(needed)
    }

    /// A service the schema was built with.
    fn service<S: Send + Sync + 'static>(&self) -> AppResult<&S>;
}

impl ContextExt for Context<'_> {
    fn scope(&self) -> AppResult<&Arc<RequestScope>> {
        self.service()
    }

    fn service<S: Send + Sync + 'static>(&self) -> AppResult<&S> {
        self.data_opt()
            .ok_or_else(|| AppError::internal(std::any::type_name::<S>()))
    }
}
