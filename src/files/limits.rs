//! How much of files there may be.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::config::FileSettings;

/// How much there may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub(super) size: i64,
    /// Bytes of all files of a dealer.
    pub(super) total: i64,
    /// Files at one record.
    pub(super) per_record: usize,
    /// Uploads at once.
    pub(super) turns: Arc<Semaphore>,
}

impl From<&FileSettings> for Limits {
    fn from(settings: &FileSettings) -> Self {
        let bytes = |mib: u32| i64::from(mib).saturating_mul(1 << 20);
        Self {
            size: bytes(settings.max_file_mib),
            total: bytes(settings.files_per_dealer_mib),
            per_record: settings.max_files_per_record,
            turns: Arc::new(Semaphore::new(settings.max_uploads)),
        }
    }
}
