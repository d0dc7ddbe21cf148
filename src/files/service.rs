//! Use cases of files.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::Stream;
use futures_util::stream::BoxStream;
use tokio::sync::OwnedSemaphorePermit;

use super::arrival::Arrived;
use super::depot::{Depot, gone, sweep_after, sweep_now};
use super::links::{Deed, Link, Links, SignedUrl};
use super::model::{FileId, FileRow, FileState};
use super::query;
use super::uploads::{Announced, Uploads};
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult};
use crate::jobs::Queue;
use crate::tenancy::directory::Directory;
use crate::tenancy::{Access, TenantContext, TenantPool, TenantTx};

/// The part of the system that works where a link is shown.
const PART: &str = "files";
/// How long a file is kept to which nothing refers.
const LOOSE_FOR: TimeDelta = TimeDelta::hours(24);

/// Announces, takes, gives and deletes files.
#[derive(Clone)]
pub struct Files(Arc<Parts>);

/// What files are made of.
pub struct Parts {
    /// Where content lies.
    pub depot: Depot,
    /// Links to it.
    pub links: Links,
    /// Rows of dealers.
    pub tenants: TenantPool,
    /// Dealers by id.
    pub directory: Directory,
    /// Where sweeps are enqueued.
    pub queue: Queue,
}

impl Files {
    /// Of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Most files at one record.
    pub fn most_per_record(&self) -> usize {
        self.0.depot.limits.per_record
    }

    /// A link by which the content is read.
    pub fn download_url(&self, tx: &TenantContext, file: FileId) -> AppResult<SignedUrl> {
        self.url(Deed::Download, tx, file)
    }

    /// A link by which the content is brought.
    pub fn upload_url(&self, tx: &TenantContext, file: FileId) -> AppResult<SignedUrl> {
        self.url(Deed::Upload, tx, file)
    }

    fn url(&self, deed: Deed, context: &TenantContext, file: FileId) -> AppResult<SignedUrl> {
        let dealer = context.dealer().id;
        self.0.links.make(deed, Link { dealer, file })
    }

    /// Announces a file whose content comes later, by a link.
    pub async fn announce(&self, tx: &mut TenantTx, said: Announced) -> ServiceResult<FileRow> {
        let (depot, queue) = (&self.0.depot, &self.0.queue);
        depot.add(tx, queue, said, FileState::Awaited).await
    }

    /// Takes the content of a file that comes with an operation of `context`; of its
    /// announced size only so much is believed that it has no more.
    pub async fn take(
        &self,
        context: &Arc<TenantContext>,
        said: Announced,
        pieces: impl Stream<Item = AppResult<Bytes>>,
    ) -> AppResult<Arrived> {
        let _turn = self.turn()?;
        let said = Announced {
            size: said.size.min(self.0.depot.limits.size),
            ..said
        };
        let mut tx = self.begin(context, Access::Write).await?;
        let (depot, queue) = (&self.0.depot, &self.0.queue);
        let row = depot.add(&mut tx, queue, said, FileState::Arriving).await;
        let row = row.map_err(Refusal::into_error)?;
        tx.commit().await?;
        let taken = depot.receive(context, &row, false, pieces).await;
        if taken.is_err() {
            self.drop_all(context, &[row.id]).await;
        }
        taken
    }

    /// Takes the content of the file that a link names.
    pub async fn bring(
        &self,
        token: &str,
        pieces: impl Stream<Item = AppResult<Bytes>>,
    ) -> AppResult<FileRow> {
        let link = self.0.links.read(Deed::Upload, token)?;
        let _turn = self.turn()?;
        let context = Arc::new(self.0.directory.admit_system(link.dealer, PART).await?);
        let mut tx = self.begin(&context, Access::Write).await?;
        let step = (FileState::Awaited, FileState::Arriving);
        let row = query::step(&mut tx, link.file, step).await?;
        tx.commit().await?;
        let row = row.ok_or_else(|| {
            let message = "the content has come already, or is on its way, or came too late";
            AppError::new(ErrorCode::Conflict, message)
        })?;
        let depot = &self.0.depot;
        match depot.receive(&context, &row, true, pieces).await {
            Ok(arrived) => {
                let mut tx = self.begin(&context, Access::Write).await?;
                let row = self.keep(&mut tx, &arrived).await?;
                tx.commit().await?;
                Ok(row)
            }
            Err(error) => {
                self.put_back(&context, link.file).await;
                Err(error)
            }
        }
    }

    /// Says, with the rest of the transaction, that the content is there. Kept for a
    /// day, unless something refers to it by then.
    pub async fn keep(&self, tx: &mut TenantTx, arrived: &Arrived) -> AppResult<FileRow> {
        let until = tx.now() + LOOSE_FOR;
        self.0.depot.keep(tx, &self.0.queue, arrived, until).await
    }

    /// Lets something refer to a file; none if it is not there.
    pub async fn hold(&self, tx: &mut TenantTx, id: FileId) -> AppResult<Option<FileRow>> {
        Ok(query::hold(tx, id).await?)
    }

    /// Keeps a file at least until then; none if it is not there.
    pub async fn hold_until(
        &self,
        tx: &mut TenantTx,
        id: FileId,
        until: DateTime<Utc>,
    ) -> AppResult<Option<FileRow>> {
        query::prolong(tx, id, until).await?;
        sweep_after(tx, &self.0.queue, until).await?;
        Ok(query::find_kept(tx, &[id]).await?.pop())
    }

    /// Deletes files with the transaction; their content soon after it.
    pub async fn discard(&self, tx: &mut TenantTx, ids: &[FileId]) -> AppResult<()> {
        let freed = query::mark(tx, ids).await?;
        query::release(tx, freed).await?;
        sweep_now(tx, &self.0.queue).await
    }

    /// Deletes what came with an operation and was not taken.
    pub async fn drop_rest(&self, context: &Arc<TenantContext>, uploads: &Uploads) {
        self.drop_all(context, &uploads.rest()).await;
    }

    /// Should that fail, the files go when their time is over.
    async fn drop_all(&self, context: &Arc<TenantContext>, ids: &[FileId]) {
        if ids.is_empty() {
            return;
        }
        let dropping = async {
            let mut tx = self.begin(context, Access::Write).await?;
            self.discard(&mut tx, ids).await?;
            AppResult::Ok(tx.commit().await?)
        };
        if let Err(error) = dropping.await {
            tracing::warn!(?error, "files that nobody took stay for an hour");
        }
    }

    /// Lets the content be brought once more.
    async fn put_back(&self, context: &Arc<TenantContext>, file: FileId) {
        let back = async {
            let mut tx = self.begin(context, Access::Write).await?;
            query::step(&mut tx, file, (FileState::Arriving, FileState::Awaited)).await?;
            AppResult::Ok(tx.commit().await?)
        };
        if let Err(error) = back.await {
            tracing::warn!(?error, %file, "the file can not be brought again");
        }
    }

    /// The file that a link names, if it is there.
    pub async fn find(&self, token: &str) -> AppResult<(Link, FileRow)> {
        let link = self.0.links.read(Deed::Download, token)?;
        let context = Arc::new(self.0.directory.admit_system(link.dealer, PART).await?);
        let mut tx = self.begin(&context, Access::Read).await?;
        let found = query::find_kept(&mut tx, &[link.file]).await?.pop();
        tx.release();
        let row = found.ok_or_else(gone)?;
        Ok((link, row))
    }

    /// Its content, or these bytes of it.
    pub async fn read(
        &self,
        link: Link,
        range: Option<std::ops::Range<u64>>,
    ) -> AppResult<BoxStream<'static, AppResult<Bytes>>> {
        let content = self.0.depot.store.read(link, range).await?;
        content.ok_or_else(|| gone().with_cause(format!("no object of {}", link.file)))
    }

    async fn begin(&self, context: &Arc<TenantContext>, access: Access) -> AppResult<TenantTx> {
        let count = StatementCount::default();
        let begun = self.0.tenants.begin(Arc::clone(context), access, &count);
        Ok(begun.await?)
    }

    fn turn(&self) -> AppResult<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.0.depot.limits.turns).try_acquire_owned();
        turn.map_err(|_none_left| {
            let message = "too many files are being uploaded; try again";
            AppError::overloaded(message, Duration::from_secs(2))
        })
    }
}
