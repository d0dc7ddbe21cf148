//! Files on their way to a row that is kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::arrival::Arrived;
use super::model::FileId;

/// What a client says of a file that is to come.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size: i64,
}

/// Content that came with an operation, until a resolver takes it.
#[derive(Clone, Default)]
pub struct Uploads(Arc<Mutex<HashMap<FileId, Arrived>>>);

impl Uploads {
    /// Adds one.
    pub fn put(&self, arrived: Arrived) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(arrived.link.file, arrived);
    }

    /// Takes one, if it is there.
    pub fn take(&self, id: FileId) -> Option<Arrived> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&id)
    }

    /// Takes all that are left.
    pub(super) fn rest(&self) -> Vec<FileId> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.drain().map(|(id, _arrived)| id).collect()
    }
}
