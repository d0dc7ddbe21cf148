//! The surface of files: mutations.

use async_graphql::{Context, Object};

use super::graphql::{File, FileUpload};
use super::input::{FileUploadBeginInput, FileUploadInput};
use crate::error::{AppResult, ErrorCode, ServiceResult, UserError};
use crate::files::{Announced, FileRow, Files, Uploads};
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::tenancy::TenantTx;

payload! {
    /// Result of fileUpload.
    FileUploadPayload {
        /// The file; null if it was refused.
        file: File
    }
}

payload! {
    /// Result of fileUploadBegin.
    FileUploadBeginPayload {
        /// Where the content is brought; null if the file was refused.
        upload: FileUpload
    }
}

/// Mutations on files.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Keeps a file that is sent beside the operation, by the GraphQL multipart request
    /// specification. It is kept for a day unless it is attached.
    #[graphql(guard = P::FilesUpload, directive = has_permission::apply(P::FilesUpload))]
    async fn file_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: FileUploadInput,
    ) -> AppResult<FileUploadPayload> {
        let unit = ctx.unit()?;
        let uploads = ctx.data_opt::<Uploads>();
        let files = ctx.service()?;
        let result = keep(&mut *unit.tx().await?, files, uploads, &input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Announces a file, and gives a link to which its content is sent: for contents that
    /// a client does not want to send through an operation. Takes no Idempotency-Key: what
    /// is announced twice is forgotten after an hour if nothing comes.
    #[graphql(guard = P::FilesUpload, directive = has_permission::apply(P::FilesUpload))]
    async fn file_upload_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: FileUploadBeginInput,
    ) -> AppResult<FileUploadBeginPayload> {
        let unit = ctx.unit()?;
        let files = ctx.service()?;
        let result = begin(&mut *unit.tx().await?, files, input).await;
        Ok(unit.outcome(result)?.into())
    }
}

async fn keep(
    tx: &mut TenantTx,
    files: &Files,
    uploads: Option<&Uploads>,
    input: &FileUploadInput,
) -> ServiceResult<FileRow> {
    let arrived = uploads.and_then(|uploads| uploads.take(input.file.0));
    let arrived = arrived.ok_or_else(|| {
        let message = "send the file as a field of a multipart form, each file to one place";
        UserError::at(ErrorCode::BadUserInput, &["input", "file"], message)
    })?;
    Ok(files.keep(tx, &arrived).await?)
}

async fn begin(
    tx: &mut TenantTx,
    files: &Files,
    input: FileUploadBeginInput,
) -> ServiceResult<FileUpload> {
    let said = Announced {
        name: input.name,
        content_type: input.content_type,
        size: input.size,
    };
    let row = files.announce(tx, said).await?;
    let link = files.upload_url(tx.context(), row.id)?;
    Ok(FileUpload { id: row.id, link })
}
