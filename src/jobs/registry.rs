//! The kinds of jobs that a program can do, and what recurs.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::context::JobContext;
use super::cron::{Cron, Missed, Schedule};
use super::figures::KindFigures;
use super::kind::{JobError, JobKind, JobResult, Limits};
use super::order::JobOrder;

type Running = BoxFuture<'static, JobResult>;
type Run = dyn Fn(JobContext, Value) -> Running + Send + Sync;

/// A kind, without its type.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) limits: Limits,
    pub(super) figures: KindFigures,
    heir: Option<&'static str>,
    run: Box<Run>,
}

/// Kinds of jobs by name. A worker takes no others.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Entry>,
    crons: Vec<Cron>,
}

impl Entry {
    pub(super) fn run(&self, job: JobContext, payload: Value) -> Running {
        (self.run)(job, payload)
    }
}

impl Registry {
    /// With this kind, too.
    #[must_use]
    pub fn with<K: JobKind>(mut self, kind: K) -> Self {
        let kind = Arc::new(kind);
        let run = move |job: JobContext, payload: Value| -> Running {
            let kind = Arc::clone(&kind);
            Box::pin(async move {
                let unreadable = |error| JobError::Never(format!("payload: {error}"));
                let payload = serde_json::from_value(payload).map_err(unreadable)?;
                kind.run(job, payload).await
            })
        };
        let entry = Entry {
            name: K::NAME,
            limits: K::LIMITS,
            figures: KindFigures::default(),
            heir: None,
            run: Box::new(run),
        };
        self.kinds.insert(K::NAME, entry);
        self
    }

    /// With a job of the kind `H` whenever one of the kind `K` has died, however it did:
    /// it is told the same, and ends what the dead one has begun. Both are here already.
    #[must_use]
    pub fn heir<K: JobKind, H: JobKind<Payload = K::Payload>>(mut self) -> Self {
        if let Some(entry) = self.kinds.get_mut(K::NAME) {
            entry.heir = Some(H::NAME);
        }
        self
    }

    /// With a job of the kind `K` at each time of `schedule`, told what `payload`
    /// makes of that time. The kind's name is that of the schedule, too.
    #[must_use]
    pub fn recurring<K: JobKind>(
        mut self,
        schedule: Schedule,
        missed: Missed,
        payload: fn(DateTime<Utc>) -> K::Payload,
    ) -> Self {
        self.crons.push(Cron {
            name: K::NAME,
            schedule,
            missed,
            order: Box::new(move |slot| JobOrder::of::<K>(&payload(slot))),
        });
        self
    }

    /// What recurs.
    pub(super) fn crons(&self) -> &[Cron] {
        &self.crons
    }

    pub(super) fn entry(&self, kind: &str) -> Option<&Entry> {
        self.kinds.get(kind)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.kinds.values()
    }

    /// What is ordered when one of this kind dies.
    pub(super) fn heir_of(&self, kind: &str) -> Option<&Entry> {
        self.entry(self.entry(kind)?.heir?)
    }

    /// Whether it can do jobs of this kind.
    pub fn knows(&self, kind: &str) -> bool {
        self.kinds.contains_key(kind)
    }

    /// How each kind has fared on this node.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, &KindFigures)> {
        self.entries().map(|entry| (entry.name, &entry.figures))
    }
}
