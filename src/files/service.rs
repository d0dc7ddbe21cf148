//! Use cases of files.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::Stream;
use futures_util::stream::BoxStream;
use uuid::Uuid;

use super::arrival::{Arrived, Written};
use super::depot::{Depot, gone, sweep_after, sweep_now};
use super::limits::Turn;
use super::links::{Deed, Link, Links, SignedUrl};
use super::model::{FileId, FileRow, FileState};
use super::query;
use super::uploads::{Announced, Uploads};
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult};
use crate::jobs::Queue;
use crate::kernel::ids::DealerId;
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

    /// A link by which a record of the dealer's is read.
    pub fn record_url(
        &self,
        deed: Deed,
        context: &TenantContext,
        record: Uuid,
    ) -> AppResult<SignedUrl> {
        self.0.links.sign(deed, (context.dealer().id, record))
    }

    /// The dealer and record of such a link.
    pub fn record_of(&self, deed: Deed, token: &str) -> AppResult<(DealerId, Uuid)> {
        self.0.links.verify(deed, token)
    }

    /// Where content lies.
    pub fn depot(&self) -> &Depot {
        &self.0.depot
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
        let _turn = self.turn(context.dealer().id)?;
        let said = Announced {
            size: said.size.min(self.0.depot.limits.size),
            ..said
        };
        let mut tx = self.begin(context, Access::Write).await?;
        let (depot, queue) = (&self.0.depot, &self.0.queue);
        let row = depot.add(&mut tx, queue, said, FileState::Arriving).await;
        let row = row.map_err(Refusal::into_error)?;
        tx.commit().await?;
        let taken = depot.receive(context, &row, pieces).await;
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
        let _turn = self.turn(link.dealer)?;
        let context = Arc::new(self.0.directory.admit_system(link.dealer, PART).await?);
        let mut tx = self.begin(&context, Access::Write).await?;
        let row = query::find_awaited(&mut tx, link.file).await?;
        tx.rollback().await?;
        let row = row.ok_or_else(not_awaited)?;
        let depot = &self.0.depot;
        let mut written = depot.write(&context, &row, true, pieces).await?;
        let settled = self.settle(&context, &mut written).await;
        match &settled {
            Ok(_row) => self.tidy(link).await,
            Err(_error) => written.abandon().await,
        }
        settled
    }

    /// Keeps what a link has brought. Its row says so before the content is in its place,
    /// and commits afterwards: of two who bring the same at once, the second finds out here
    /// that he is, and touches nothing. Nobody has to say before that he is about to bring
    /// it, and then to live until he has.
    async fn settle(
        &self,
        context: &Arc<TenantContext>,
        written: &mut Written,
    ) -> AppResult<FileRow> {
        let mut tx = self.begin(context, Access::Write).await?;
        let until = tx.now() + LOOSE_FOR;
        let from = (FileState::Awaited, until);
        let kept = query::keep(&mut tx, &written.arrived, from).await?;
        let row = kept.ok_or_else(not_awaited)?;
        sweep_after(&mut tx, &self.0.queue, until).await?;
        written.finish().await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn tidy(&self, link: Link) {
        if let Err(error) = self.0.depot.store.tidy(link).await {
            tracing::warn!(?error, file = %link.file, "what was cut short of a file stays with it");
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

    /// The file that a link names, if it is there.
    pub async fn find(&self, token: &str) -> AppResult<(Link, FileRow)> {
        let link = self.0.links.read(Deed::Download, token)?;
        let context = Arc::new(self.0.directory.admit_for_reader(link.dealer, PART).await?);
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

    fn turn(&self, dealer: DealerId) -> AppResult<Turn> {
        self.0.depot.limits.turn(dealer).ok_or_else(|| {
            let message = "too many files are being uploaded; try again";
            AppError::overloaded(message, Duration::from_secs(2))
        })
    }
}

fn not_awaited() -> AppError {
    let message = "the content has come already, or came too late";
    AppError::new(ErrorCode::Conflict, message)
}
