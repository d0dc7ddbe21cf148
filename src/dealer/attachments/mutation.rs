//! The surface of attachments: mutations.

use async_graphql::{Context, Object};

use super::graphql::Attachment;
use super::input::{AttachmentAddInput, AttachmentRemoveInput};
use super::service;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::payload::payload;
use crate::graphql::permit::{AnyCaller, for_any_caller};

payload! {
    /// Result of attachmentAdd.
    AttachmentAddPayload {
        /// The attachment; null if it was refused.
        attachment: Attachment
    }
}

payload! {
    /// Result of attachmentRemove.
    AttachmentRemovePayload {
        /// What was taken off; null if it was refused.
        attachment: Attachment
    }
}

/// Mutations on attachments.
#[derive(Default)]
pub struct AttachmentMutation;

#[Object]
impl AttachmentMutation {
    /// Attaches a file to a record. Needs the permission to change the record.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn attachment_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file to which record.")] input: AttachmentAddInput,
    ) -> AppResult<AttachmentAddPayload> {
        let unit = ctx.unit()?;
        let result = service::add(&mut *unit.tx().await?, ctx.service()?, input).await;
        Ok(unit.outcome(result)?.into())
    }

    /// Takes a file off a record. Needs the permission to change the record. A file that
    /// is at no other record is deleted.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn attachment_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: AttachmentRemoveInput,
    ) -> AppResult<AttachmentRemovePayload> {
        let unit = ctx.unit()?;
        let result = service::remove(&mut *unit.tx().await?, ctx.service()?, input).await;
        Ok(unit.outcome(result)?.into())
    }
}
