//! Making a change once, however often it is sent.
//!
//! A client that got no answer does not know whether its change was made. With a key of
//! its own in the input it may send it again: what was made is not made again, and is
//! answered as it was then. The answer is kept in the transaction of the change.

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    Context, InputValueError, InputValueResult, Scalar, ScalarType, SelectionField, ServerResult,
    Value,
};
use serde_json::json;

use super::context::ContextExt;
use super::scope::UnitOfWork;
use crate::auth::text::sha256;
use crate::error::{AppError, AppResult, ErrorCode};
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
/// header Idempotency-Key does the same for inputs without one.
#[Scalar]
impl ScalarType for IdempotencyKey {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Self::new(text).map_err(InputValueError::custom),
            _ => Err(InputValueError::custom(
                "expected text of 1 to 200 characters",
            )),
        }
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

/// What the mutation field in `ctx` wants to have done once; none if it names no key,
/// or is one that takes none.
pub(super) fn wanted(ctx: &Context<'_>) -> ServerResult<Option<Claim>> {
    if !takes_key(ctx) {
        return Ok(None);
    }
    let field = ctx.field();
    let at_field = |error: AppError| {
        ctx.set_error_path(async_graphql::Error::from(error).into_server_error(ctx.item.pos))
    };
    let caller = match ctx.principal() {
        Ok(principal) => principal.user(),
        // The field itself says what is missing.
        Err(_) => return Ok(None),
    };
    let Some(key) = key(ctx, &field).map_err(at_field)? else {
        return Ok(None);
    };
    Ok(Some(Claim {
        id: sha256(json!([caller.to_string(), key]).to_string().as_bytes()),
        request: sha256(described(&field)?.to_string().as_bytes()),
    }))
}

/// Claims the change; the answer if it was made before.
pub(super) async fn claim(unit: &UnitOfWork, claim: &Claim) -> AppResult<Option<Value>> {
    let kept = kept_answers::claim(&mut *unit.tx().await?, claim).await?;
    kept.map(|kept| again(unit, claim, &kept)).transpose()
}

/// Keeps the answer to a change that is about to be committed.
pub(super) async fn keep(unit: &UnitOfWork, claim: &Claim, answer: &Value) -> AppResult<()> {
    let text = serde_json::to_string(answer).map_err(AppError::internal)?;
    Ok(kept_answers::keep(&mut *unit.tx().await?, claim, &text).await?)
}

fn again(unit: &UnitOfWork, claim: &Claim, kept: &Kept) -> AppResult<Value> {
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
    serde_json::from_str(&kept.answer).map_err(AppError::internal)
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
fn described(field: &SelectionField<'_>) -> ServerResult<serde_json::Value> {
    let mut arguments = serde_json::Map::new();
    for (name, value) in field.arguments()? {
        let value = value.into_json().unwrap_or_default();
        arguments.insert(name.to_string(), value);
    }
    let nested: Vec<_> = field
        .selection_set()
        .map(|field| described(&field))
        .collect::<ServerResult<_>>()?;
    Ok(json!([field.alias(), field.name(), arguments, nested]))
}
