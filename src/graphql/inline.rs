//! Objects whose fields are answered where they stand.
//!
//! The executor makes a task of every field of every object, though most are values at hand:
//! on a page of fifty records that is what takes the time. Here a field is asked in place,
//! and becomes a task only if it has to wait. All that wait do so together, as they would
//! otherwise: the loaders see the same keys at once.

use std::borrow::Cow;
use std::task::Poll;

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value,
};
use futures_util::future::{Fuse, join_all};
use futures_util::{FutureExt, poll};

/// An object that is answered so: for those that come by the dozen.
#[derive(Clone, Debug)]
pub struct Inline<T>(pub T);

impl<T: ObjectType> OutputType for Inline<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let mut fields = Vec::with_capacity(ctx.item.node.items.len());
        collect::<T>(ctx, &ctx.item.node, &mut fields);
        Ok(gather(ctx, answers(ctx, &self.0, &fields).await))
    }
}

/// The fields that `selection` asks of a `T`, in its order, those of fragments among them.
fn collect<'a, T: ObjectType>(
    ctx: &ContextSelectionSet<'a>,
    selection: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) {
    for item in &selection.items {
        let (condition, below) = match &item.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                // Validation has seen to it that there is one.
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    continue;
                };
                let fragment = &fragment.node;
                (Some(&fragment.type_condition), &fragment.selection_set)
            }
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                (fragment.type_condition.as_ref(), &fragment.selection_set)
            }
        };
        let wanted = condition.map(|condition| condition.node.on.node.as_str());
        if wanted.is_none_or(|wanted| is_a::<T>(ctx, wanted)) {
            collect::<T>(ctx, &below.node, fields);
        }
    }
}

/// Whether a `T` is of this type, or of this interface.
fn is_a<T: ObjectType>(ctx: &ContextSelectionSet<'_>, wanted: &str) -> bool {
    let name = T::type_name();
    let interfaces = ctx.schema_env.registry.implements.get(&*name);
    name == wanted || interfaces.is_some_and(|interfaces| interfaces.contains(wanted))
}

/// What became of a field.
type Answer = ServerResult<(Name, Value)>;

/// The answers to `fields`, in their order.
async fn answers<'a, T: ObjectType>(
    ctx: &ContextSelectionSet<'a>,
    root: &T,
    fields: &[&'a Positioned<Field>],
) -> Vec<Answer> {
    let ask = |field| answer(ctx, root, field).fuse();
    let mut answers: Vec<Option<Answer>> = Vec::with_capacity(fields.len());
    let mut waiting = Vec::new();
    // One place serves all that need not wait: what a large object needs for a field takes
    // kilobytes.
    let mut place = Box::pin(Fuse::terminated());
    for (index, field) in fields.iter().copied().enumerate() {
        place.set(ask(field));
        match poll!(place.as_mut()) {
            Poll::Ready(answer) => answers.push(Some(answer)),
            Poll::Pending => {
                answers.push(None);
                let place = std::mem::replace(&mut place, Box::pin(Fuse::terminated()));
                waiting.push(place.map(move |answer| (index, answer)));
            }
        }
    }
    for (index, answer) in join_all(waiting).await {
        if let Some(place) = answers.get_mut(index) {
            *place = Some(answer);
        }
    }
    answers.into_iter().flatten().collect()
}

/// The answer to one field, with the name under which it is asked for.
async fn answer<'a, T: ObjectType>(
    ctx: &ContextSelectionSet<'a>,
    root: &T,
    field: &'a Positioned<Field>,
) -> Answer {
    let ctx = ctx.with_field(field);
    let name = field.node.response_key().node.clone();
    let value = if field.node.name.node == "__typename" {
        Value::String(T::type_name().into_owned())
    } else {
        root.resolve_field(&ctx).await?.unwrap_or_default()
    };
    Ok((name, value))
}

/// The object of these answers; what could not be answered is noted and left out, as the
/// executor does.
fn gather(ctx: &ContextSelectionSet<'_>, answers: Vec<Answer>) -> Value {
    let mut object = IndexMap::with_capacity(answers.len());
    for answer in answers {
        match answer {
            Ok((name, value)) => put(&mut object, name, value),
            Err(error) => ctx.add_error(error),
        }
    }
    if object.is_empty() {
        Value::Null
    } else {
        Value::Object(object)
    }
}

/// Puts a value under a name. What was asked for twice has the fields of both questions.
fn put(object: &mut IndexMap<Name, Value>, name: Name, value: Value) {
    match object.entry(name) {
        Entry::Vacant(free) => {
            free.insert(value);
        }
        Entry::Occupied(mut taken) => merge(taken.get_mut(), value),
    }
}

fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(into), Value::Object(value)) => {
            for (name, value) in value {
                put(into, name, value);
            }
        }
        (Value::List(into), Value::List(value)) => {
            for (into, value) in into.iter_mut().zip(value) {
                merge(into, value);
            }
        }
        // Validation sees to it that questions of one name have one answer.
        _ => {}
    }
}
