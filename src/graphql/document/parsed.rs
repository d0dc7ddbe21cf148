//! A document, parsed and read.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::{Name, ServerError};

use super::limits::{FRAGMENTS, OperationLimits};
use super::reading::{Reader, Reading};
use super::scan::scan;
use super::variables::nul;
use crate::error::AppError;
use crate::graphql::errors::of_request;

/// A document whose parts have been counted.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) document: ExecutableDocument,
    readings: Vec<(Option<Name>, Arc<Reading>)>,
    /// Bytes of its text.
    pub(super) size: usize,
}

impl Parsed {
    /// Reads a text within limits.
    pub(super) fn of(text: &str, limits: &OperationLimits) -> Result<Self, Vec<ServerError>> {
        let refused = |error: AppError| vec![of_request(error)];
        if has_nul(text) {
            return Err(refused(nul()));
        }
        scan(text, limits).map_err(|passed| refused(passed.into()))?;
        let document = parse_query(text).map_err(|error| vec![error.into()])?;
        let fragments = FRAGMENTS.check(limits.fragments, document.fragments.len());
        fragments.map_err(|passed| refused(passed.into()))?;
        let mut reader = Reader::new(&document, limits);
        let mut readings = Vec::new();
        for (name, operation) in document.operations.iter() {
            let reading = reader.read(&operation.node).map_err(refused)?;
            readings.push((name.cloned(), Arc::new(reading)));
        }
        Ok(Self {
            document,
            readings,
            size: text.len(),
        })
    }

    /// The operation of this name, or the only one; none is for the validation to name.
    pub(super) fn operation(
        &self,
        name: Option<&str>,
    ) -> Option<(&Arc<Reading>, &OperationDefinition)> {
        let operation = match (&self.document.operations, name) {
            (DocumentOperations::Single(operation), None) => operation,
            (DocumentOperations::Multiple(all), Some(name)) => all.get(name)?,
            (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next()?,
            (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => {
                return None;
            }
        };
        let mut readings = self.readings.iter();
        let (_, reading) = match name {
            Some(name) => readings.find(|(own, _)| own.as_deref() == Some(name))?,
            None => readings.next()?,
        };
        Some((reading, &operation.node))
    }
}

#[cfg(test)]
impl Parsed {
    pub(super) fn take_first(&mut self) -> Option<Arc<Reading>> {
        self.readings.pop().map(|(_, reading)| reading)
    }
}

/// PostgreSQL's texts can hold every character but this one.
fn has_nul(text: &str) -> bool {
    ["\0", "\\u0000", "\\u{0"]
        .iter()
        .any(|nul| text.contains(nul))
}
