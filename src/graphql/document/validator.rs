//! Validation without execution.
//!
//! The library validates as the first part of executing, each time. What can be executed
//! again without that is a document that has passed once; so there is a second schema
//! of the same types, without services, that is asked only whether a document fits, and
//! never runs one.

use std::sync::{Arc, OnceLock};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation,
};
use async_graphql::registry::Registry;
use async_graphql::{
    ObjectType, Request, Response, SchemaBuilder, SchemaEnv, ServerError, SubscriptionType,
    ValidationResult, Value,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// What an operation asks for, as the library counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Nesting of fields.
    pub depth: usize,
    /// Fields, lists counted by their sizes.
    pub complexity: usize,
}

type Run = dyn Fn(Request) -> BoxFuture<'static, Response> + Send + Sync;

/// Says whether documents fit a schema.
pub struct Validator {
    run: Box<Run>,
    env: Arc<OnceLock<SchemaEnv>>,
}

impl Validator {
    /// For the schema that `builder` makes.
    pub fn new<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let env = Arc::default();
        let schema = builder.extension(OnlyValidate(Arc::clone(&env))).finish();
        let run = move |request| {
            let schema = schema.clone();
            async move { schema.execute(request).await }.boxed()
        };
        let validator = Self {
            run: Box::new(run),
            env,
        };
        // The types are seen with the first document. Nothing is waited for.
        let _seen = validator
            .check(Request::new("{ __typename }"))
            .now_or_never();
        validator
    }

    /// What the request's operation costs, or why it does not fit.
    pub(super) async fn check(&self, request: Request) -> Result<Cost, Vec<ServerError>> {
        let found = Arc::new(OnceLock::new());
        let response = (self.run)(request.data(Found(Arc::clone(&found)))).await;
        match found.get() {
            Some(cost) if response.errors.is_empty() => Ok(*cost),
            _ => Err(response.errors),
        }
    }

    /// The schema's types.
    pub(super) fn registry(&self) -> Option<&Registry> {
        self.env.get().map(|env| &env.registry)
    }
}

/// Where the cost is put.
struct Found(Arc<OnceLock<Cost>>);

struct OnlyValidate(Arc<OnceLock<SchemaEnv>>);

impl ExtensionFactory for OnlyValidate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl Extension for OnlyValidate {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        self.0.get_or_init(|| ctx.schema_env.clone());
        let result = next.run(ctx).await?;
        if let Some(Found(found)) = ctx.data_opt() {
            found.get_or_init(|| Cost {
                depth: result.depth,
                complexity: result.complexity,
            });
        }
        Ok(result)
    }

    async fn execute(
        &self,
        _ctx: &ExtensionContext<'_>,
        _operation_name: Option<&str>,
        _next: NextExecute<'_>,
    ) -> Response {
        Response::new(Value::Null)
    }
}
