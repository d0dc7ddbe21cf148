//! What a resolver may ask of its context.

use std::sync::Arc;

use async_graphql::Context;

use super::scope::{RequestScope, UnitOfWork};
use crate::error::{AppError, AppResult};

/// Shortcuts from async-graphql's bag of data to the operation's scope.
pub trait ContextExt {
    /// The operation's scope.
    fn scope(&self) -> AppResult<&Arc<RequestScope>>;

    /// The current unit of work: the way to the caller's dealer, or
    /// UNAUTHENTICATED.
    fn unit(&self) -> AppResult<Arc<UnitOfWork>> {
        self.scope()?.unit()
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
