//! Making a change once, however often it is sent.
//!
//! A client that got no answer does not know whether its change was made. With a key of
//! its own in the input it may send it again: what was made is not made again, and is
//! answered as it was then. The answer is kept in the transaction of the change.

use std::collections::BTreeMap;

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    Context, Guard, InputValueError, InputValueResult, Scalar, ScalarType, SelectionField,
    ServerResult, Value,
};
use serde_json::json;

use super::context::ContextExt;
use super::kept_links;
use super::scope::UnitOfWork;
use crate::auth::text::sha256;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::ids::REFUSED;
use crate::tenancy::kept_answers::{self, Claim, Kept};

/// Characters a key may have.
const LONGEST: usize = 200;
/// The input field that holds it.
const FIELD: &str = "idempotencyKey";

/// A client's key for a change that is to be made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text of the client's making, such as a UUID, of 1 to 200 characters, by which a
/// change is made once however often it is sent. The same input under the same key is
/// answered as it was the first time, for seven days; another input is refused with
/// `IDEMPOTENCY_KEY_REUSED`. A change that was refused may be sent again under its key. The
/// header Idempotency-Key does the same for inputs without one; a change that takes no key
/// refuses it.
#[Scalar]
impl ScalarType for IdempotencyKey {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => Self::new(text.clone()),
            _ => Err("expected text of 1 to 200 characters"),
        };
        read.map_err(|problem| InputValueError::custom(problem).with_extension(REFUSED, value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl IdempotencyKey {
    fn new(text: String) -> Result<Self, &'static str> {
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err("a key has 1 to 200 characters");
        }
        Ok(Self(text))
    }
}

/// The key in the header of the request, for all changes of the operation.
#[derive(Clone, Debug)]
pub struct HeaderKey(pub String);

/// Files that came beside the operation, by the ids that stand for them in its variables:
/// what each is, which is the same when it is sent again. The id is not.
#[derive(Clone, Debug, Default)]
pub struct SentFiles(pub BTreeMap<String, String>);

impl SentFiles {
    /// Puts what they are in the place of their ids.
    fn describe(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => {
                if let Some(file) = self.0.get(text) {
                    file.clone_into(text);
                }
            }
            serde_json::Value::Array(items) => {
                for item in items {
                    self.describe(item);
                }
            }
            serde_json::Value::Object(fields) => {
                for field in fields.values_mut() {
                    self.describe(field);
                }
            }
            _ => {}
        }
    }
}

/// What the mutation field in `ctx` wants to have done once; none if it names no key.
/// One that takes none refuses that of the header.
pub(super) fn wanted(ctx: &Context<'_>) -> ServerResult<Option<Claim>> {
    let at_field = |error: AppError| {
        ctx.set_error_path(async_graphql::Error::from(error).into_server_error(ctx.item.pos))
    };
    if !takes_key(ctx) {
        return match ctx.data_opt::<HeaderKey>() {
            Some(_) => Err(at_field(takes_none())),
            None => Ok(None),
        };
    }
    let field = ctx.field();
    let Ok(principal) = ctx.principal() else {
        // The field itself says what is missing.
        return Ok(None);
    };
    let Some(key) = key(ctx, &field).map_err(at_field)? else {
        return Ok(None);
    };
    let user = principal.user().to_string();
    // Whoever stands for another customer now is another caller: the answer is not his.
    let named = match principal.customer() {
        Some(customer) => json!([user, customer, key]),
        None => json!([user, key]),
    };
    Ok(Some(Claim {
        id: sha256(named.to_string().as_bytes()),
        request: sha256(described(&field, ctx.data_opt())?.to_string().as_bytes()),
    }))
}

/// A guard of mutations that make or post a document: they take a key, so that none is
/// made twice.
pub struct OnceOnly;

impl Guard for OnceOnly {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(require_key(ctx)?)
    }
}

/// Refuses a change without a key: as [`OnceOnly`], where it depends on the input.
pub fn require_key(ctx: &Context<'_>) -> AppResult<()> {
    if key(ctx, &ctx.field())?.is_some() {
        return Ok(());
    }
    let message = "this is done once under a key: send idempotencyKey in the input";
    let error = AppError::new(ErrorCode::IdempotencyKeyRequired, message);
    Err(error.at_field("input.idempotencyKey"))
}

/// Claims the change; the answer if it was made before.
pub(super) async fn claim(
    ctx: &Context<'_>,
    unit: &UnitOfWork,
    claim: &Claim,
) -> AppResult<Option<Value>> {
    let kept = kept_answers::claim(&mut *unit.tx().await?, claim).await?;
    let Some(kept) = kept else {
        unit.made_links().watch();
        return Ok(None);
    };
    again(ctx, unit, (claim, &kept)).map(Some)
}

/// Keeps the answer to a change that is about to be committed, without its links.
pub(super) async fn keep(unit: &UnitOfWork, claim: &Claim, answer: &Value) -> AppResult<()> {
    let text = kept_links::written(answer, unit.made_links())?;
    Ok(kept_answers::keep(&mut *unit.tx().await?, claim, &text).await?)
}

fn again(ctx: &Context<'_>, unit: &UnitOfWork, (claim, kept): (&Claim, &Kept)) -> AppResult<Value> {
    if kept.request != claim.request {
        return Err(AppError::new(
            ErrorCode::IdempotencyKeyReused,
            "this key was used for another change; take a new key for each change",
        )
        .at_field("input.idempotencyKey"));
    }
    // The field is not asked again, so what guards it is not, either.
    if !unit.context().permissions().contains_all(kept.permissions) {
        return Err(AppError::new(
            ErrorCode::Forbidden,
            "you may do less now than when this change was made",
        ));
    }
    kept_links::read(&kept.answer, unit.context(), || ctx.service())
}

/// A key is a promise, and one that is not held is not taken.
fn takes_none() -> AppError {
    let message = "this change takes no key, and would be made each time that it is sent: send it \
                   without the header";
    AppError::bad_input("Idempotency-Key", message)
}

/// Whether an input of the field has a place for a key.
fn takes_key(ctx: &Context<'_>) -> bool {
    let registry = &ctx.schema_env.registry;
    let root = registry.mutation_type.as_ref();
    let fields = root.and_then(|root| registry.types.get(root));
    let field = fields.and_then(|root| root.field_by_name(ctx.field().name()));
    field.is_some_and(|field| field.args.values().any(|arg| has_key(registry, &arg.ty)))
}

fn has_key(registry: &Registry, ty: &str) -> bool {
    match registry.types.get(ty.trim_end_matches('!')) {
        Some(MetaType::InputObject { input_fields, .. }) => input_fields.contains_key(FIELD),
        _ => false,
    }
}

/// That of the input, or else the header's; the header's is one for each field.
fn key(ctx: &Context<'_>, field: &SelectionField<'_>) -> AppResult<Option<String>> {
    let arguments = field.arguments().unwrap_or_default();
    let given = arguments.iter().find_map(|(_, value)| match value {
        Value::Object(input) => match input.get(FIELD) {
            Some(Value::String(key)) => Some(key.clone()),
            _ => None,
        },
        _ => None,
    });
    if let Some(key) = given {
        // Checked as part of the input, when the field is resolved.
        return Ok(Some(format!("input {key}")));
    }
    let Some(HeaderKey(text)) = ctx.data_opt() else {
        return Ok(None);
    };
    let key = IdempotencyKey::new(text.clone())
        .map_err(|problem| AppError::bad_input("Idempotency-Key", problem))?;
    let name = field.alias().unwrap_or_else(|| field.name());
    Ok(Some(format!("header {name} {}", key.0)))
}

/// What is asked, in one form whatever the order of the input's fields.
fn described(
    field: &SelectionField<'_>,
    sent: Option<&SentFiles>,
) -> ServerResult<serde_json::Value> {
    let mut arguments = serde_json::Map::new();
    for (name, value) in field.arguments()? {
        let mut value = value.into_json().unwrap_or_default();
        if let Some(sent) = sent {
            sent.describe(&mut value);
        }
        arguments.insert(name.to_string(), value);
    }
    let nested: Vec<_> = field
        .selection_set()
        .map(|field| described(&field, sent))
        .collect::<ServerResult<_>>()?;
    Ok(json!([field.alias(), field.name(), arguments, nested]))
}
