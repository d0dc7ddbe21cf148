//! Use cases of tax classes and rates.

use super::events::TaxRateSet;
use super::input::{TaxClassCreateInput, TaxClassUpdateInput, TaxRateSetInput};
use super::model::{TaxClassChanges, TaxClassId, TaxClassRow, TaxRateId, TaxRateRow};
use super::{query, rates};
use crate::dealer::calendar::{Validity, today};
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Characters of a region.
const LONGEST_REGION: usize = 20;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "tax_classes_code_unique",
    path: &["input", "code"],
    message: "another tax class has this code",
}];

/// Why days are refused.
const OVERLAP: &str = "another rate of this class and region begins within these days";

/// Adds a tax class.
pub async fn create(tx: &mut TenantTx, input: TaxClassCreateInput) -> ServiceResult<TaxClassRow> {
    let mut checks = Checks::default();
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 100);
    checks.finish()?;
    let now = tx.now();
    let row = TaxClassRow {
        id: TaxClassId::generate(),
        code,
        name,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    Ok(row)
}

/// Changes a tax class.
pub async fn update(tx: &mut TenantTx, input: TaxClassUpdateInput) -> ServiceResult<TaxClassRow> {
    let mut checks = Checks::default();
    let name = input
        .name
        .as_deref()
        .map(|name| checks.text(&["input", "name"], name, 1, 100));
    checks.finish()?;
    let changes = TaxClassChanges {
        name,
        updated_at: tx.now(),
    };
    let (id, version) = (input.id, input.expected_version);
    let row = query::update(tx, id, version, changes).await?;
    updated(row, query::find_many(tx, &[id])).await
}

/// Sets the rate of a class from a day on. Changes of one class come one after the other.
pub async fn set_rate(tx: &mut TenantTx, input: TaxRateSetInput) -> ServiceResult<TaxRateRow> {
    let from = match input.valid_from {
        Some(day) => day,
        None => today(tx).await?,
    };
    let validity = Validity {
        from,
        to: input.valid_to,
    };
    let mut checks = Checks::default();
    validity.check(&mut checks);
    let region = checks.text(&["input", "region"], &input.region, 0, LONGEST_REGION);
    let rate = checks.amount(&["input", "rate"], input.rate.0);
    let is_rate = rate < rust_decimal::Decimal::ONE_THOUSAND;
    checks.require(is_rate, &["input", "rate"], "must be below 1000 percent");
    checks.finish()?;
    if !query::lock(tx, input.tax_class_id).await? {
        let message = "there is no such tax class";
        return Err(UserError::at(ErrorCode::NotFound, &["input", "taxClassId"], message).into());
    }
    let now = tx.now();
    let mut row = TaxRateRow {
        id: TaxRateId::generate(),
        tax_class_id: input.tax_class_id,
        region,
        rate,
        valid_from: from,
        valid_to: input.valid_to,
        created_at: now,
        updated_at: now,
    };
    let behind = write_rate(tx, &mut row).await?;
    tx.emit(&TaxRateSet((&row).into()));
    if let Some(behind) = behind {
        tx.emit(&TaxRateSet((&behind).into()));
    }
    Ok(row)
}

/// Writes a rate; gives the one that goes on behind it, if that is another than before.
async fn write_rate(tx: &mut TenantTx, row: &mut TaxRateRow) -> ServiceResult<Option<TaxRateRow>> {
    let (mut present, mut behind) = (None, None);
    for other in rates::query::on_days_of(tx, row).await? {
        if other.valid_from <= row.valid_from {
            present = Some(other);
        } else {
            behind = Some(other.put_behind(row).ok_or_else(overlap)?);
        }
    }
    // No two overlap at any time, so that each makes way for the next.
    if let Some(behind) = &behind {
        rates::query::update(tx, behind).await?;
    }
    let rest = present.as_ref().and_then(|rate| rate.rest_behind(row));
    match present {
        Some(same) if same.valid_from == row.valid_from => {
            row.id = same.id;
            row.created_at = same.created_at;
            rates::query::update(tx, row).await?;
        }
        Some(mut earlier) => {
            earlier.valid_to = row.valid_from.pred_opt();
            earlier.updated_at = row.updated_at;
            rates::query::update(tx, &earlier).await?;
            rates::query::insert(tx, row).await?;
        }
        None => rates::query::insert(tx, row).await?,
    }
    if let Some(rest) = &rest {
        rates::query::insert(tx, rest).await?;
    }
    Ok(rest.or(behind))
}

fn overlap() -> UserError {
    UserError::at(ErrorCode::AlreadyExists, &["input", "validFrom"], OVERLAP)
}
