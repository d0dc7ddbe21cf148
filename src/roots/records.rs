//! The parts of the schema on files, bulk operations, the audit log and the feed of events.

use async_graphql::MergedObject;

use crate::dealer::attachments::events::{AttachmentAdded, AttachmentRemoved};
use crate::dealer::attachments::mutation::AttachmentMutation;
use crate::dealer::audit::graphql::AuditQuery;
use crate::dealer::bulk::events::{BulkOperationAdvanced, BulkOperationEnded};
use crate::dealer::bulk::graphql::BulkQuery;
use crate::dealer::bulk::mutation::BulkMutation;
use crate::dealer::feed::graphql::FeedQuery;
use crate::dealer::files::graphql::FileQuery;
use crate::dealer::files::mutation::FileMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    AttachmentAdded::KIND,
    AttachmentRemoved::KIND,
    BulkOperationAdvanced::KIND,
    BulkOperationEnded::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct RecordQueries(AuditQuery, BulkQuery, FeedQuery, FileQuery);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct RecordMutations(AttachmentMutation, BulkMutation, FileMutation);
