//! One transaction per mutation field.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::resolver_utils::ContainerType;
use async_graphql::{
    Context, ContextSelectionSet, Error, ObjectType, OutputType, Positioned, ServerError,
    ServerResult, Value, registry::Registry,
};

use super::context::ContextExt;
use crate::error::AppError;
use crate::tenancy::Access;

/// The mutation root, each field of which is a unit of work.
///
/// The field's whole answer is resolved before its transaction commits, so
/// nested fields read the writes through the same transaction, and an answer
/// that says "done" is sent only when the commit has succeeded.
pub struct Transactional<M>(pub M);

impl<M: ObjectType> ContainerType for Transactional<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let fault = |error: AppError| located(ctx, error);
        let scope = ctx.scope().map_err(fault)?;
        scope.begin(Access::Write);
        let answer = self.0.resolve_field(ctx).await;
        match scope.settle(answer.is_ok()).await {
            Ok(()) => answer,
            Err(error) if answer.is_ok() => Err(fault(error)),
            Err(error) => {
                tracing::warn!(?error, "a failed mutation could not be rolled back");
                answer
            }
        }
    }
}

fn located(ctx: &Context<'_>, error: AppError) -> ServerError {
    ctx.set_error_path(Error::from(error).into_server_error(ctx.item.pos))
}

impl<M: ObjectType> OutputType for Transactional<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        M::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        async_graphql::resolver_utils::resolve_container_serial(ctx, self).await
    }
}

impl<M: ObjectType> ObjectType for Transactional<M> {}
