//! Inputs of the settings of invoices.

use async_graphql::InputObject;

use crate::files::FileId;
use crate::graphql::idempotency::IdempotencyKey;

/// In whose name invoices are written from now on. What is left out is not on them.
#[derive(InputObject, Debug)]
pub struct InvoiceSettingsSetInput {
    /// The version that was read, 0 if they were never set; another one is refused with
    /// CONFLICT.
    pub expected_version: i32,
    /// Whether invoices and credit notes are mailed to their customers when they are posted.
    pub is_mailed: bool,
    /// Your name in full; at most 200 characters. That by which you are known here if absent.
    pub name: Option<String>,
    /// Your tax number; at most 50 characters.
    pub tax_id: Option<String>,
    /// Street and number; at most 200 characters.
    pub address_line: Option<String>,
    /// Town; at most 100 characters.
    pub city: Option<String>,
    /// Postal code; at most 20 characters.
    pub postcode: Option<String>,
    /// Country; at most 100 characters.
    pub country: Option<String>,
    /// Telephone number; at most 50 characters.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// How to pay, such as your account at a bank; at most 500 characters.
    pub payment_details: Option<String>,
    /// What stands at the foot of each page; at most 500 characters.
    pub footer: Option<String>,
    /// A file that was uploaded, for the head of the first page: a JPEG, or a PNG that is not
    /// interlaced and names no transparent colour (tRNS), of at most 512 KiB and 2000 pixels from edge to edge.
    pub logo_id: Option<FileId>,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
