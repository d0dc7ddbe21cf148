//! What stands in a reminder, as it is when the letter is written.

use rust_decimal::Decimal;
use serde::Serialize;

use super::model::ReminderId;
use super::query;
use crate::dealer::calendar::{self, in_words};
use crate::dealer::customers::service as customers;
use crate::error::{AppError, AppResult};
use crate::kernel::money::written;
use crate::tenancy::TenantTx;

/// Most debts that a letter lists.
const MOST: i64 = 50;

/// The values of a letter.
#[derive(Serialize, Clone, Debug)]
pub struct ReminderLetter {
    /// 1, 2 or 3.
    level: i16,
    /// The customer's name.
    name: String,
    /// Its code at the dealer.
    code: String,
    email: String,
    /// What is overdue, the oldest first.
    debts: Vec<OverdueDebt>,
    /// How many more there are.
    more: i64,
    /// What they come to in all.
    total: String,
    /// What was paid and settles nothing yet, if something was.
    credit: Option<String>,
    /// What is left to pay.
    left: String,
}

/// A debt in a letter.
#[derive(Serialize, Clone, Debug)]
struct OverdueDebt {
    reference: String,
    due_on: String,
    amount: String,
}

/// The letter of a reminder; none if there is nothing to remind of any more.
pub async fn letter(tx: &mut TenantTx, id: ReminderId) -> AppResult<Option<ReminderLetter>> {
    let Some(row) = query::find(tx, id).await? else {
        return Ok(None);
    };
    let Some(email) = row.sent_to else {
        return Ok(None);
    };
    let today = calendar::today(tx).await?;
    let (count, total) = query::debts_in_all(tx, row.customer_id, today).await?;
    let credits = query::credits(tx, &[row.customer_id]).await?;
    let credit: Decimal = credits.into_iter().filter_map(|(_, sum)| sum).sum();
    let total = total.unwrap_or_default();
    if total + credit <= Decimal::ZERO {
        return Ok(None);
    }
    let customer = customers::find(tx, row.customer_id).await?;
    let customer = customer.ok_or_else(|| AppError::internal("a customer has vanished"))?;
    let debts = query::debts(tx, row.customer_id, today, MOST).await?;
    let currency = tx.context().dealer().currency.clone();
    let debt = |(reference, due_on, amount): query::Debt| OverdueDebt {
        reference: reference.unwrap_or_else(|| "-".to_owned()),
        due_on: in_words(due_on),
        amount: written(amount, &currency),
    };
    Ok(Some(ReminderLetter {
        level: row.level,
        name: customer.name,
        code: customer.code,
        email,
        more: (count - MOST).max(0),
        debts: debts.into_iter().map(debt).collect(),
        total: written(total, &currency),
        credit: (!credit.is_zero()).then(|| written(-credit, &currency)),
        left: written(total + credit, &currency),
    }))
}
