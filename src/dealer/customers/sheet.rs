//! Customers as lines of a file.

use uuid::Uuid;

use super::model::{CustomerId, CustomerRow};
use super::query;
use crate::dealer::bulk::cell::Cell;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// The columns of customers.
pub const COLUMNS: &[&str] = &["code", "name", "taxId", "termsDays", "creditLimit"];

/// Customers that are not archived, behind `after`, with their ids.
pub async fn page(
    tx: &mut TenantTx,
    after: Option<Uuid>,
    most: i64,
) -> AppResult<Vec<(Uuid, Vec<Cell>)>> {
    let rows = query::sheet(tx, after.map(CustomerId::from_uuid), most).await?;
    let line = |row: CustomerRow| {
        let cells = vec![
            Cell::Text(row.code),
            Cell::Text(row.name),
            Cell::optional(row.tax_id),
            Cell::Number(row.terms_days.to_string()),
            Cell::Number(row.credit_limit.normalize().to_string()),
        ];
        (row.id.uuid(), cells)
    };
    Ok(rows.into_iter().map(line).collect())
}
