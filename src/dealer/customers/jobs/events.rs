//! What happens to jobs.

use super::model::{JobId, JobRow};
use crate::dealer::customers::model::CustomerId;
use crate::events::events;

events! {
    /// What readers learn of a job.
    pub struct JobFacts {
        /// The job.
        job: JobId,
        /// Whose job it is.
        customer: CustomerId,
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// Where it stands now.
        status: String,
        /// Counts the changes of the record.
        record_version: i32,
    }
    for Staff of customer:
    /// A job was added.
    JobCreated = "job.created", version 1;
    /// A job was changed.
    JobUpdated = "job.updated", version 1;
    /// A job was laid to rest.
    JobDeactivated = "job.deactivated", version 1;
    /// A job is not to be used any more.
    JobDisabled = "job.disabled", version 1;
    /// A job was finished.
    JobClosed = "job.closed", version 1;
    /// A job was taken up again.
    JobReopened = "job.reopened", version 1;
    /// A job was put on hold: nothing more is sold for it.
    JobHeld = "job.held", version 1;
    /// A job's hold was lifted.
    JobReleased = "job.released", version 1;
}

impl From<&JobRow> for JobFacts {
    fn from(row: &JobRow) -> Self {
        Self {
            job: row.id,
            customer: row.customer_id,
            code: row.code.clone(),
            name: row.name.clone(),
            status: row.status.as_str().to_owned(),
            record_version: row.version,
        }
    }
}
