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
            run: Box::new(run),
        };
        self.kinds.insert(K::NAME, entry);
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

    /// How each kind has fared on this node.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, &KindFigures)> {
        self.entries().map(|entry| (entry.name, &entry.figures))
    }
}
