//! Customers as lines of a file: written, and taken by the checks of a dashboard's input.
//!
//! The lines of a batch are worked out in memory, on customers that are locked, and
//! written at once.

mod named;
mod said;

use uuid::Uuid;

use super::model::{CustomerId, CustomerRow};
use super::query;
use crate::dealer::bulk::cell::Cell;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

pub use named::Named;

/// The columns of customers that are written. Notes, and why a limit is what it is, are for
/// those who manage customers and credit, and not all who may read the others are among
/// them.
pub const COLUMNS: &[&str] = &[
    "code",
    "name",
    "taxId",
    "termsDays",
    "creditLimit",
    "creditCheck",
    "priceList",
    "addressLine",
    "city",
    "postcode",
    "country",
    "email",
    "phone",
];
/// The columns of customers that are read.
pub const READ_COLUMNS: &[&str] = &[
    "code",
    "name",
    "taxId",
    "termsDays",
    "creditLimit",
    "creditCheck",
    "priceList",
    "addressLine",
    "city",
    "postcode",
    "country",
    "email",
    "phone",
    "notes",
    "creditLimitReason",
];

/// Customers that are not archived, behind `after`, with their ids.
pub async fn page(
    tx: &mut TenantTx,
    after: Option<Uuid>,
    most: i64,
) -> AppResult<Vec<(Uuid, Vec<Cell>)>> {
    let rows = query::sheet(tx, after.map(CustomerId::from_uuid), most).await?;
    let line = |(row, list): (CustomerRow, Option<String>)| {
        let cells = vec![
            Cell::Text(row.code),
            Cell::Text(row.name),
            Cell::optional(row.tax_id),
            Cell::Number(row.terms_days.to_string()),
            Cell::Number(row.credit_limit.normalize().to_string()),
            Cell::Text(row.credit_check.as_str().to_owned()),
            Cell::optional(list),
            Cell::optional(row.address_line),
            Cell::optional(row.city),
            Cell::optional(row.postcode),
            Cell::optional(row.country),
            Cell::optional(row.email),
            Cell::optional(row.phone),
        ];
        (row.id.uuid(), cells)
    };
    Ok(rows.into_iter().map(line).collect())
}
