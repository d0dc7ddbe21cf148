//! What a line says of a customer, as inputs of the API.

use async_graphql::MaybeUndefined;
use rust_decimal::Decimal;

use crate::dealer::bulk::cell::Cells;
use crate::dealer::bulk::may::May;
use crate::dealer::bulk::sheets::{Refused, decimal};
use crate::dealer::credit::input::CreditLimitSetInput;
use crate::dealer::customers::input::{CustomerCreateInput, CustomerDetails, CustomerUpdateInput};
use crate::dealer::customers::model::{CreditCheck, CustomerRow};
use crate::error::ErrorCode;
use crate::graphql::permit::Permission as P;
use crate::graphql::scalars::Decimal as Number;

/// Why a limit is what it is, of a line that does not say it.
const REASON: &str = "imported";

/// A customer of whom no more is known than a line says.
pub(super) fn created(cells: &Cells) -> Result<CustomerCreateInput, Refused> {
    Ok(CustomerCreateInput {
        code: text(cells, "code").unwrap_or_default(),
        name: text(cells, "name").ok_or_else(|| Refused::missing("name"))?,
        terms_days: terms(cells)?.unwrap_or_default(),
        details: details(cells),
        idempotency_key: None,
    })
}

/// What a line says of a customer who is there.
pub(super) fn changed(cells: &Cells, row: &CustomerRow) -> Result<CustomerUpdateInput, Refused> {
    Ok(CustomerUpdateInput {
        id: row.id,
        expected_version: row.version,
        code: None,
        name: text(cells, "name"),
        terms_days: terms(cells)?,
        details: details(cells),
        idempotency_key: None,
    })
}

/// The credit that a line gives a customer; none if it says none or what he has already.
pub(super) fn credit(
    cells: &Cells,
    row: &CustomerRow,
    may: &May,
) -> Result<Option<CreditLimitSetInput>, Refused> {
    let limit = decimal(cells, "creditLimit")?;
    let check = cells.filled("creditCheck").map(|text| {
        let message = "must be ORDER, DELIVERY, INVOICE or NONE";
        let check = CreditCheck::from_text(text);
        check.ok_or_else(|| Refused::at(ErrorCode::BadUserInput, "creditCheck", message))
    });
    let check = check.transpose()?;
    let reason = cells.filled("creditLimitReason");
    // Who may not see a value is not told, either, whether it is the one he has sent.
    let mut is_new = false;
    for (column, differs, to_read) in [
        (
            "creditLimit",
            limit.map(|limit| limit != row.credit_limit),
            P::CreditRead,
        ),
        (
            "creditCheck",
            check.map(|check| check != row.credit_check),
            P::CreditRead,
        ),
        (
            "creditLimitReason",
            reason.map(|reason| Some(reason) != row.credit_limit_reason.as_deref()),
            P::CreditManage,
        ),
    ] {
        let Some(differs) = differs else { continue };
        may.check(column, if differs { P::CreditManage } else { to_read })?;
        is_new |= differs;
    }
    Ok(is_new.then(|| given(row, (limit, check), reason)))
}

fn given(
    row: &CustomerRow,
    (limit, check): (Option<Decimal>, Option<CreditCheck>),
    reason: Option<&str>,
) -> CreditLimitSetInput {
    CreditLimitSetInput {
        customer_id: Some(row.id),
        job_id: None,
        expected_version: row.version,
        limit: Some(Number(limit.unwrap_or(row.credit_limit))),
        credit_check: check,
        reason: reason.unwrap_or(REASON).to_owned(),
        idempotency_key: None,
    }
}

fn text(cells: &Cells, column: &str) -> Option<String> {
    cells.get(column).map(str::to_owned)
}

fn details(cells: &Cells) -> CustomerDetails {
    // An empty cell clears.
    let said =
        |column| text(cells, column).map_or(MaybeUndefined::Undefined, MaybeUndefined::Value);
    CustomerDetails {
        tax_id: said("taxId"),
        address_line: said("addressLine"),
        city: said("city"),
        postcode: said("postcode"),
        country: said("country"),
        email: said("email"),
        phone: said("phone"),
        notes: said("notes"),
    }
}

fn terms(cells: &Cells) -> Result<Option<i32>, Refused> {
    let days = cells.filled("termsDays").map(|text| {
        let message = "must be a whole number between 0 and 365";
        text.parse::<i32>()
            .map_err(|_| Refused::at(ErrorCode::BadUserInput, "termsDays", message))
    });
    days.transpose()
}
