//! A file as a variable of an operation.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::files::FileId;

/// A file that came beside the operation.
#[derive(Clone, Copy, Debug)]
pub struct Upload(pub FileId);

/// A file beside the operation, by the GraphQL multipart request specification: the
/// variable is null, and `map` says which file it stands for.
#[Scalar]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        text.map(Self).ok_or_else(|| {
            InputValueError::custom("expected a file, sent as a field of a multipart form")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
