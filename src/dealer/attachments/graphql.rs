//! The surface of attachments: objects.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::loader::AttachmentsByRecord;
use super::model::AttachmentRow;
use crate::dealer::files::graphql::File;
use crate::error::AppResult;
use crate::files::FileRow;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::open_to_all;

/// A file at a record.
pub struct Attachment(AttachmentRow, FileRow);

impl From<(AttachmentRow, FileRow)> for Attachment {
    fn from((row, file): (AttachmentRow, FileRow)) -> Self {
        Self(row, file)
    }
}

/// A file at a record.
#[Object(directive = open_to_all::apply())]
impl Attachment {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The file.
    async fn file(&self) -> File {
        File(self.1.clone())
    }

    /// What it shows.
    async fn caption(&self) -> Option<&str> {
        self.0.caption.as_deref()
    }

    /// Whether people of customers may see it at the portal.
    async fn is_public(&self) -> bool {
        self.0.is_public
    }

    /// When it was attached.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The files at a record whose id begins with `entity`.
pub async fn attachments_of(
    ctx: &Context<'_>,
    entity: &'static str,
    id: Uuid,
) -> AppResult<Vec<Attachment>> {
    let key = AttachmentsByRecord { entity, id };
    let rows = ctx.unit()?.load_list(key).await?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}
