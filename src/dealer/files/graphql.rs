//! The surface of files: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::loader::FileById;
use crate::error::{AppError, AppResult};
use crate::files::{FileId, FileRow, Files, SignedUrl};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission, open_to_all};
use crate::kernel::hex;

/// Something that was uploaded.
#[derive(Clone)]
pub struct File(pub FileRow);

impl From<FileRow> for File {
    fn from(row: FileRow) -> Self {
        Self(row)
    }
}

/// Something that was uploaded. Who may see what it is attached to may see it.
#[Object(directive = open_to_all::apply())]
impl File {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its name, with an ending that fits its type.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its media type, which its content was held against.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// Its size in bytes.
    async fn size(&self) -> i64 {
        self.0.size
    }

    /// SHA-256 of its content, in hexadecimal digits.
    async fn sha256(&self) -> AppResult<String> {
        let hash = self.0.sha256.as_deref().map(hex::encode);
        hash.ok_or_else(|| AppError::internal("a kept file without a hash"))
    }

    /// Where its content is read, without a token, for five minutes from now.
    async fn url(&self, ctx: &Context<'_>) -> AppResult<String> {
        let (unit, files) = (ctx.unit()?, ctx.service::<Files>()?);
        let link = files.download_url(unit.context(), self.0.id)?.url;
        unit.note_link(&link, &self.0.id.to_string());
        Ok(link)
    }

    /// When it was uploaded.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Where the content of an announced file is brought.
pub struct FileUpload {
    /// The file.
    pub id: FileId,
    /// The link.
    pub link: SignedUrl,
}

/// Where the content of an announced file is brought.
#[Object(directive = open_to_all::apply())]
impl FileUpload {
    /// Id that the file will have.
    async fn file_id(&self) -> ID {
        self.id.into()
    }

    /// PUT the content here, with its exact length and without a token. Once it is
    /// answered with 200, the file is there, and is kept for a day unless it is attached.
    /// What was cut short may be sent again.
    async fn url(&self) -> &str {
        &self.link.url
    }

    /// Until when that has to begin.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.link.expires_at
    }
}

/// Queries on files.
#[derive(Default)]
pub struct FileQuery;

#[Object]
impl FileQuery {
    /// One file; null if there is none, or its content has not come yet.
    #[graphql(guard = P::FilesUpload, directive = has_permission::apply(P::FilesUpload))]
    async fn file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: FileId,
    ) -> AppResult<Option<File>> {
        let unit = ctx.unit()?;
        if unit.context().customer().is_some() {
            // What he may see he finds where it is attached.
            return Ok(None);
        }
        Ok(unit.load(FileById(id)).await?.map(File))
    }
}
