//! A run over many dealers: some workers, each with one dealer at a time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::error::MigrateError;
use super::failures::record;
use super::queue::{Queue, Task};
use super::report::{Event, Options, Report, Stopped};
use super::revert::revert_target;
use super::set::MigrationSet;
use super::step::migrate_target;
use super::survey::{Survey, Target, survey, targets};
use crate::db::owner::OwnerPool;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;

/// What is done to each dealer.
#[derive(Clone, Copy)]
struct Job<'a> {
    /// Gives the versions that changed.
    work: &'a (dyn Fn(&Target) -> Result<Vec<String>, MigrateError> + Sync),
    /// Whether a failure goes on record, as that of somebody who is behind.
    is_recorded: bool,
}

/// Migrates dealers over the owner's connections. Blocks.
pub struct Runner<'a> {
    /// Connections that may change schemas.
    pub owner: &'a OwnerPool,
    /// The time of failures.
    pub clock: &'a Clock,
    /// How to go about it.
    pub options: &'a Options,
    /// Hears of the progress.
    pub seen: &'a (dyn Fn(Event) + Sync),
}

impl Runner<'_> {
    /// Brings all schemas that are behind up to date. A dealer who fails is
    /// recorded, and the others go on. Several runs at once share the work.
    pub fn migrate(&self, set: &MigrationSet) -> Result<Report, MigrateError> {
        let survey = self.survey(set)?;
        let work = |target: &Target| migrate_target(self.owner, set, target, self.options);
        let total = survey.total();
        let job = Job {
            work: &work,
            is_recorded: true,
        };
        self.in_phases(survey.behind, total, job)
    }

    /// Takes back the last migration of the dealers named in the options.
    pub fn revert(&self, set: &MigrationSet) -> Result<Report, MigrateError> {
        let only = &self.options.only;
        let named = self.owner.run_blocking(|conn| targets(conn, only))?;
        let work = |target: &Target| revert_target(self.owner, set, target, self.options);
        let total = named.len();
        let job = Job {
            work: &work,
            is_recorded: false,
        };
        self.in_phases(named, total, job)
    }

    /// Where the dealers of the options stand.
    pub fn survey(&self, set: &MigrationSet) -> Result<Survey, MigrateError> {
        let only = &self.options.only;
        self.owner.run_blocking(|conn| survey(conn, set, only))
    }

    /// The canaries; if they are well, the others; and at the end those of whom it
    /// is known that they fail. So these neither are canaries nor use up the
    /// failures that a run may have, before everybody else has had his turn.
    fn in_phases(
        &self,
        targets: Vec<Target>,
        dealers: usize,
        job: Job<'_>,
    ) -> Result<Report, MigrateError> {
        (self.seen)(Event::Begins(targets.len()));
        let (known, mut canaries): (Vec<_>, Vec<_>) =
            targets.into_iter().partition(|target| target.has_failed);
        let others = canaries.split_off(self.options.canary.min(canaries.len()));
        let mut report = Report {
            dealers,
            ..Report::default()
        };
        report = self.phase(canaries, report, job)?;
        let is_more = !others.is_empty() || !known.is_empty();
        if !report.failed.is_empty() && is_more {
            report.stopped = Some(Stopped::Canary);
        }
        for targets in [others, known] {
            if report.stopped.is_some() {
                report.left += targets.len();
            } else {
                report = self.phase(targets, report, job)?;
            }
        }
        Ok(report)
    }

    fn phase(
        &self,
        targets: Vec<Target>,
        report: Report,
        job: Job<'_>,
    ) -> Result<Report, MigrateError> {
        let connections = usize::try_from(self.owner.size()).unwrap_or(1);
        let workers = self.options.jobs.min(connections).min(targets.len());
        let phase = Phase {
            runner: self,
            job,
            queue: Queue::new(targets),
            report: Mutex::new(report),
            fault: Mutex::new(None),
        };
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| phase.work());
            }
        });
        let mut report = phase
            .report
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        report.left += phase.queue.left();
        let fault = phase
            .fault
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        fault.map_or(Ok(report), Err)
    }
}

/// What the workers of a run share.
struct Phase<'a> {
    runner: &'a Runner<'a>,
    job: Job<'a>,
    queue: Queue,
    report: Mutex<Report>,
    fault: Mutex<Option<MigrateError>>,
}

impl Phase<'_> {
    fn work(&self) {
        while let Some(mut task) = self.queue.take() {
            task.attempts += 1;
            let outcome = (self.job.work)(&task.target);
            self.settle(task, outcome);
        }
    }

    fn settle(&self, mut task: Task, outcome: Result<Vec<String>, MigrateError>) {
        match outcome {
            Ok(versions) => {
                let mut report = lock(&self.report);
                if versions.is_empty() {
                    report.elsewhere += 1;
                } else {
                    report.changed += 1;
                }
            }
            Err(error) if error.is_everybodys() => {
                lock(&self.fault).get_or_insert(error);
                self.queue.stop();
            }
            // However long the builds of others take.
            Err(MigrateError::IndexTurn) => return self.queue.set_aside(task),
            Err(error) if error.is_passing() => {
                let first = *task.first_tried.get_or_insert_with(Instant::now);
                if first.elapsed() < self.runner.options.patience {
                    lock(&self.report).retries += 1;
                    self.queue.set_aside(task);
                    return;
                }
                self.fail(&task, gave_up(&error, task.attempts));
            }
            Err(error) => self.fail(&task, error),
        }
        (self.runner.seen)(Event::Done);
        self.queue.done();
    }

    fn fail(&self, task: &Task, error: MigrateError) {
        let dealer = task.target.dealer;
        tracing::error!(%dealer, %error, "not migrated");
        // Whoever is at work there has the say about that dealer.
        if self.job.is_recorded && !matches!(error, MigrateError::Busy) {
            self.record(dealer, &error);
        }
        let mut report = lock(&self.report);
        report.failed.push((dealer, error));
        let failed = report.failed.len();
        if self
            .runner
            .options
            .pause_on_errors
            .is_some_and(|limit| failed >= limit)
        {
            report.stopped = Some(Stopped::Errors);
            self.queue.stop();
        }
    }

    fn record(&self, dealer: DealerId, error: &MigrateError) {
        let (owner, now) = (self.runner.owner, self.runner.clock.now());
        let recorded = owner.run_blocking(|conn| record(conn, dealer, error, now));
        if let Err(fault) = recorded {
            tracing::error!(%dealer, error = %fault, "the failure could not be recorded");
        }
    }
}

fn gave_up(error: &MigrateError, attempts: u32) -> MigrateError {
    match error {
        MigrateError::Busy => MigrateError::Busy,
        _ => MigrateError::InUse { attempts },
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
