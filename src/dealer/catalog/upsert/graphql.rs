//! The surface of many products at once: what became of them.

use async_graphql::{Enum, Object};

use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::model::ProductRow;
use crate::error::UserError;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};

/// What became of a row.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpsertOutcome {
    /// A product was added.
    Created,
    /// A product was changed.
    Updated,
    /// The product is so already.
    Unchanged,
    /// Nothing was done; see userErrors.
    Refused,
}

/// What became of a row.
pub struct ProductUpsertResult {
    sku: String,
    outcome: UpsertOutcome,
    product: Option<ProductRow>,
    errors: Vec<UserError>,
}

impl ProductUpsertResult {
    /// Of a row that is as it was sent.
    pub(super) fn taken(outcome: UpsertOutcome, row: ProductRow) -> Self {
        Self {
            sku: row.sku.clone(),
            outcome,
            product: Some(row),
            errors: Vec::new(),
        }
    }

    /// Of a row that was left out.
    pub(super) const fn refused(sku: String, errors: Vec<UserError>) -> Self {
        Self {
            sku,
            outcome: UpsertOutcome::Refused,
            product: None,
            errors,
        }
    }
}

/// What became of one row of productBulkUpsert.
#[Object(directive = has_permission::apply(P::ProductsRead))]
impl ProductUpsertResult {
    /// The SKU as it was sent.
    async fn sku(&self) -> &str {
        &self.sku
    }

    /// What became of the row.
    async fn outcome(&self) -> UpsertOutcome {
        self.outcome
    }

    /// The product; null if the row was refused.
    async fn product(&self) -> Option<Product> {
        self.product.clone().map(Product)
    }

    /// What to mend in the row; their paths begin with input, rows and its place.
    async fn errors(&self) -> &[UserError] {
        &self.errors
    }
}

payload! {
    /// Result of productBulkUpsert. It is refused as a whole only if it is wrong as a whole.
    ProductBulkUpsertPayload {
        /// What became of each row, in their order; null if the whole was refused.
        results: Vec<ProductUpsertResult>
    }
}
