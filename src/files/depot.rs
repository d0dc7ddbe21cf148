//! The depot: what those who take and make files have in common.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::Stream;
use futures_util::stream::BoxStream;
use tokio::time::timeout;

use super::arrival::{Arrived, Expected, Written, receive};
use super::kind::FileKind;
use super::limits::Limits;
use super::links::Link;
use super::model::{FileId, FileRow, FileState};
use super::name::cleaned;
use super::query;
use super::store::Store;
use super::sweep::SweepFiles;
use super::uploads::Announced;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::jobs::upkeep::Nothing;
use crate::jobs::{JobContext, JobError, JobOrder, Queue};
use crate::kernel::checks::Checks;
use crate::tenancy::{Access, TenantContext, TenantTx};

/// How long an announced file is waited for; longer than its content may take.
const AWAITED_FOR: TimeDelta = TimeDelta::hours(1);
/// Longest time for one content, however slowly it comes.
const LONGEST: Duration = Duration::from_mins(30);

/// Where content lies, and how much of it there may be. All that jobs need.
#[derive(Clone)]
pub struct Depot {
    /// Where content lies.
    pub store: Store,
    /// How much there may be.
    pub limits: Limits,
}

impl Depot {
    /// Adds a row, and sets its size aside.
    pub(super) async fn add(
        &self,
        tx: &mut TenantTx,
        queue: &Queue,
        said: Announced,
        state: FileState,
    ) -> ServiceResult<FileRow> {
        let limits = &self.limits;
        let mut checks = Checks::default();
        let fits = (1..=limits.size).contains(&said.size);
        let most = limits.size;
        let message = format!("must be from 1 to {most} bytes");
        checks.require(fits, &["input", "size"], &message);
        let kind = FileKind::claimed(said.content_type.as_deref(), &said.name);
        if kind.is_none() {
            checks.fault(&["input", "contentType"], taken_kinds());
        }
        checks.finish()?;
        let kind = kind.ok_or_else(|| AppError::internal("checked above"))?;
        if !query::reserve(tx, said.size, limits.total).await? {
            let message = "the dealer's files would take more than they may; delete some first";
            let error = UserError::at(ErrorCode::LimitExceeded, &["input", "size"], message);
            return Err(error.into());
        }
        let now = tx.now();
        let row = FileRow {
            id: FileId::generate(),
            name: cleaned(&said.name, kind),
            content_type: kind.media().to_owned(),
            size: said.size,
            sha256: None,
            state,
            expires_at: Some(now + AWAITED_FOR),
            created_at: now,
        };
        query::insert(tx, &row).await?;
        sweep_after(tx, queue, now + AWAITED_FOR).await?;
        Ok(row)
    }

    /// Takes the content of a row that is ARRIVING.
    pub(super) async fn receive(
        &self,
        context: &TenantContext,
        row: &FileRow,
        pieces: impl Stream<Item = AppResult<Bytes>>,
    ) -> AppResult<Arrived> {
        let mut written = self.write(context, row, false, pieces).await?;
        match written.finish().await {
            Ok(()) => Ok(written.arrived),
            Err(error) => {
                written.abandon().await;
                Err(error)
            }
        }
    }

    /// Writes the content of a row; nobody sees it yet.
    pub(super) async fn write(
        &self,
        context: &TenantContext,
        row: &FileRow,
        is_exact: bool,
        pieces: impl Stream<Item = AppResult<Bytes>>,
    ) -> AppResult<Written> {
        let dealer = context.dealer().id;
        let link = Link {
            dealer,
            file: row.id,
        };
        let expected = Expected {
            kind: FileKind::claimed(Some(&row.content_type), &row.name)
                .ok_or_else(|| AppError::internal("a row of no kind"))?,
            size: row.size,
            is_exact,
        };
        let receiving = receive(&self.store, link, expected, pieces);
        let received = timeout(LONGEST, receiving).await;
        received.unwrap_or_else(|_elapsed| {
            let message = "the content took longer than 30 minutes";
            Err(AppError::new(ErrorCode::Timeout, message))
        })
    }

    /// Says, with the rest of the transaction, that the content is there, and until when.
    pub async fn keep(
        &self,
        tx: &mut TenantTx,
        queue: &Queue,
        arrived: &Arrived,
        until: DateTime<Utc>,
    ) -> AppResult<FileRow> {
        let Some(row) = query::keep(tx, arrived, (FileState::Arriving, until)).await? else {
            self.store.delete(arrived.link).await?;
            let message = "the content came too late; announce the file again";
            return Err(AppError::new(ErrorCode::Conflict, message));
        };
        let too_much = arrived.reserved.saturating_sub(arrived.size);
        if too_much > 0 {
            query::release(tx, too_much).await?;
        }
        sweep_after(tx, queue, until).await?;
        Ok(row)
    }

    /// Writes a file that a job makes; it is kept by [`Depot::keep`]. If it has more than
    /// a file may have, or the dealer has no room for it, there is no use in trying again.
    pub async fn make(
        &self,
        job: &JobContext,
        (name, kind): (&str, FileKind),
        pieces: impl Stream<Item = AppResult<Bytes>>,
    ) -> Result<Arrived, JobError> {
        let said = Announced {
            name: name.to_owned(),
            content_type: Some(kind.media().to_owned()),
            size: self.limits.size,
        };
        let mut tx = job.begin(Access::Write).await?;
        let row = self
            .add(&mut tx, job.queue(), said, FileState::Arriving)
            .await;
        let row = row.map_err(|refusal| of_no_use(refusal.into_error()))?;
        tx.commit().await?;
        let dealer = job.dealer();
        let dealer = dealer.ok_or_else(|| JobError::Never("a job of no dealer".to_owned()))?;
        let made = self.receive(dealer, &row, pieces).await;
        made.map_err(|error| match error.code() {
            ErrorCode::LimitExceeded => JobError::Never(self.too_long()),
            _ => of_no_use(error),
        })
    }

    /// Why what a job makes can not be kept: nobody can send less of it.
    fn too_long(&self) -> String {
        let most = self.limits.size >> 20;
        format!(
            "the file would have more than {most} MiB, and none may here: have your operator raise \
             the server's --max-file-mib, and order it anew"
        )
    }

    /// The content of a file of this dealer.
    pub async fn content(
        &self,
        context: &TenantContext,
        file: FileId,
    ) -> AppResult<BoxStream<'static, AppResult<Bytes>>> {
        let dealer = context.dealer().id;
        let found = self.store.read(Link { dealer, file }, None).await?;
        found.ok_or_else(gone)
    }
}

fn of_no_use(error: AppError) -> JobError {
    match error.code() {
        ErrorCode::LimitExceeded | ErrorCode::BadUserInput => {
            JobError::Never(error.message().to_owned())
        }
        _ => error.into(),
    }
}

/// One sweep an hour of a dealer, in those hours in which a time is over.
pub(super) async fn sweep_after(
    tx: &mut TenantTx,
    queue: &Queue,
    at: DateTime<Utc>,
) -> AppResult<()> {
    let hour = at.timestamp().div_euclid(3600).saturating_add(1);
    let wait = hour
        .saturating_mul(3600)
        .saturating_sub(tx.now().timestamp());
    let order = JobOrder::of::<SweepFiles>(&Nothing {})?
        .after(Duration::from_secs(u64::try_from(wait).unwrap_or_default()))
        .unique(&format!("hour {hour}"));
    queue.enqueue(tx, &order).await?;
    Ok(())
}

/// A sweep as soon as may be.
pub(super) async fn sweep_now(tx: &mut TenantTx, queue: &Queue) -> AppResult<()> {
    let order = JobOrder::of::<SweepFiles>(&Nothing {})?.unique("now");
    queue.enqueue(tx, &order).await?;
    Ok(())
}

pub(super) fn gone() -> AppError {
    AppError::new(ErrorCode::NotFound, "there is no such file")
}

fn taken_kinds() -> String {
    let kinds: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.media()).collect();
    format!("must be one of {}", kinds.join(", "))
}
