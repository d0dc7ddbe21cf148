//! Records by their keys, where a missing one is no answer.

use async_graphql::Context;

use super::context::ContextExt;
use super::loader::LoaderKey;
use crate::error::{AppError, AppResult};

/// The record that a foreign key says is there.
pub async fn there<K: LoaderKey>(ctx: &Context<'_>, key: K) -> AppResult<K::Value> {
    let found = ctx.unit()?.load(key.clone()).await?;
    found.ok_or_else(|| AppError::internal(format!("{key:?} has vanished")))
}

/// The record with one of two keys, the other of which is not given; `message` says so to those
/// who give both or none.
pub async fn by_one_key<A, B>(
    ctx: &Context<'_>,
    (id, other): (Option<A>, Option<B>),
    message: &'static str,
) -> AppResult<Option<A::Value>>
where
    A: LoaderKey,
    B: LoaderKey<Value = A::Value>,
{
    let unit = ctx.unit()?;
    match (id, other) {
        (Some(id), None) => unit.load(id).await,
        (None, Some(other)) => unit.load(other).await,
        _ => Err(AppError::bad_input("id", message)),
    }
}
