//! Inputs of attachments.

use async_graphql::{ID, InputObject};

use super::model::AttachmentId;
use crate::files::FileId;
use crate::graphql::idempotency::IdempotencyKey;

/// A file to attach.
#[derive(InputObject, Debug)]
pub struct AttachmentAddInput {
    /// The record; at present a product.
    pub record_id: ID,
    /// The file, which has been uploaded.
    pub file_id: FileId,
    /// What it shows, at most 200 characters.
    pub caption: Option<String>,
    /// Whether people of customers may see it at the portal.
    #[graphql(default)]
    pub is_public: bool,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which file to take off.
#[derive(InputObject, Debug)]
pub struct AttachmentRemoveInput {
    /// The attachment.
    pub id: AttachmentId,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
