//! What is asked of documents, by the settings.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_graphql::{ObjectType, SchemaBuilder, SubscriptionType, ValidationMode};
use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio::time::interval;

use crate::config::ServerSettings;
use crate::db::control::ControlPool;
use crate::error::AppResult;
use crate::graphql::document::{Documents, OperationLimits, Trusted, Validator, hash_of};
use crate::platform::operations::query::{self, Mark};
use crate::roots::{schema_builder, validator};

/// A schema for documents that have been validated: it checks again only what lists
/// multiply to, and what would never end.
pub(super) fn executing<Q, M, S>(
    builder: SchemaBuilder<Q, M, S>,
    settings: &ServerSettings,
) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder
        .validation_mode(ValidationMode::Fast)
        .limit_depth(settings.max_depth)
        .limit_complexity(settings.max_complexity)
}

/// The documents of the schema that `builder` makes.
pub(super) fn documents<Q, M, S>(
    builder: SchemaBuilder<Q, M, S>,
    settings: &ServerSettings,
) -> Documents
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let builder = if settings.limits.suggestions {
        builder
    } else {
        builder.disable_suggestions()
    };
    let bytes = settings.limits.document_cache_kib.saturating_mul(1024);
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    Documents::new(limits(settings), Validator::new(builder), bytes)
}

/// Those of the shops' schema, none of which has been seen yet.
pub fn of_the_shops(settings: &ServerSettings) -> Documents {
    documents(schema_builder(), settings)
}

/// How often a node looks whether operations were imported.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What keeps the trusted operations current, for as long as this value lives.
pub(super) struct Keeping(JoinHandle<()>);

impl Drop for Keeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The operations that are taken and no others, if the settings say so.
pub(super) fn trusted(
    control: &ControlPool,
    settings: &ServerSettings,
) -> Option<(Arc<Trusted>, Keeping)> {
    settings.limits.trusted_operations.then(|| {
        let trusted = Arc::<Trusted>::default();
        let keeping = keep(control.clone(), Arc::clone(&trusted));
        (trusted, Keeping(tokio::spawn(keeping)))
    })
}

async fn keep(control: ControlPool, trusted: Arc<Trusted>) {
    let mut looks = interval(LOOK_EVERY);
    let mut seen = None;
    loop {
        looks.tick().await;
        match look(&control, &trusted, seen).await {
            Ok(mark) => seen = Some(mark),
            // What was read last is good until something else is.
            Err(error) => tracing::warn!(%error, "the trusted operations can not be read"),
        }
    }
}

async fn look(control: &ControlPool, trusted: &Trusted, seen: Option<Mark>) -> AppResult<Mark> {
    let mut conn = control.checkout().await?;
    let mark = query::mark(&mut conn).await?;
    if seen != Some(mark) {
        let rows = query::all(&mut conn).await?;
        let by_hash = rows.into_iter().map(|row| {
            let text: Arc<str> = row.document.into();
            (hash_of(&text), text)
        });
        trusted.replace(by_hash.collect());
    }
    Ok(mark)
}

/// Why a document does not fit the shops' schema.
pub fn check_document(text: &str) -> Result<(), String> {
    static DOCUMENTS: LazyLock<Documents> =
        LazyLock::new(|| Documents::new(OperationLimits::NONE, validator(), 0));
    // Nothing is waited for.
    let fits = DOCUMENTS.fits(text).now_or_never();
    match fits {
        Some(Err(errors)) => {
            let messages: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            Err(messages.join("; "))
        }
        Some(Ok(())) | None => Ok(()),
    }
}

const fn limits(settings: &ServerSettings) -> OperationLimits {
    let limits = &settings.limits;
    OperationLimits {
        depth: settings.max_depth,
        complexity: settings.max_complexity,
        fields: limits.max_fields,
        tokens: limits.max_tokens,
        aliases: limits.max_aliases,
        root_fields: limits.max_root_fields,
        directives: limits.max_directives,
        fragments: limits.max_fragments,
        list_items: limits.max_list_items,
        variables_depth: limits.max_variables_depth,
        introspection: limits.introspection,
    }
}
