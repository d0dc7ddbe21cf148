//! Where content lies: a folder, or a bucket of a store that speaks S3.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutMultipartOptions,
};
use secrecy::ExposeSecret;

use super::folder::Folder;
use super::links::Link;
use super::wire::Wire;
use crate::config::{ConfigError, FileSettings};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::ids::DealerId;

/// Written to a folder at once.
const FOLDER_PIECE: usize = 256 * 1024;
/// Least part of an object that S3 takes, but for the last.
const BUCKET_PIECE: usize = 5 * 1024 * 1024;

/// Content, by dealer and file.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    piece: usize,
    folder: Option<Arc<Folder>>,
}

/// Content on its way into the store. Until [`Writer::finish`] nobody sees it.
pub(super) struct Writer {
    store: Store,
    key: Path,
    upload: Option<Box<dyn MultipartUpload>>,
    piece: BytesMut,
}

impl Store {
    /// The store that the settings name; a folder is made if there is none. What is
    /// written to it has reached the disk when it is acknowledged.
    pub fn open(settings: &FileSettings, tls: rustls::ClientConfig) -> Result<Self, ConfigError> {
        match &settings.files_s3_bucket {
            Some(bucket) => Self::bucket(bucket, settings, tls),
            None => Self::folder(settings),
        }
    }

    fn folder(settings: &FileSettings) -> Result<Self, ConfigError> {
        let dir = &settings.files_dir;
        let unusable = |error: &dyn std::fmt::Display| {
            let message = format!("{}: {error}; name a folder to write to", dir.display());
            ConfigError::new("--files-dir", message)
        };
        std::fs::create_dir_all(dir).map_err(|error| unusable(&error))?;
        let folder = LocalFileSystem::new_with_prefix(dir).map_err(|error| unusable(&error))?;
        Ok(Self {
            objects: Arc::new(folder.with_fsync(true)),
            piece: FOLDER_PIECE,
            folder: Some(Arc::new(Folder::new(dir))),
        })
    }

    fn bucket(
        name: &str,
        settings: &FileSettings,
        tls: rustls::ClientConfig,
    ) -> Result<Self, ConfigError> {
        let key_id = settings.files_s3_key_id.as_deref().unwrap_or_default();
        let key = settings.files_s3_secret_key.as_ref();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_region(&settings.files_s3_region)
            .with_access_key_id(key_id)
            .with_secret_access_key(key.map(ExposeSecret::expose_secret).unwrap_or_default())
            .with_http_connector(Wire::new(tls));
        if let Some(endpoint) = &settings.files_s3_endpoint {
            // `validate` lets this machine only be spoken to in plain text.
            builder = builder.with_endpoint(endpoint).with_allow_http(true);
        }
        let unusable = |error: object_store::Error| {
            ConfigError::new("--files-s3-bucket", format!("can not be used: {error}"))
        };
        Ok(Self {
            objects: Arc::new(builder.build().map_err(unusable)?),
            piece: BUCKET_PIECE,
            folder: None,
        })
    }

    /// Begins to write the content of a file.
    pub(super) fn writer(&self, link: Link) -> Writer {
        Writer {
            store: self.clone(),
            key: key(link),
            upload: None,
            piece: BytesMut::new(),
        }
    }

    /// The content of a file, or a range of its bytes; none if it is not there.
    pub(super) async fn read(
        &self,
        link: Link,
        range: Option<Range<u64>>,
    ) -> AppResult<Option<BoxStream<'static, AppResult<Bytes>>>> {
        let options = GetOptions::new().with_range(range.map(GetRange::Bounded));
        match self.objects.get_opts(&key(link), options).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(unavailable).boxed())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Removes what processes that were killed have written of a file.
    pub(super) async fn tidy(&self, link: Link) -> AppResult<()> {
        match &self.folder {
            Some(folder) => folder.tidy(link).await,
            None => Ok(()),
        }
    }

    /// Deletes the content of a file, if it is there.
    pub(super) async fn delete(&self, link: Link) -> AppResult<()> {
        self.tidy(link).await?;
        match self.objects.delete(&key(link)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// Deletes all of a dealer's content.
    pub(super) async fn delete_all(&self, dealer: DealerId) -> AppResult<u64> {
        let prefix = Path::from(dealer.to_string());
        let listed = self.objects.list(Some(&prefix));
        let keys = listed.map_ok(|meta| meta.location).boxed();
        let gone = self.objects.delete_stream(keys);
        let count = gone.try_fold(0_u64, async |count, _key| Ok(count.saturating_add(1)));
        let count = count.await.map_err(unavailable)?;
        if let Some(folder) = &self.folder {
            folder.remove(dealer).await?;
        }
        Ok(count)
    }

    /// Copies the content of a file of one dealer to the same file of another; whether
    /// it was there.
    pub(super) async fn copy(&self, from: Link, to: DealerId) -> AppResult<bool> {
        let target = Link { dealer: to, ..from };
        match self.objects.copy(&key(from), &key(target)).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(unavailable(error)),
        }
    }
}

impl Writer {
    /// Takes the next piece.
    pub(super) async fn write(&mut self, data: &[u8]) -> AppResult<()> {
        self.piece.extend_from_slice(data);
        // Parts of one length, which some stores insist on.
        while self.piece.len() >= self.store.piece {
            let part = self.piece.split_to(self.store.piece).freeze();
            self.part(part).await?;
        }
        Ok(())
    }

    async fn part(&mut self, part: Bytes) -> AppResult<()> {
        let mut upload = if let Some(upload) = self.upload.take() {
            upload
        } else {
            let options = PutMultipartOptions::default();
            let begun = self.store.objects.put_multipart_opts(&self.key, options);
            begun.await.map_err(unavailable)?
        };
        let sent = upload.put_part(part.into()).await;
        self.upload = Some(upload);
        sent.map_err(unavailable)
    }

    /// Makes the content last, then seen.
    pub(super) async fn finish(&mut self) -> AppResult<()> {
        let rest = self.piece.split().freeze();
        if self.upload.is_none() {
            let put = self.store.objects.put(&self.key, rest.into()).await;
            return put.map(|_put| ()).map_err(unavailable);
        }
        if !rest.is_empty() {
            self.part(rest).await?;
        }
        let Some(mut upload) = self.upload.take() else {
            return Ok(());
        };
        if let Err(error) = upload.complete().await {
            self.upload = Some(upload);
            return Err(unavailable(error));
        }
        Ok(())
    }

    /// Takes back what was written.
    pub(super) async fn abandon(&mut self) {
        if let Some(upload) = &mut self.upload
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, key = %self.key, "parts of a file stay in the object store");
        }
    }
}

/// Under which content lies.
fn key(link: Link) -> Path {
    Path::from_iter([link.dealer.to_string(), link.file.to_string()])
}

fn unavailable(error: object_store::Error) -> AppError {
    AppError::new(
        ErrorCode::Unavailable,
        "the store of files can not be reached",
    )
    .with_cause(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::model::FileId;

    #[test]
    fn keys_begin_with_the_dealer() {
        let link = Link {
            dealer: DealerId::generate(),
            file: FileId::generate(),
        };
        assert_eq!(
            key(link).to_string(),
            format!("{}/{}", link.dealer, link.file)
        );
    }
}
