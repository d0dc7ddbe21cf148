//! Who may use a field: guards, and the directives that say so in the SDL.
//!
//! A field names what it needs twice, side by side: to the program by a guard, and
//! to those who write dashboards by a directive.
//!
//! ```text
//! #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
//! async fn customer(&self, …) { … }
//! ```
//!
//! [`super::declared`] refuses a schema in which a field names nothing, and tests
//! call every guarded field with every role, so that neither can be forgotten and
//! the two can not differ.
use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{Context, Guard, InputType, InputValueError, InputValueResult, Value};

use super::context::ContextExt;
pub use crate::auth::permission::Permission;

pub use directives::{for_any_caller, has_permission, open_to_all};

#[expect(missing_docs, reason = "the macro makes types without")]
mod directives {
    use async_graphql::TypeDirective;

    use super::Permission;

    /// What a caller needs to use the field, or to read the type wherever it is
    /// reached: one of `viewer.permissions`.
    #[TypeDirective(
        location = "FieldDefinition",
        location = "Object",
        name = "hasPermission"
    )]
    pub fn has_permission(#[graphql(desc = "Its name, resource:action.")] permission: Permission) {}

    /// The field needs an access token and nothing else, since it gives each caller
    /// what he may see.
    #[TypeDirective(location = "FieldDefinition", name = "signedIn")]
    pub fn for_any_caller() {}

    /// On a field: it needs no access token. On a type: it has no right of its own;
    /// whoever is given one may read it.
    #[TypeDirective(location = "FieldDefinition", location = "Object", name = "public")]
    pub fn open_to_all() {}
}

/// A bit of the caller's permissions; without a token, UNAUTHENTICATED.
impl Guard for Permission {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(ctx.require(*self)?)
    }
}

/// Somebody calls.
pub struct AnyCaller;

impl Guard for AnyCaller {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        ctx.scope()?.context()?;
        Ok(())
    }
}

/// In the SDL a permission is its name.
impl InputType for Permission {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <String as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let text = String::parse(value).map_err(InputValueError::propagate)?;
        text.parse().map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }
}
