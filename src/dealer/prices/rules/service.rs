//! Use cases of price rules.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::alike::{Alike, on_days_of};
use super::checked::{check, check_measured, found, not_found};
use super::events::{PriceRuleEnded, PriceRuleSet};
use super::input::{PriceRuleEndInput, PriceRuleUpsertInput};
use super::model::{PriceRuleId, PriceRuleRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::calendar::{EARLIEST, Validity, today};
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::model::CustomerId;
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

/// Why days are refused.
pub(super) const OVERLAP: &str =
    "another rule with this holder, target and minimum begins within these days";

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "price_rules_product_exists",
        path: &["input", "productId"],
        message: "there is no such product",
    },
    Constraint {
        name: "price_rules_category_exists",
        path: &["input", "categoryId"],
        message: "there is no such category",
    },
    Constraint {
        name: "price_rules_unit_exists",
        path: &["input", "unitId"],
        message: "there is no such unit",
    },
    Constraint {
        name: "price_rules_min_unit_exists",
        path: &["input", "minUnitId"],
        message: "there is no such unit",
    },
    Constraint {
        name: "price_rules_overlap",
        path: &["input", "validFrom"],
        message: OVERLAP,
    },
];

/// Sets a price from a day on. Changes of one holder's rules come one after the other.
pub async fn upsert(tx: &mut TenantTx, input: PriceRuleUpsertInput) -> ServiceResult<PriceRuleRow> {
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
    check(&mut checks, &input);
    checks.finish()?;
    check_measured(tx, &input).await?;
    let customer = lock_holder(tx, &input).await?;
    let row = new_row(tx, &input, validity, customer);
    let (row, behind) = write(tx, row, input.expected_version).await?;
    tx.emit(&PriceRuleSet((&row).into()));
    if let Some(behind) = behind {
        tx.emit(&PriceRuleSet((&behind).into()));
    }
    Ok(row)
}

/// Ends a rule, or removes one that has not begun by then; what it had interrupted goes on then.
pub async fn end(tx: &mut TenantTx, input: PriceRuleEndInput) -> ServiceResult<PriceRuleRow> {
    let last = match input.last_day {
        Some(day) => day,
        None => today(tx).await?,
    };
    let (id, version) = (input.id, input.expected_version);
    let present = query::find_many(tx, &[id]).await?.pop();
    let present = present.filter(|row| row.version == version);
    let before = present.clone();
    let ended = match present {
        None => None,
        Some(row) if last < row.valid_from => query::delete(tx, id, version).await?,
        Some(row) if row.valid_to.is_some_and(|to| to < last) => {
            let message = "the rule ends before that day as it is";
            return Err(
                UserError::at(ErrorCode::NotAllowed, &["input", "lastDay"], message).into(),
            );
        }
        Some(mut row) => {
            row.valid_to = Some(last);
            row.updated_at = tx.now();
            row.version = version.saturating_add(1);
            query::update(tx, &row, version).await?
        }
    };
    let row = updated(ended, query::find_many(tx, &[id])).await?;
    tx.emit(&PriceRuleEnded((&row).into()));
    if let Some(before) = before {
        resume(tx, &before, last).await?;
    }
    Ok(row)
}

/// The units that rules of these products need today or later.
pub async fn needed_units(
    tx: &mut TenantTx,
    products: Vec<ProductId>,
) -> DbResult<HashSet<(ProductId, UnitId)>> {
    let mut needed = HashSet::new();
    for (product, unit, minimum) in query::units_of(tx, products).await? {
        let Some(product) = product else { continue };
        needed.extend(
            [unit, minimum]
                .into_iter()
                .flatten()
                .map(|unit| (product, unit)),
        );
    }
    Ok(needed)
}

/// Locks whose rule it is to be; the customer, if it is a customer's or his job's.
async fn lock_holder(
    tx: &mut TenantTx,
    input: &PriceRuleUpsertInput,
) -> ServiceResult<Option<CustomerId>> {
    if let Some(list) = input.price_list_id {
        return match query::lock_list(tx, list).await? {
            Some(true) => Ok(None),
            Some(false) => {
                let path = ["input", "priceListId"];
                let message = "this price list is archived";
                Err(UserError::at(ErrorCode::NotAllowed, &path, message).into())
            }
            None => Err(not_found("priceListId", "there is no such price list")),
        };
    }
    if let Some(customer) = input.customer_id {
        let is_there = query::lock_customer(tx, customer).await;
        found(
            is_there.map_err(Into::into),
            "customerId",
            "there is no such customer",
        )?;
        return Ok(Some(customer));
    }
    if let Some(job) = input.job_id {
        let customer = query::lock_job(tx, job).await?;
        let missing = || not_found("jobId", "there is no such job");
        return customer.ok_or_else(missing).map(Some);
    }
    if let Some(category) = input.category_id {
        let is_there = query::lock_category(tx, category).await;
        found(
            is_there.map_err(Into::into),
            "categoryId",
            "there is no such category",
        )?;
    }
    Ok(None)
}

fn new_row(
    tx: &TenantTx,
    input: &PriceRuleUpsertInput,
    validity: Validity,
    customer: Option<CustomerId>,
) -> PriceRuleRow {
    let now = tx.now();
    let least = input.min_quantity.map(|least| least.0.normalize());
    let least = least.unwrap_or_default();
    PriceRuleRow {
        id: PriceRuleId::generate(),
        price_list_id: input.price_list_id,
        customer_id: customer,
        job_id: input.job_id,
        product_id: input.product_id,
        category_id: input.category_id,
        unit_id: input.unit_id,
        min_quantity: least,
        // Nothing is nothing in any unit.
        min_unit_id: input.min_unit_id.filter(|_| !least.is_zero()),
        method: input.method,
        value: input.value.0,
        valid_from: validity.from,
        valid_to: validity.to,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Writes a rule; gives it, and the one that goes on behind it, if that is another than before.
async fn write(
    tx: &mut TenantTx,
    mut row: PriceRuleRow,
    expected: Option<i32>,
) -> ServiceResult<(PriceRuleRow, Option<PriceRuleRow>)> {
    let alike = Alike::find(tx, &row).await?;
    let version = alike.present.as_ref().map(|rule| rule.version);
    if expected.is_some() && expected != version {
        return Err(changed());
    }
    alike.refuse_overlap()?;
    let Alike { present, later, .. } = alike;
    // No two overlap at any time, so that each makes way for the next.
    let behind = match (later, row.valid_to.and_then(|last| last.succ_opt())) {
        (Some(later), Some(first)) => Some(begin(tx, later, first).await?),
        _ => None,
    };
    let rest = present.as_ref().and_then(|rule| rule.rest_behind(&row));
    match present {
        Some(same) if same.valid_from == row.valid_from => {
            row.id = same.id;
            row.created_at = same.created_at;
            row.version = same.version.saturating_add(1);
            let written = query::update(tx, &row, same.version).await;
            let written = written.map_err(on_constraint(CONSTRAINTS))?;
            row = written.ok_or_else(changed)?;
        }
        Some(earlier) => {
            cut(tx, earlier, &row).await?;
            insert(tx, &row).await?;
        }
        None => insert(tx, &row).await?,
    }
    if let Some(rest) = &rest {
        insert(tx, rest).await?;
    }
    Ok((row, rest.or(behind)))
}

/// Lets a rule begin on another day.
async fn begin(
    tx: &mut TenantTx,
    mut rule: PriceRuleRow,
    first: NaiveDate,
) -> ServiceResult<PriceRuleRow> {
    let version = rule.version;
    rule.valid_from = first;
    rule.updated_at = tx.now();
    rule.version = version.saturating_add(1);
    let begun = query::update(tx, &rule, version).await;
    let begun = begun.map_err(on_constraint(CONSTRAINTS))?;
    begun.ok_or_else(changed)
}

/// Lets what a rule had interrupted go on earlier, now that it ends with `last` or never
/// begins: the rule right behind it, if one before it says the same.
async fn resume(tx: &mut TenantTx, ended: &PriceRuleRow, last: NaiveDate) -> ServiceResult<()> {
    let Some(behind) = ended.valid_to.and_then(|day| day.succ_opt()) else {
        return Ok(());
    };
    let days = |valid_from, valid_to| PriceRuleRow {
        valid_from,
        valid_to,
        ..ended.clone()
    };
    let mut next = on_days_of(tx, &days(behind, Some(behind))).await?;
    next.retain(|rule| rule.valid_from == behind);
    let Some(next) = next.pop() else {
        return Ok(());
    };
    let before = days(EARLIEST, ended.valid_from.pred_opt());
    let mut before = on_days_of(tx, &before).await?.into_iter();
    let first = last.succ_opt().unwrap_or(last).max(ended.valid_from);
    if first < behind && before.any(|rule| rule.costs_as(&next)) {
        let next = begin(tx, next, first).await?;
        tx.emit(&PriceRuleSet((&next).into()));
    }
    Ok(())
}

/// Ends a rule the day before another one begins.
async fn cut(
    tx: &mut TenantTx,
    mut earlier: PriceRuleRow,
    next: &PriceRuleRow,
) -> ServiceResult<()> {
    let version = earlier.version;
    earlier.valid_to = next.valid_from.pred_opt();
    earlier.updated_at = next.updated_at;
    earlier.version = version.saturating_add(1);
    let ended = query::update(tx, &earlier, version).await?;
    ended.ok_or_else(changed)?;
    Ok(())
}

async fn insert(tx: &mut TenantTx, row: &PriceRuleRow) -> ServiceResult<()> {
    let inserted = query::insert(tx, row).await;
    inserted.map_err(on_constraint(CONSTRAINTS))
}

fn changed() -> crate::error::Refusal {
    let message = "the rule has changed since it was read; read it again";
    UserError::at(ErrorCode::Conflict, &["input", "expectedVersion"], message).into()
}
