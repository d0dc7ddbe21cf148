//! What is asked of a request before the executor sees it.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};
use async_graphql::{Request, Value};

use super::field_order::{FieldOrder, MAX_FIELDS};
use crate::error::{AppError, AppResult, ErrorCode};

/// A document that may be run, if it fits the schema.
pub struct Document {
    /// The order of the answer's fields.
    pub order: FieldOrder,
    /// What the operation is; none if the document has no such operation.
    pub kind: Option<OperationType>,
}

/// Refuses what the executor or the database would take badly. The document is
/// parsed here, once; what is wrong with its form the executor says.
pub fn check(request: &mut Request) -> AppResult<Document> {
    refuse_nul(request)?;
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return Ok(Document {
            order: FieldOrder::default(),
            kind: None,
        });
    };
    let order = FieldOrder::of(document, name.as_deref()).ok_or_else(|| {
        AppError::new(
            ErrorCode::LimitExceeded,
            format!("the document has more than {MAX_FIELDS} fields, its fragments written out"),
        )
    })?;
    Ok(Document {
        order,
        kind: kind(document, name.as_deref()),
    })
}

fn kind(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        (DocumentOperations::Multiple(_), None) => None,
    };
    operation.map(|operation| operation.node.ty)
}

/// PostgreSQL's texts can hold every character but this one.
fn refuse_nul(request: &Request) -> AppResult<()> {
    let in_document = ["\0", "\\u0000", "\\u{0"]
        .iter()
        .any(|nul| request.query.contains(nul));
    if in_document || request.variables.values().any(has_nul) {
        let message = "a text may have every character but NUL";
        return Err(AppError::new(ErrorCode::BadUserInput, message));
    }
    Ok(())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use serde_json::json;

    use super::*;

    fn code(request: Request) -> Option<ErrorCode> {
        let mut request = request;
        check(&mut request).err().map(|error| error.code())
    }

    #[test]
    fn nul_is_refused_wherever_it_stands() {
        let deep = Variables::from_json(json!({ "a": [{ "b": "x\u{0}y" }] }));
        for request in [
            Request::new("{ a }").variables(deep),
            Request::new(r#"{ a(b: "\u0000") }"#),
            Request::new("{ a(b: \"\0\") }"),
        ] {
            assert_eq!(code(request), Some(ErrorCode::BadUserInput));
        }
        assert_eq!(code(Request::new(r#"{ a(b: "\u0041") }"#)), None);
    }

    #[test]
    fn fragments_that_multiply_are_refused_before_they_run() {
        use std::fmt::Write;
        let mut document = "{ ...F0 }".to_owned();
        for level in 0..25 {
            let next = level + 1;
            write!(
                document,
                " fragment F{level} on Q {{ ...F{next} ...F{next} }}"
            )
            .unwrap();
        }
        document.push_str(" fragment F25 on Q { __typename }");
        assert_eq!(code(Request::new(document)), Some(ErrorCode::LimitExceeded));
    }

    #[test]
    fn what_can_not_be_parsed_is_left_to_the_executor() {
        assert_eq!(code(Request::new("{")), None);
        assert_eq!(code(Request::new("{ ...Missing }")), None);
    }
}
