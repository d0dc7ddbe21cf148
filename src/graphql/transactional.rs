//! One transaction per mutation field.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::resolver_utils::ContainerType;
use async_graphql::{
    Context, ContextSelectionSet, Error, ObjectType, OutputType, Positioned, ServerError,
    ServerResult, Value, registry::Registry,
};

use super::context::ContextExt;
use super::idempotency;
use super::nulls;
use super::refused;
use super::scope::RequestScope;
use super::unread::name_values;
use crate::error::AppError;
use crate::tenancy::Access;
use crate::tenancy::kept_answers::Claim;

/// The mutation root, each field of which is a unit of work.
///
/// The field's whole answer is resolved before its transaction commits, so
/// nested fields read the writes through the same transaction, and an answer
/// that says "done" is sent only when the commit has succeeded.
pub struct Transactional<M>(pub M);

impl<M: ObjectType> ContainerType for Transactional<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let scope = ctx.scope().map_err(|error| located(ctx, error))?;
        let work = async {
            let mut answer = self.settled(ctx, scope).await;
            name_values(ctx, &M::type_name(), &mut answer);
            answer
        };
        let (answer, why) = refused::watched(work).await;
        if let Some(why) = why {
            scope
                .note_refused(ctx.item.node.name.node.as_str(), why)
                .await;
        }
        answer
    }
}

impl<M: ObjectType> Transactional<M> {
    /// Resolves the field, and makes what it did last or undoes it.
    async fn settled(
        &self,
        ctx: &Context<'_>,
        scope: &RequestScope,
    ) -> ServerResult<Option<Value>> {
        let fault = |error: AppError| located(ctx, error);
        let wanted = idempotency::wanted(ctx)?;
        scope.begin(Access::Write);
        let answer = match wanted {
            Some(wanted) => self.once(ctx, scope, &wanted).await,
            None => self.answer(ctx).await,
        };
        match scope.settle(answer.is_ok()).await {
            Ok(()) => answer,
            Err(error) if answer.is_ok() => Err(fault(error)),
            Err(error) => {
                tracing::warn!(?error, "a failed mutation could not be rolled back");
                answer
            }
        }
    }

    /// Resolves the field unless that was done before; its answer is kept with what
    /// it changed, or not at all.
    async fn once(
        &self,
        ctx: &Context<'_>,
        scope: &RequestScope,
        wanted: &Claim,
    ) -> ServerResult<Option<Value>> {
        let fault = |error: AppError| located(ctx, error);
        let unit = scope.unit().map_err(fault)?;
        if let Some(kept) = idempotency::claim(ctx, &unit, wanted)
            .await
            .map_err(fault)?
        {
            return Ok(Some(kept));
        }
        let answer = self.answer(ctx).await?;
        if let Some(answer) = &answer
            && !unit.is_refused()
        {
            let kept = idempotency::keep(&unit, wanted, answer).await;
            kept.map_err(fault)?;
        }
        Ok(answer)
    }

    async fn answer(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let mut answer = self.0.resolve_field(ctx).await;
        nulls::propagate(ctx, &M::type_name(), &mut answer);
        answer
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
