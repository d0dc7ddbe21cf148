//! Inputs of files.

use async_graphql::InputObject;

use super::upload::Upload;
use crate::graphql::idempotency::IdempotencyKey;

/// A file to keep.
#[derive(InputObject, Debug)]
pub struct FileUploadInput {
    /// The file, at most as large as the server's limit.
    pub file: Upload,
    /// A key of your making: the same file under the same key is kept once.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A file whose content comes by a link.
#[derive(InputObject, Debug)]
pub struct FileUploadBeginInput {
    /// Its name.
    pub name: String,
    /// Its media type, as in image/jpeg; by the ending of the name if left out.
    pub content_type: Option<String>,
    /// Its size in bytes, exactly.
    pub size: i64,
}
