//! What was open at a demo dealer's customers, and who is spoken to there.

use std::collections::HashMap;

use async_graphql::MaybeUndefined;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::data::{DemoAccounts, DemoOpening};
use super::load::decimal;
use crate::dealer::accounts::allocate::allocate_to;
use crate::dealer::accounts::model::{EntryKind, EntryRow};
use crate::dealer::accounts::post::{Place, Posting, post};
use crate::dealer::customers::contacts::input::{ContactAddInput, ContactDetails};
use crate::dealer::customers::contacts::service::add;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::tenancy::TenantTx;

/// Ids of customers and jobs that were made, by their codes.
#[derive(Default)]
pub(super) struct Parties {
    pub(super) customers: HashMap<&'static str, CustomerId>,
    pub(super) jobs: HashMap<(&'static str, &'static str), JobId>,
}

/// Posts what was open.
pub(super) async fn fill(
    tx: &mut TenantTx,
    demo: &DemoAccounts,
    parties: &Parties,
) -> ServiceResult<()> {
    let today = tx.now().date_naive();
    let postings = demo.openings.iter();
    let postings = postings.map(|opening| posting(opening, parties, today));
    let postings = postings.collect::<AppResult<Vec<_>>>()?;
    let entries = post(tx, postings, Place::Entries).await?;
    let is_old = |entry: &&EntryRow| entry.document_on < today - Days::new(7);
    let credits = entries.iter().filter(|entry| entry.amount < Decimal::ZERO);
    for credit in credits.filter(is_old) {
        allocate_to(tx, credit.id, None).await?;
    }
    contacts(tx, demo, parties).await
}

async fn contacts(tx: &mut TenantTx, demo: &DemoAccounts, parties: &Parties) -> ServiceResult<()> {
    for (customer, name, role) in demo.contacts {
        let missing = || AppError::internal(format!("the demo makes no customer {customer}"));
        let input = ContactAddInput {
            customer_id: *parties.customers.get(customer).ok_or_else(missing)?,
            name: (*name).to_owned(),
            details: ContactDetails {
                role: MaybeUndefined::Value((*role).to_owned()),
                ..ContactDetails::default()
            },
            idempotency_key: None,
        };
        add(tx, input).await?;
    }
    Ok(())
}

fn posting(opening: &DemoOpening, parties: &Parties, today: NaiveDate) -> AppResult<Posting> {
    let missing = || {
        let (customer, job) = (opening.customer, opening.job);
        AppError::internal(format!(
            "the demo names {customer} {job}, which it does not make"
        ))
    };
    let customer = parties.customers.get(opening.customer).copied();
    let job = parties.jobs.get(&(opening.customer, opening.job)).copied();
    Ok(Posting {
        customer: customer.ok_or_else(missing)?,
        job: Some(job.ok_or_else(missing)?),
        kind: EntryKind::Opening,
        reference: Some(opening.reference.to_owned()),
        note: None,
        amount: decimal(opening.amount)?,
        document_on: today
            .checked_sub_days(Days::new(opening.days_ago))
            .unwrap_or(today),
        due_on: None,
        source: None,
        reverses: None,
    })
}
