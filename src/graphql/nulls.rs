//! What a field that may not be null takes with it when it fails.
//!
//! By the specification the object that it belongs to becomes null, and if that may not be
//! null either, the one around it, and so on. The library leaves such a field out instead, and
//! a client that trusts the schema finds nothing where there is always something. So the
//! answer to a root field is looked through once more where it has errors, and only there.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::{MetaTypeName, Registry};
use async_graphql::{Context, Name, PathSegment, Response, ServerError, ServerResult, Value};

/// Puts null where the specification wants it, in the answer to the field of the root type in
/// `ctx`. If nothing is left of that, the error is that of the field itself.
pub fn propagate(ctx: &Context<'_>, root: &str, answer: &mut ServerResult<Option<Value>>) {
    let Ok(Some(value)) = answer else {
        return;
    };
    let Ok(mut errors) = ctx.query_env.errors.lock() else {
        return;
    };
    let walk = Walk(ctx);
    let own = [(&ctx.item.node, root)];
    let ty = walk.type_of(&own);
    let lost = errors.iter().position(|error| {
        let path = below(ctx, error);
        path.is_some_and(|path| walk.is_lost((&own, ty), value, path))
    });
    let Some(at) = lost else {
        return;
    };
    *answer = if may_be_null(ty) {
        Ok(Some(Value::Null))
    } else {
        Err(errors.remove(at))
    };
}

/// Leaves nothing of an answer of which a root field is missing. For what only reads: of two
/// mutations the first has been done, whatever became of the second.
pub fn empty(response: &mut Response) {
    let Value::Object(fields) = &response.data else {
        return;
    };
    let mut paths = response
        .errors
        .iter()
        .filter_map(|error| error.path.first());
    let is_missing = paths.any(|step| match step {
        PathSegment::Field(name) => !fields.contains_key(name.as_str()),
        PathSegment::Index(_) => false,
    });
    if is_missing {
        response.data = Value::Null;
    }
}

/// Where an error is below the field in `ctx`, if it is.
fn below<'e>(ctx: &Context<'_>, error: &'e ServerError) -> Option<&'e [PathSegment]> {
    match error.path.split_first()? {
        (PathSegment::Field(name), path) => {
            let own = ctx.item.node.response_key().node.as_str();
            (own == name.as_str()).then_some(path)
        }
        (PathSegment::Index(_), _) => None,
    }
}

/// A field of a document, and the type that it is asked of.
type Asked<'d> = (&'d Field, &'d str);

/// The way down an answer, beside the document and the types.
struct Walk<'c>(&'c Context<'c>);

impl<'c> Walk<'c> {
    fn registry(&self) -> &'c Registry {
        &self.0.schema_env.registry
    }

    /// Whether the value of a field, or an item of it, is lost, because of what failed at
    /// `path` below it; `ty` is what the schema says that it is. Within it, all that is lost has
    /// become null.
    fn is_lost(
        &self,
        (asked, ty): (&[Asked<'_>], &'c str),
        value: &mut Value,
        path: &[PathSegment],
    ) -> bool {
        match (path.split_first(), value) {
            (Some((PathSegment::Field(name), path)), Value::Object(fields)) => {
                let asked = self.fields(asked, ty, name);
                let ty = self.type_of(&asked);
                let value = fields.get_mut(name.as_str());
                if !value.is_none_or(|value| self.is_lost((&asked, ty), value, path)) {
                    return false;
                }
                if may_be_null(ty) {
                    fields.insert(Name::new(name), Value::Null);
                }
                !may_be_null(ty)
            }
            (Some((PathSegment::Index(index), path)), Value::List(items)) => {
                let ty = item_of(ty);
                let Some(item) = items.get_mut(*index) else {
                    return false;
                };
                if !self.is_lost((asked, ty), item, path) {
                    return false;
                }
                if may_be_null(ty) {
                    *item = Value::Null;
                }
                !may_be_null(ty)
            }
            // Nothing of it could be answered.
            (Some(_), Value::Null) => !may_be_null(ty),
            _ => false,
        }
    }

    /// All fields that are asked for under this name below those, which are of type `ty`.
    fn fields<'d>(&self, asked: &[Asked<'d>], ty: &'c str, name: &str) -> Vec<Asked<'d>>
    where
        'c: 'd,
    {
        let (mut found, parent) = (Vec::new(), MetaTypeName::concrete_typename(ty));
        for (field, _) in asked {
            self.among(&field.selection_set.node, parent, (name, &mut found));
        }
        found
    }

    fn among<'d>(
        &self,
        set: &'d SelectionSet,
        parent: &'d str,
        (name, found): (&str, &mut Vec<Asked<'d>>),
    ) where
        'c: 'd,
    {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    if field.node.response_key().node.as_str() == name {
                        found.push((&field.node, parent));
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragments = &self.0.query_env.fragments;
                    if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                        let parent = fragment.node.type_condition.node.on.node.as_str();
                        self.among(&fragment.node.selection_set.node, parent, (name, found));
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent =
                        condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.among(&fragment.node.selection_set.node, parent, (name, found));
                }
            }
        }
    }

    /// How the schema writes the type of a field; empty if it does not know it, as `__typename`.
    fn type_of(&self, asked: &[Asked<'_>]) -> &'c str {
        let mut types = asked.iter().filter_map(|(field, parent)| {
            let parent = self.registry().types.get(*parent)?;
            parent.field_by_name(field.name.node.as_str())
        });
        types.next().map_or("", |field| field.ty.as_str())
    }
}

fn may_be_null(ty: &str) -> bool {
    !ty.ends_with('!')
}

/// The type of the items of a list.
fn item_of(list: &str) -> &str {
    let list = list.strip_suffix('!').unwrap_or(list);
    let item = list
        .strip_prefix('[')
        .and_then(|item| item.strip_suffix(']'));
    item.unwrap_or(list)
}
