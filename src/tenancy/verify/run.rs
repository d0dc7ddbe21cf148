//! A verification of many dealers, some at a time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::catalogue::{Fact, Standing, facts, snapshot, standings};
use super::difference::{Difference, differences};
use super::template::template;
use crate::db::error::DbError;
use crate::db::owner::{OwnerConn, OwnerPool};
use crate::kernel::ids::DealerId;
use crate::tenancy::migrate::{MigrateError, MigrationSet, Target};

/// Schemas asked about in one query, over one connection: what a backend has
/// learnt of a schema it keeps to its end.
const BATCH: usize = 200;
/// Most fingerprints of which the differences are kept.
const MOST_KNOWN: usize = 1000;
/// Most looks at a schema that changes meanwhile.
const MOST_LOOKS: usize = 5;

/// A dealer whose schema is not the newest, or not as it should be.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Whose.
    pub dealer: DealerId,
    /// Name of the schema.
    pub schema: String,
    /// Newest migration in it.
    pub version: Option<String>,
    /// How it stands to the migrations.
    pub seen: Seen,
}

/// How a schema stands to the migrations of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// As an older version makes it: it waits for its migration.
    Behind,
    /// Its version is of another program, which knows what it should be.
    Unknown,
    /// Not as its version makes it.
    Drifted(Arc<[Difference]>),
    /// It was being changed all the time.
    Busy,
}

/// How many dealers were looked at, and how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All that have a schema, spares included.
    pub dealers: usize,
    /// Those at an older version, drifted or not.
    pub behind: usize,
    /// Those at a version that this program does not know.
    pub unknown: usize,
    /// Those who are not as their version makes them.
    pub drifted: usize,
    /// Those whose schema did not stand still.
    pub busy: usize,
}

/// Compares dealers' schemas with what their migrations make. Blocks.
pub struct Verifier<'a> {
    /// Opens connections that may read all schemas.
    pub owner: &'a OwnerPool,
    /// Login role of the request pool.
    pub request_role: &'a str,
    /// What should be.
    pub set: &'a MigrationSet,
    /// Schemas are read over so many connections at once.
    pub jobs: usize,
    /// Hears of each dealer, and of what was found, if there is anything to say.
    pub seen: &'a (dyn Fn(Option<Finding>) + Sync),
}

impl Verifier<'_> {
    /// Looks at these dealers, or at all.
    pub fn verify(&self, targets: Vec<Target>) -> Result<Summary, MigrateError> {
        let run = Run {
            verifier: self,
            targets: Mutex::new(targets),
            templates: Mutex::default(),
            known: Mutex::default(),
            summary: Mutex::default(),
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs.max(1))
                .map(|_| scope.spawn(|| run.work()))
                .collect();
            let gone = || Err(DbError::Away("a worker stopped".to_owned()).into());
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().unwrap_or_else(|_| gone()))
        })?;
        Ok(*lock(&run.summary))
    }
}

/// What the workers of a run share.
struct Run<'a> {
    verifier: &'a Verifier<'a>,
    targets: Mutex<Vec<Target>>,
    /// By version.
    templates: Mutex<BTreeMap<Option<String>, Arc<[Fact]>>>,
    known: Mutex<HashMap<Standing, Arc<[Difference]>>>,
    summary: Mutex<Summary>,
}

impl Run<'_> {
    fn work(&self) -> Result<(), MigrateError> {
        loop {
            let batch = {
                let mut targets = lock(&self.targets);
                let length = targets.len().min(BATCH);
                targets.drain(..length).collect::<Vec<_>>()
            };
            if batch.is_empty() {
                return Ok(());
            }
            let owner = self.verifier.owner;
            let looked = owner.run_apart(|conn| self.batch(conn, batch));
            if looked.is_err() {
                lock(&self.targets).clear();
            }
            looked?;
        }
    }

    fn batch(&self, conn: &mut OwnerConn, targets: Vec<Target>) -> Result<(), MigrateError> {
        let schemas: Vec<String> = targets.iter().map(|t| t.schema.clone()).collect();
        let mut standings = snapshot(conn, |conn| standings(conn, &schemas))?;
        for target in targets {
            // Not in the directory any more: dropped meanwhile.
            let Some(standing) = standings.remove(&target.schema) else {
                continue;
            };
            let (version, seen) = self.judge(conn, &target.schema, standing)?;
            self.count(version.as_deref(), seen.as_ref());
            (self.verifier.seen)(seen.map(|seen| Finding {
                dealer: target.dealer,
                schema: target.schema,
                version,
                seen,
            }));
        }
        Ok(())
    }

    /// What there is to say about a schema, and its version.
    fn judge(
        &self,
        conn: &mut OwnerConn,
        schema: &str,
        mut standing: Standing,
    ) -> Result<(Option<String>, Option<Seen>), MigrateError> {
        let set = self.verifier.set;
        for _ in 0..MOST_LOOKS {
            let version = standing.version.clone();
            if !set.knows(version.as_deref()) {
                return Ok((version, Some(Seen::Unknown)));
            }
            let known = lock(&self.known).get(&standing).cloned();
            if let Some(differences) = known {
                let waits = set.is_behind(version.as_deref()).then_some(Seen::Behind);
                let drifted = (!differences.is_empty()).then_some(Seen::Drifted(differences));
                return Ok((version, drifted.or(waits)));
            }
            standing = self.look(conn, schema, standing)?;
        }
        Ok((standing.version, Some(Seen::Busy)))
    }

    /// Reads a schema in full; what was found is known then, unless the schema
    /// changed while it was read. Gives its standing at the end.
    fn look(
        &self,
        conn: &mut OwnerConn,
        schema: &str,
        standing: Standing,
    ) -> Result<Standing, MigrateError> {
        let schemas = [schema.to_owned()];
        let found = snapshot(conn, |conn| facts(conn, schema));
        let now = snapshot(conn, |conn| standings(conn, &schemas))?.remove(schema);
        if now.as_ref() != Some(&standing) {
            let gone = Standing::default();
            return Ok(now.unwrap_or(gone));
        }
        let wanted = self.template(conn, standing.version.clone())?;
        let found: Arc<[_]> = differences(&wanted, &found?).into();
        let mut known = lock(&self.known);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(standing.clone(), found);
        Ok(standing)
    }

    /// Made once per version, while the other workers wait.
    fn template(
        &self,
        conn: &mut OwnerConn,
        version: Option<String>,
    ) -> Result<Arc<[Fact]>, MigrateError> {
        let mut templates = lock(&self.templates);
        if let Some(facts) = templates.get(&version) {
            return Ok(Arc::clone(facts));
        }
        let set = self.verifier.set.up_to(version.as_deref());
        let facts: Arc<[Fact]> = template(conn, &set, self.verifier.request_role)?.into();
        templates.insert(version, Arc::clone(&facts));
        Ok(facts)
    }

    fn count(&self, version: Option<&str>, seen: Option<&Seen>) {
        let mut summary = lock(&self.summary);
        summary.dealers += 1;
        match seen {
            Some(Seen::Unknown) => summary.unknown += 1,
            Some(Seen::Busy) => summary.busy += 1,
            Some(Seen::Drifted(_)) => summary.drifted += 1,
            Some(Seen::Behind) | None => {}
        }
        if self.verifier.set.is_behind(version) {
            summary.behind += 1;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
