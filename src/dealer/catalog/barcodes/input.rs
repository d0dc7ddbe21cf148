//! Inputs of barcodes.

use async_graphql::InputObject;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::graphql::idempotency::IdempotencyKey;

/// A barcode to add to a unit of a product.
#[derive(InputObject, Debug)]
pub struct BarcodeAddInput {
    /// Which product.
    pub product_id: ProductId,
    /// Which of its units; its base unit if absent.
    pub unit_id: Option<UnitId>,
    /// The barcode, at most 64 characters. One of 8, 12, 13 or 14 digits is a GTIN, whose
    /// last digit is checked.
    pub barcode: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A barcode to take from a product.
#[derive(InputObject, Debug)]
pub struct BarcodeRemoveInput {
    /// Which product.
    pub product_id: ProductId,
    /// Which of its barcodes.
    pub barcode: String,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
