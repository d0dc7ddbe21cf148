//! Whether variables hold what the operation declares.
//!
//! The library judges variables only where arguments use them, as part of the validation
//! that a known document is spared; so they are judged here, for known and unknown
//! documents alike, as the specification says (6.1.2).

use async_graphql::parser::types::OperationDefinition;
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName, Registry};
use async_graphql::{Value, Variables};

use super::limits::{LIST_ITEMS, OperationLimits, VARIABLES_DEPTH};
use super::values::{has_nul, levels, longest_list};
use crate::error::{AppError, AppResult, ErrorCode};

/// Refuses variables that are too large, and texts that the database could not keep.
pub(super) fn check_size(variables: &Variables, limits: &OperationLimits) -> AppResult<()> {
    for (name, value) in variables.iter() {
        let checked = VARIABLES_DEPTH
            .check(limits.variables_depth, levels(value))
            .and_then(|()| LIST_ITEMS.check(limits.list_items, longest_list(value)));
        checked.map_err(|passed| AppError::beyond(passed).at_field(name.to_string()))?;
        if has_nul(value) {
            return Err(nul());
        }
    }
    Ok(())
}

/// A text with the character NUL.
pub(super) fn nul() -> AppError {
    let message = "a text may have every character but NUL";
    AppError::new(ErrorCode::BadUserInput, message)
}

/// Refuses variables that are not of their declared types.
pub(super) fn check_types(
    operation: &OperationDefinition,
    variables: &Variables,
    registry: &Registry,
) -> AppResult<()> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = definition.name.node.as_str();
        let declared = definition.var_type.node.to_string();
        let fault = match variables.get(name) {
            Some(value) => fault(registry, &declared, value).map(|fault| fault.under(name)),
            None if definition.default_value().is_none() => {
                Some(Fault::new(format!("a value of type {declared} is required")).under(name))
            }
            None => None,
        };
        if let Some(Fault { path, message }) = fault {
            let message = format!("the variable ${path}: {message}");
            return Err(AppError::new(ErrorCode::GraphqlInvalid, message).at_field(path));
        }
    }
    Ok(())
}

/// What is wrong, and where within the variable.
struct Fault {
    path: String,
    message: String,
}

impl Fault {
    const fn new(message: String) -> Self {
        Self {
            path: String::new(),
            message,
        }
    }

    fn under(mut self, step: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => step.to_owned(),
            path => format!("{step}.{path}"),
        };
        self
    }
}

/// Why `value` is none of `type_name`, if it is not.
fn fault(registry: &Registry, type_name: &str, value: &Value) -> Option<Fault> {
    let name = match MetaTypeName::create(type_name) {
        MetaTypeName::NonNull(_) if *value == Value::Null => {
            return Some(Fault::new(format!("null is no {type_name}")));
        }
        MetaTypeName::NonNull(inner) => return fault(registry, inner, value),
        _ if *value == Value::Null => return None,
        MetaTypeName::List(item) => return list_fault(registry, item, value),
        MetaTypeName::Named(name) => name,
    };
    let is_of_type = match registry.types.get(name)? {
        MetaType::Scalar { is_valid, .. } => is_valid.as_ref().is_none_or(|valid| valid(value)),
        MetaType::Enum { enum_values, .. } => match value {
            Value::Enum(name) => enum_values.contains_key(name.as_str()),
            Value::String(name) => enum_values.contains_key(name.as_str()),
            _ => false,
        },
        MetaType::InputObject {
            input_fields,
            oneof,
            ..
        } => match value {
            Value::Object(_) => {
                return object_fault(registry, input_fields.values(), (value, *oneof));
            }
            _ => false,
        },
        _ => true,
    };
    (!is_of_type).then(|| Fault::new(format!("this is no {name}")))
}

/// A single value stands for a list of one.
fn list_fault(registry: &Registry, item: &str, value: &Value) -> Option<Fault> {
    let Value::List(items) = value else {
        return fault(registry, item, value);
    };
    let mut items = items.iter().enumerate();
    items.find_map(|(at, value)| Some(fault(registry, item, value)?.under(&at.to_string())))
}

fn object_fault<'r>(
    registry: &'r Registry,
    declared: impl Iterator<Item = &'r MetaInputValue>,
    (value, is_one_of): (&Value, bool),
) -> Option<Fault> {
    let Value::Object(given) = value else {
        return None;
    };
    if is_one_of && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
        return Some(Fault::new("exactly one field must be given".to_owned()));
    }
    let mut known = Vec::new();
    for field in declared {
        known.push(field.name.as_str());
        let found = match given.get(field.name.as_str()) {
            Some(value) => fault(registry, &field.ty, value),
            None if field.default_value.is_none()
                && MetaTypeName::create(&field.ty).is_non_null() =>
            {
                Some(Fault::new(format!(
                    "a value of type {} is required",
                    field.ty
                )))
            }
            None => None,
        };
        if let Some(found) = found {
            return Some(found.under(&field.name));
        }
    }
    let unknown = given.keys().find(|name| !known.contains(&name.as_str()))?;
    Some(Fault::new("there is no such field".to_owned()).under(unknown))
}
