//! The job that reminds customers.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, Timelike};
use rust_decimal::Decimal;

use super::events::CustomerReminded;
use super::level::{Last, due};
use super::model::{ReminderId, ReminderRow, ReminderSettingsRow};
use super::{query, service};
use crate::dealer::calendar;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::jobs::each_dealer::Round;
use crate::jobs::upkeep::Nothing;
use crate::jobs::{JobContext, JobKind, JobResult, Limits};
use crate::tenancy::letters::{self, LetterOrder};
use crate::tenancy::{Access, TenantTx};

/// Customers of one transaction.
const AT_ONCE: i64 = 200;
/// The hour from which on a dealer's customers are reminded, where he is: nobody is at night.
const MORNING: u32 = 7;

/// Reminds a dealer's customers of what is overdue, if he wants that. It may be done again: who
/// was reminded on a day is not reminded twice.
pub struct RemindCustomers;

impl JobKind for RemindCustomers {
    const NAME: &'static str = "payments.remind";
    const LIMITS: Limits = Limits {
        attempts: 10,
        ..Limits::DEFAULT
    };
    type Payload = Nothing;

    async fn run(&self, job: JobContext, _nothing: Nothing) -> JobResult {
        let mut after = None;
        loop {
            let mut tx = job.begin(Access::Write).await?;
            let next = remind_some(&mut tx, after).await?;
            tx.commit().await?;
            match next {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

impl Round for RemindCustomers {
    const ROUND: &'static str = "platform.payments.remind";
}

/// A customer who may have to be reminded.
struct Debtor {
    id: CustomerId,
    oldest_due_on: NaiveDate,
    amount: Decimal,
}

/// Reminds some customers with ids above `after`; the last of those that were looked at, if
/// there may be more.
pub async fn remind_some(
    tx: &mut TenantTx,
    after: Option<CustomerId>,
) -> AppResult<Option<CustomerId>> {
    let settings = service::settings(tx).await?;
    if !settings.is_on {
        return Ok(None);
    }
    let clock = calendar::clock(tx).await?;
    if clock.hour() < MORNING {
        return Ok(None);
    }
    let today = clock.date();
    let days = Days::new(settings.first_after_days.unsigned_abs().into());
    let until = today.checked_sub_days(days).unwrap_or(today);
    let found = query::overdue(tx, (until, today), after, AT_ONCE).await?;
    let (looked_at, last) = (found.len(), found.last().map(|row| row.0));
    let debtors = debtors(tx, found).await?;
    let rows = letters_due(tx, &settings, &debtors, today).await?;
    write(tx, rows).await?;
    let is_full = i64::try_from(looked_at).is_ok_and(|count| count >= AT_ONCE);
    Ok(last.filter(|_| is_full))
}

/// Those who owe more than they have in credit.
async fn debtors(tx: &mut TenantTx, found: Vec<query::Overdue>) -> AppResult<Vec<Debtor>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CustomerId> = found.iter().map(|row| row.0).collect();
    let credits: HashMap<CustomerId, Option<Decimal>> =
        query::credits(tx, &ids).await?.into_iter().collect();
    let debtor = |(id, oldest, debts): query::Overdue| {
        let credit = credits.get(&id).copied().flatten().unwrap_or_default();
        let amount = debts.unwrap_or_default() + credit;
        let debtor = Debtor {
            id,
            oldest_due_on: oldest?,
            amount,
        };
        (amount > Decimal::ZERO).then_some(debtor)
    };
    Ok(found.into_iter().filter_map(debtor).collect())
}

/// The reminders that are due today.
async fn letters_due(
    tx: &mut TenantTx,
    settings: &ReminderSettingsRow,
    debtors: &[Debtor],
    today: NaiveDate,
) -> AppResult<Vec<ReminderRow>> {
    if debtors.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CustomerId> = debtors.iter().map(|debtor| debtor.id).collect();
    let dates: Vec<NaiveDate> = debtors.iter().map(|debtor| debtor.oldest_due_on).collect();
    let mut last: HashMap<(CustomerId, NaiveDate), Last> = HashMap::new();
    for row in query::counting(tx, &ids, &dates).await? {
        let key = (row.customer_id, row.oldest_due_on);
        let (level, sent_on) = (row.level, row.sent_on);
        let known = last.entry(key).or_insert(Last { level, sent_on });
        if known.level < level {
            *known = Last { level, sent_on };
        }
    }
    let addresses: HashMap<CustomerId, Option<String>> =
        query::addresses(tx, &ids).await?.into_iter().collect();
    let now = tx.now();
    let row = |debtor: &Debtor| {
        let last = last.get(&(debtor.id, debtor.oldest_due_on)).copied();
        let address = addresses.get(&debtor.id).cloned().flatten();
        Some(ReminderRow {
            id: ReminderId::generate(),
            customer_id: debtor.id,
            level: due(settings, (debtor.oldest_due_on, today), last)?,
            amount: debtor.amount,
            oldest_due_on: debtor.oldest_due_on,
            sent_on: today,
            sent_to: address.map(|address| address.to_lowercase()),
            superseded_at: None,
            created_at: now,
        })
    };
    Ok(debtors.iter().filter_map(row).collect())
}

/// Writes reminders down and orders their letters.
async fn write(tx: &mut TenantTx, rows: Vec<ReminderRow>) -> AppResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = query::insert(tx, rows).await?;
    let letter = |row: &ReminderRow| {
        Some(LetterOrder {
            email: row.sent_to.clone()?,
            record: row.id.uuid(),
        })
    };
    let letters = rows.iter().filter_map(letter).collect();
    letters::order(tx, "PAYMENT_REMINDER", letters).await?;
    for row in &rows {
        tx.emit(&CustomerReminded(row.into()));
    }
    Ok(())
}
