//! Use cases of jobs. Each locks the customer first.

use super::actions::JobAction as Action;
use super::events::{
    JobClosed, JobCreated, JobDeactivated, JobDisabled, JobFacts, JobHeld, JobReleased,
    JobReopened, JobUpdated,
};
use super::input::{JobCreateInput, JobHoldSetInput, JobUpdateInput, JobVersionInput};
use super::model::{JobChanges, JobId, JobRow, JobStatus};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::customers::service as customers;
use crate::dealer::{accounts, credit};
use crate::error::{Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::events::Fact;
use crate::graphql::payload::updated;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "jobs_code_unique",
    path: &["input", "code"],
    message: "another job of this customer has this code",
}];

/// Adds a job to a customer.
pub async fn create(tx: &mut TenantTx, input: JobCreateInput) -> ServiceResult<JobRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let code = checks.code(&["input", "code"], &input.code);
    let name = checks.text(&["input", "name"], &input.name, 1, 200);
    let line = checks.text(&["input", "addressLine"], &input.address_line, 1, 200);
    let city = checks.text(&["input", "city"], &input.city, 1, 100);
    let details = input.details.checked(&mut checks, JobChanges::none(now));
    checks.finish()?;
    let customer = (input.customer_id, "customerId");
    customers::lock_one(tx, customer, CustomerAction::JobCreate).await?;
    let row = JobRow {
        po_number: details.po_number.flatten(),
        postcode: details.postcode.flatten(),
        site_instructions: details.site_instructions.flatten(),
        ..JobRow::new(input.customer_id, (code, name), (line, city), now)
    };
    let inserted = query::insert_many(tx, vec![row.clone()]).await;
    inserted.map_err(on_constraint(CONSTRAINTS))?;
    tx.emit(&JobCreated((&row).into()));
    Ok(row)
}

/// Changes what is known of a job.
pub async fn update(tx: &mut TenantTx, input: JobUpdateInput) -> ServiceResult<JobRow> {
    let (mut checks, now) = (Checks::default(), tx.now());
    let mut text = |field: &'static str, value: Option<String>, max| {
        value.map(|text| checks.text(&["input", field], &text, 1, max))
    };
    let changes = JobChanges {
        name: text("name", input.name, 200),
        address_line: text("addressLine", input.address_line, 200),
        city: text("city", input.city, 100),
        ..JobChanges::none(now)
    };
    let code = input.code.as_deref();
    let code = code.map(|code| checks.code(&["input", "code"], code));
    let changes = input
        .details
        .checked(&mut checks, JobChanges { code, ..changes });
    checks.finish()?;
    lock(tx, (input.id, "id"), Action::Update).await?;
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&JobUpdated((&row).into()));
    Ok(row)
}

/// Lays a job to rest.
pub async fn deactivate(tx: &mut TenantTx, input: JobVersionInput) -> ServiceResult<JobRow> {
    let step = (Action::Deactivate, JobStatus::Inactive);
    step_to(tx, input, step, JobDeactivated).await
}

/// Takes a job out of use that may have open documents.
pub async fn disable(tx: &mut TenantTx, input: JobVersionInput) -> ServiceResult<JobRow> {
    step_to(
        tx,
        input,
        (Action::Disable, JobStatus::Disabled),
        JobDisabled,
    )
    .await
}

/// Finishes a job for which nothing is open.
pub async fn close(tx: &mut TenantTx, input: JobVersionInput) -> ServiceResult<JobRow> {
    let (_, row) = lock(tx, (input.id, "id"), Action::Close).await?;
    let (customer, job) = (row.customer_id, Some(row.id));
    let owes = accounts::open::is_any(tx, customer, job).await?;
    if owes || credit::commitments::is_any(tx, customer, job).await? {
        let message = "the job has open entries, orders or deliveries; settle them, or disable it";
        return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
    }
    step_to(tx, input, (Action::Close, JobStatus::Closed), JobClosed).await
}

/// Takes a job up again.
pub async fn reopen(tx: &mut TenantTx, input: JobVersionInput) -> ServiceResult<JobRow> {
    step_to(tx, input, (Action::Reopen, JobStatus::Active), JobReopened).await
}

/// Puts a job on hold: nothing more is sold for it.
pub async fn set_hold(tx: &mut TenantTx, input: JobHoldSetInput) -> ServiceResult<JobRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    checks.finish()?;
    lock(tx, (input.id, "id"), Action::HoldSet).await?;
    let changes = JobChanges {
        status: Some(JobStatus::Hold),
        hold_reason: Some(Some(reason)),
        held_at: Some(Some(tx.now())),
        ..JobChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&JobHeld((&row).into()));
    Ok(row)
}

/// Lifts a job's hold.
pub async fn release_hold(tx: &mut TenantTx, input: JobVersionInput) -> ServiceResult<JobRow> {
    let step = (Action::HoldRelease, JobStatus::Active);
    step_to(tx, input, step, JobReleased).await
}

/// The jobs with these ids.
pub async fn find(tx: &mut TenantTx, ids: &[JobId]) -> DbResult<Vec<JobRow>> {
    query::find_many(tx, ids).await
}

/// The job that an input's field names, its customer locked, if `action` suits it.
pub async fn lock(
    tx: &mut TenantTx,
    (id, field): (JobId, &str),
    action: Action,
) -> ServiceResult<(CustomerRow, JobRow)> {
    let found = find(tx, &[id]).await?.pop();
    let owner = found.ok_or_else(|| missing(field))?.customer_id;
    let customer = customers::lock(tx, &[owner]).await?.pop();
    // Read again, now that nobody else can change it.
    let row = find(tx, &[id]).await?.pop();
    let (customer, row) = customer.zip(row).ok_or_else(|| missing(field))?;
    action.check(&row, field)?;
    Ok((customer, row))
}

/// The refusal of an id that no job has.
pub fn missing(field: &str) -> UserError {
    let message = "there is no such job at this customer";
    UserError::at(ErrorCode::NotFound, &["input", field], message)
}

/// Changes a job that still has this version.
pub async fn change(
    tx: &mut TenantTx,
    id: JobId,
    version: i32,
    changes: JobChanges,
) -> ServiceResult<JobRow> {
    let row = query::update(tx, id, version, changes).await;
    let row = row.map_err(on_constraint(CONSTRAINTS))?;
    updated(row, query::find_many(tx, &[id])).await
}

async fn step_to<F: Fact>(
    tx: &mut TenantTx,
    input: JobVersionInput,
    (action, status): (Action, JobStatus),
    fact: impl FnOnce(JobFacts) -> F,
) -> ServiceResult<JobRow> {
    lock(tx, (input.id, "id"), action).await?;
    let changes = JobChanges {
        status: Some(status),
        hold_reason: Some(None),
        held_at: Some(None),
        ..JobChanges::none(tx.now())
    };
    let row = change(tx, input.id, input.expected_version, changes).await?;
    tx.emit(&fact((&row).into()));
    Ok(row)
}
