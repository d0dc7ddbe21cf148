//! The documents that are taken where no others are.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::DocumentHash;

/// Documents by their hash; nothing else is taken where there is a set of them, and
/// nothing at all until it has been read.
#[derive(Debug, Default)]
pub struct Trusted(RwLock<HashMap<DocumentHash, Arc<str>>>);

impl Trusted {
    /// The text of this hash.
    pub fn text(&self, hash: &DocumentHash) -> Option<Arc<str>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(hash).cloned()
    }

    /// Takes these from now on, and only these.
    pub fn replace(&self, all: HashMap<DocumentHash, Arc<str>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }
}
