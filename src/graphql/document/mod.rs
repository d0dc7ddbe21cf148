//! What is asked of a request before the executor sees it.
//!
//! A document is parsed, counted and validated once; from then on it is known by the
//! SHA-256 of its text, and a request with it costs two look-ups, a copy of the tree and
//! a look at its variables. The memory for that is bounded.

mod limits;
mod parsed;
mod reading;
mod scan;
mod trusted;
mod validator;
mod values;
mod variables;

use std::sync::Arc;

use async_graphql::parser::types::{BaseType, OperationDefinition};
use async_graphql::{Request, ServerError, Value, Variables};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

pub use limits::OperationLimits;
use limits::{COMPLEXITY, DEPTH};
use parsed::Parsed;
pub use reading::Reading;
pub use trusted::Trusted;
pub use validator::{Cost, Validator};

use super::errors::of_request;
use crate::error::AppError;
use crate::kernel::metric::Counter;

/// Costs kept: one for each operation and the page sizes it is sent with.
const COSTS: u64 = 50_000;
/// What a known document takes beside its text, in bytes of text.
const OVERHEAD: usize = 256;

/// The SHA-256 of a document's text.
pub type DocumentHash = [u8; 32];

/// An operation that may be run.
#[derive(Debug)]
pub struct Ready {
    /// What it is made of.
    pub reading: Arc<Reading>,
    /// What it asks for.
    pub cost: Cost,
}

/// The documents that are known, and what is asked of those that are not.
pub struct Documents {
    limits: OperationLimits,
    validator: Validator,
    known: Cache<DocumentHash, Arc<Parsed>>,
    costs: Cache<DocumentHash, Cost>,
    trusted: Option<Arc<Trusted>>,
    /// Operations whose document was known, with what it costs.
    pub hits: Counter,
    /// Operations that had to be parsed or validated.
    pub misses: Counter,
}

impl Documents {
    /// Knows no document yet; the texts of those it will may have so many bytes together.
    pub fn new(limits: OperationLimits, validator: Validator, bytes: u64) -> Self {
        let weight = |_: &DocumentHash, parsed: &Arc<Parsed>| {
            let bytes = parsed.size.saturating_add(OVERHEAD);
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let known = Cache::builder().max_capacity(bytes).weigher(weight);
        Self {
            limits,
            validator,
            known: known.build(),
            costs: Cache::new(COSTS),
            trusted: None,
            hits: Counter::default(),
            misses: Counter::default(),
        }
    }

    /// Takes these documents and no others.
    #[must_use]
    pub fn trusting(mut self, trusted: Option<Arc<Trusted>>) -> Self {
        self.trusted = trusted;
        self
    }

    /// The documents that are taken, where no others are.
    pub const fn trusted(&self) -> Option<&Arc<Trusted>> {
        self.trusted.as_ref()
    }

    /// Whether each operation of a document fits the schema, whatever its variables.
    pub async fn fits(&self, text: &str) -> Result<(), Vec<ServerError>> {
        let parsed = Parsed::of(text, &self.limits)?;
        for (name, operation) in parsed.document.operations.iter() {
            let mut request = Request::new("").variables(sizes(&operation.node));
            request.operation_name = name.map(ToString::to_string);
            request.set_parsed_query(parsed.document.clone());
            self.validator.check(request).await?;
        }
        Ok(())
    }

    /// The bounds of operations.
    pub const fn limits(&self) -> &OperationLimits {
        &self.limits
    }

    /// Makes the request ready to be run by a schema that does not validate strictly
    /// any more, or says why it may not be run.
    pub async fn ready(&self, request: &mut Request) -> Result<Ready, Vec<ServerError>> {
        let hash = hash_of(&request.query);
        self.ready_known(hash, request).await
    }

    /// Whether a document of this hash has been run before.
    pub fn knows(&self, hash: &DocumentHash) -> bool {
        self.known.contains_key(hash)
    }

    /// As [`Documents::ready`] for a document of this hash, whose text need not come if
    /// it is known.
    pub async fn ready_known(
        &self,
        hash: DocumentHash,
        request: &mut Request,
    ) -> Result<Ready, Vec<ServerError>> {
        let refused = |error: AppError| vec![of_request(error)];
        let parsed = match self.known.get(&hash) {
            Some(parsed) => parsed,
            None => Arc::new(Parsed::of(&request.query, &self.limits)?),
        };
        variables::check_size(&request.variables, &self.limits).map_err(refused)?;
        let chosen = parsed.operation(request.operation_name.as_deref());
        if let Some((reading, operation)) = chosen {
            reading.check(&self.limits).map_err(refused)?;
            if let Some(registry) = self.validator.registry() {
                variables::check_types(operation, &request.variables, registry).map_err(refused)?;
            }
        }
        let cost = self.cost(hash, &parsed, request).await?;
        let within = DEPTH
            .check(self.limits.depth, cost.depth)
            .and_then(|()| COMPLEXITY.check(self.limits.complexity, cost.complexity));
        within.map_err(|passed| refused(passed.into()))?;
        // The validation has refused names of no operation.
        let Some((reading, _)) = chosen else {
            return Err(refused(AppError::internal("an operation that is none")));
        };
        request.set_parsed_query(parsed.document.clone());
        Ok(Ready {
            reading: Arc::clone(reading),
            cost,
        })
    }

    /// What the operation costs; validates it unless that was done before.
    async fn cost(
        &self,
        hash: DocumentHash,
        parsed: &Arc<Parsed>,
        request: &Request,
    ) -> Result<Cost, Vec<ServerError>> {
        let key = cost_key(&hash, request);
        if let Some(cost) = self
            .costs
            .get(&key)
            .filter(|_| self.known.contains_key(&hash))
        {
            self.hits.add_one();
            return Ok(cost);
        }
        self.misses.add_one();
        let mut copy = Request::new("").variables(request.variables.clone());
        copy.operation_name.clone_from(&request.operation_name);
        copy.set_parsed_query(parsed.document.clone());
        let cost = self.validator.check(copy).await?;
        self.known.insert(hash, Arc::clone(parsed));
        self.costs.insert(key, cost);
        Ok(cost)
    }
}

/// A page size for each variable that may be one: without, a page has no cost.
fn sizes(operation: &OperationDefinition) -> Variables {
    let mut variables = Variables::default();
    for definition in &operation.variable_definitions {
        if matches!(&definition.node.var_type.node.base, BaseType::Named(name) if name == "Int") {
            variables.insert(definition.node.name.node.clone(), Value::from(1));
        }
    }
    variables
}

/// The SHA-256 of a document's text.
pub fn hash_of(text: &str) -> DocumentHash {
    Sha256::digest(text.as_bytes()).into()
}

/// What the cost of an operation depends on: the document, which of its operations it is,
/// and the numbers among its variables, such as the sizes of pages.
fn cost_key(document: &DocumentHash, request: &Request) -> DocumentHash {
    let mut hash = Sha256::new();
    hash.update(document);
    let name = request.operation_name.as_deref().unwrap_or_default();
    hash.update(name.len().to_le_bytes());
    hash.update(name);
    for (name, value) in request.variables.iter() {
        hash.update(name.as_bytes());
        match value {
            Value::Number(number) => hash.update(format!("={number};")),
            Value::Null => hash.update("=;"),
            _ => hash.update(";"),
        }
    }
    hash.finalize().into()
}

/// The order of the fields of a document's only operation.
#[cfg(test)]
pub(super) fn read_order(text: &str) -> super::field_order::FieldOrder {
    let mut parsed = Parsed::of(text, &tests::limits()).unwrap();
    let reading = parsed.take_first().unwrap();
    Arc::try_unwrap(reading).unwrap().order
}

#[cfg(test)]
mod tests;
