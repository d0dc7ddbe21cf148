//! Hop 5: loaders, which turn N lookups of siblings into one statement.
//!
//! A lookup is a key type with a batch function; there is no registry. Loaders
//! live in a unit of work, so they can not outlive their dealer, and they read
//! through the unit's transaction, so inside a mutation they see its writes.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use dataloader::BatchFn;
use dataloader::cached::Loader;

use super::scope::Trace;
use crate::error::{AppError, AppResult};
use crate::tenancy::{SharedTx, TenantTx};

/// How often a loader yields to let siblings add their keys. Measured: 0 loses
/// the batching, 10 (the crate's default) wakes every sibling ten times; a test
/// counts statements at this value.
const YIELDS: usize = 3;

/// Most keys of one statement. A page holds at most 200 rows, and a level
/// below it may have some keys per row.
const MAX_BATCH: usize = 1000;

/// A new leader takes over when the one that ran the batch was cancelled. More
/// than a few in a row means that something else is wrong.
const MAX_LEADERS: usize = 16;

/// A lookup by key: what `ProductById` is, and how many are fetched at once.
pub trait LoaderKey: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// What stands behind a key.
    type Value: Clone + Send + Sync + 'static;

    /// Fetches the values of `keys` in one statement. A key without a value is
    /// left out of the map.
    fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> impl Future<Output = AppResult<HashMap<Self, Self::Value>>> + Send;
}

/// A lookup by key in `S`, whatever that is. A shop's keys are [`LoaderKey`]s.
pub trait Lookup<S>: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// What stands behind a key.
    type Found: Clone + Send + Sync + 'static;

    /// Fetches what stands behind `keys` in one statement. A key without a value
    /// is left out of the map.
    fn fetch(
        source: &S,
        keys: &[Self],
    ) -> impl Future<Output = AppResult<HashMap<Self, Self::Found>>> + Send;
}

impl<K: LoaderKey> Lookup<Arc<SharedTx>> for K {
    type Found = K::Value;

    async fn fetch(tx: &Arc<SharedTx>, keys: &[Self]) -> AppResult<HashMap<Self, Self::Found>> {
        K::load_batch(&mut *tx.lock().await?, keys).await
    }
}

type Loaded<S, K> = AppResult<Option<<K as Lookup<S>>::Found>>;
type Entry<S, K> = Loader<K, Loaded<S, K>, Batch<S>>;

/// The loaders of one unit of work, made as they are asked for.
pub struct LoaderSet<S> {
    source: S,
    trace: Trace,
    loaders: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
}

impl<S: Clone + Send + Sync + 'static> LoaderSet<S> {
    /// Loaders that look their keys up in `source`.
    pub fn new(source: S, trace: Trace) -> Self {
        Self {
            source,
            trace,
            loaders: Mutex::new(HashMap::new()),
        }
    }

    /// What stands behind `key`, fetched together with the keys of its siblings.
    pub async fn load<K: Lookup<S>>(&self, key: K) -> Loaded<S, K> {
        let loader = self.loader::<K>()?;
        for _ in 0..MAX_LEADERS {
            // The task that runs a batch may be a sibling whose branch is
            // cancelled when a third one fails. `load` would panic in those
            // who waited for it; `try_load` says so, and the next one leads. Boxed:
            // else every field of an object would carry the statements of all.
            if let Ok(loaded) = Box::pin(loader.try_load(key.clone())).await {
                return loaded;
            }
        }
        Err(AppError::internal(format!("no batch finished for {key:?}")))
    }

    fn loader<K: Lookup<S>>(&self) -> AppResult<Entry<S, K>> {
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        loaders
            .entry(TypeId::of::<K>())
            .or_insert_with(|| {
                self.trace.note_loader(short_name::<K>());
                Box::new(self.new_loader::<K>())
            })
            .downcast_ref::<Entry<S, K>>()
            .cloned()
            .ok_or_else(|| AppError::internal("a loader of another key type"))
    }

    fn new_loader<K: Lookup<S>>(&self) -> Entry<S, K> {
        Loader::new(Batch(self.source.clone()))
            .with_yield_count(YIELDS)
            .with_max_batch_size(MAX_BATCH)
    }
}

struct Batch<S>(S);

impl<S: Send + Sync, K: Lookup<S>> BatchFn<K, Loaded<S, K>> for Batch<S> {
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Loaded<S, K>> {
        // Every key gets an answer: the crate takes a missing one for a fault.
        match K::fetch(&self.0, keys).await {
            Ok(mut values) => keys
                .iter()
                .map(|key| (key.clone(), Ok(values.remove(key))))
                .collect(),
            Err(error) => keys
                .iter()
                .map(|key| (key.clone(), Err(error.clone())))
                .collect(),
        }
    }
}

fn short_name<K>() -> &'static str {
    let name = std::any::type_name::<K>();
    name.rsplit("::").next().unwrap_or(name)
}

/// The rows under their key, for lookups with at most one row per key.
pub fn by_key<K: Eq + Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, R> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// The rows under their key, in the order they came.
pub fn group_by_key<K: Eq + Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    let mut groups: HashMap<K, Vec<R>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
