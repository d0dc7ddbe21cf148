//! Which value of a request could not be read.
//!
//! The library says of which type such a value is, and not where it stands. So what was given
//! to the field is looked at once more, when that has happened and only then.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName, Registry};
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{
    Context, ContextSelectionSet, InputType, Name, ObjectType, OutputType, PathSegment, Positioned,
    ServerError, ServerResult, Value,
};
use chrono::{DateTime, NaiveDate, Utc};

use super::nulls;
use crate::error::AppError;
use crate::kernel::ids::REFUSED;

/// The query root, whose errors name the values that could not be read.
pub struct Naming<Q>(pub Q);

/// Names the values that could not be read below the field of the root type in `ctx`: that of
/// `answer`, and those of fields within it.
pub fn name_values<T>(ctx: &Context<'_>, root: &str, answer: &mut ServerResult<T>) {
    if let Err(error) = answer {
        name_value(ctx, root, error);
    }
    if let Ok(mut errors) = ctx.query_env.errors.lock() {
        for error in errors.iter_mut() {
            name_value(ctx, root, error);
        }
    }
}

fn name_value(ctx: &Context<'_>, root: &str, error: &mut ServerError) {
    let Some(unread) = Unread::of(error) else {
        return;
    };
    let names = error.path.iter().filter_map(|step| match step {
        PathSegment::Field(name) => Some(name.as_str()),
        PathSegment::Index(_) => None,
    });
    let names: Vec<&str> = names.collect();
    let Some((own, below)) = names.split_first() else {
        return;
    };
    let field = &ctx.item.node;
    if field.response_key().node.as_str() != *own {
        return;
    }
    let search = Search { ctx, unread };
    if let Some(path) = search.below(field, root, below) {
        let cause = AppError::bad_input(path, error.message.clone());
        error.source = Some(Arc::new(cause));
    }
}

/// What the library tells of a value that it could not read.
struct Unread<'e> {
    type_name: &'e str,
    value: Option<&'e Value>,
}

impl<'e> Unread<'e> {
    fn of(error: &'e ServerError) -> Option<Self> {
        if error.source.is_some() {
            return None;
        }
        let starts = ["Failed to parse \"", "Expected input type \""];
        let mut starts = starts.into_iter();
        let rest = starts.find_map(|start| error.message.strip_prefix(start))?;
        let (type_name, _) = rest.split_once('"')?;
        let extensions = error.extensions.as_ref();
        Some(Self {
            type_name,
            value: extensions.and_then(|extensions| extensions.get(REFUSED)),
        })
    }

    /// Whether it is this one.
    fn is(&self, type_name: &str, value: &Value) -> bool {
        if type_name != self.type_name {
            return false;
        }
        match self.value {
            Some(refused) => refused == value,
            None => !is_readable(type_name, value),
        }
    }
}

/// Whether a value can be read, where its type is not ours and tells no more.
fn is_readable(type_name: &str, value: &Value) -> bool {
    let value = Some(value.clone());
    match type_name {
        "DateTime" => <DateTime<Utc> as InputType>::parse(value).is_ok(),
        "Int" => <i32 as InputType>::parse(value).is_ok(),
        "NaiveDate" => <NaiveDate as InputType>::parse(value).is_ok(),
        _ => true,
    }
}

/// The search for where it stands.
struct Search<'s> {
    ctx: &'s Context<'s>,
    unread: Unread<'s>,
}

impl Search<'_> {
    fn registry(&self) -> &Registry {
        &self.ctx.schema_env.registry
    }

    /// Where it is among the arguments of the field that `names` lead to from this field.
    fn below(&self, field: &Field, parent: &str, names: &[&str]) -> Option<String> {
        let name = field.name.node.as_str();
        let known = self.registry().types.get(parent)?.field_by_name(name)?;
        if let Some((next, rest)) = names.split_first() {
            let ty = MetaTypeName::concrete_typename(&known.ty);
            return self.among(&field.selection_set.node, ty, (*next, rest));
        }
        known.args.values().find_map(|argument| {
            let value = field.get_argument(&argument.name)?.node.clone();
            let variable = |name: Name| Ok::<_, ()>(self.variable(&name));
            let value = value.into_const_with(variable).ok()?;
            let path = self.within(&argument.ty, &value)?;
            Some(under(&argument.name, &path))
        })
    }

    /// As [`Search::below`], for the fields of this name in a selection.
    fn among(
        &self,
        set: &SelectionSet,
        parent: &str,
        (next, rest): (&str, &[&str]),
    ) -> Option<String> {
        set.items.iter().find_map(|item| match &item.node {
            Selection::Field(field) => {
                let is_it = field.node.response_key().node.as_str() == next;
                is_it.then(|| self.below(&field.node, parent, rest))?
            }
            Selection::FragmentSpread(spread) => {
                let fragments = &self.ctx.query_env.fragments;
                let fragment = &fragments.get(&spread.node.fragment_name.node)?.node;
                let parent = fragment.type_condition.node.on.node.as_str();
                self.among(&fragment.selection_set.node, parent, (next, rest))
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                self.among(&fragment.node.selection_set.node, parent, (next, rest))
            }
        })
    }

    fn variable(&self, name: &Name) -> Value {
        let env = self.ctx.query_env;
        if let Some(value) = env.variables.get(name) {
            return value.clone();
        }
        let mut definitions = env.operation.node.variable_definitions.iter();
        let definition = definitions.find(|definition| definition.node.name.node == *name);
        let default = definition.and_then(|definition| definition.node.default_value());
        default.cloned().unwrap_or_default()
    }

    /// Where it is within a value; an empty path if it is this one.
    fn within(&self, ty: &str, value: &Value) -> Option<String> {
        let name = MetaTypeName::concrete_typename(ty);
        match (self.registry().types.get(name), value) {
            (_, Value::List(items)) => {
                let mut items = items.iter().enumerate();
                let within = items
                    .find_map(|(at, item)| Some(under(&at.to_string(), &self.within(name, item)?)));
                // A list where one value was wanted.
                within.or_else(|| self.unread.is(name, value).then(String::new))
            }
            (Some(MetaType::InputObject { input_fields, .. }), Value::Object(given)) => {
                input_fields.values().find_map(|field| {
                    let value = given.get(field.name.as_str())?;
                    Some(under(&field.name, &self.within(&field.ty, value)?))
                })
            }
            _ => self.unread.is(name, value).then(String::new),
        }
    }
}

fn under(step: &str, path: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{step}.{path}")
    }
}

impl<Q: ObjectType> ContainerType for Naming<Q> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let mut answer = self.0.resolve_field(ctx).await;
        let root = Q::type_name();
        name_values(ctx, &root, &mut answer);
        nulls::propagate(ctx, &root, &mut answer);
        answer
    }
}

impl<Q: ObjectType> OutputType for Naming<Q> {
    fn type_name() -> Cow<'static, str> {
        Q::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Q::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<Q: ObjectType> ObjectType for Naming<Q> {}
