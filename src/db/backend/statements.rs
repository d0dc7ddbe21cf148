//! The prepared statements of one connection, the least recently used of which
//! are closed.

use std::any::TypeId;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use lru::LruCache;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Statement};

/// Whose statement it is, and which query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// None where a statement serves all dealers.
    pub(super) owner: Option<Arc<str>>,
    pub(super) query: QueryKey,
}

/// Which query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum QueryKey {
    /// Queries of one Rust type have one text.
    Type(TypeId),
    /// The text and the types of its values.
    Text(Arc<str>, Vec<Type>),
}

/// The types of a statement's columns, by number.
pub(super) type ColumnTypes = Arc<[NonZeroU32]>;

/// A statement as the server keeps it. When the last copy of one is dropped, the
/// driver has the server close it.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) statement: Statement,
    pub(super) sql: Arc<str>,
    pub(super) types: ColumnTypes,
}

impl Prepared {
    pub(super) fn new(statement: Statement, sql: Arc<str>) -> Self {
        let oid = |column: &tokio_postgres::Column| NonZeroU32::new(column.type_().oid());
        let types = statement.columns().iter().filter_map(oid).collect();
        Self {
            statement,
            sql,
            types,
        }
    }
}

/// Prepared statements by owner and query.
pub(crate) struct Statements {
    kept: LruCache<Key, Prepared>,
    prepared: u64,
    evicted: u64,
}

impl Statements {
    pub(super) fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self {
            kept: LruCache::new(capacity),
            prepared: 0,
            evicted: 0,
        }
    }

    /// The statement, which thereby is the last to go.
    pub(super) fn get(&mut self, key: &Key) -> Option<Prepared> {
        self.kept.get(key).cloned()
    }

    /// Keeps what has proved itself and forgets what has not: a statement whose
    /// tables have changed, or that somebody between here and the server lost,
    /// fails for ever.
    pub(super) fn note(&mut self, key: Option<Key>, prepared: Prepared, fault: Option<&Error>) {
        let Some(key) = key else { return };
        let is_lost = |error: &Error| {
            error.code().is_some_and(|code| {
                *code == SqlState::FEATURE_NOT_SUPPORTED
                    || *code == SqlState::INVALID_SQL_STATEMENT_NAME
            })
        };
        if fault.is_some_and(is_lost) {
            self.kept.pop(&key);
        } else if self.kept.peek(&key).is_none() {
            self.prepared += 1;
            if self.kept.push(key, prepared).is_some() {
                self.evicted += 1;
            }
        }
    }

    /// Forgets all: the connection they were prepared on is another.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Closes the least recently used half.
    pub(crate) fn shrink(&mut self) {
        let goal = self.kept.len() / 2;
        while self.kept.len() > goal && self.kept.pop_lru().is_some() {
            self.evicted += 1;
        }
    }

    /// Statements kept.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    /// Statements prepared and closed since this was last asked.
    pub(crate) const fn take_counts(&mut self) -> (u64, u64) {
        let counts = (self.prepared, self.evicted);
        (self.prepared, self.evicted) = (0, 0);
        counts
    }
}
