//! A set of migrations as text, read once per process.

use std::collections::HashSet;
use std::sync::LazyLock;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;

use super::error::MigrateError;
use super::index::IndexStep;
use super::recorder::Recorder;
use super::statements::statements;
use super::{CONTROL, TENANT};

/// In the text of a migration that the program of the same release can do
/// without, such as an index: dealers who lack it are served.
const NOT_NEEDED: &str = "-- not needed to serve:";

/// One migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Date and number as digits; the order of the steps.
    pub version: String,
    /// The folder's name.
    pub name: String,
    /// What brings a schema to this version.
    pub up: String,
    /// What takes it back, if that is known.
    pub down: Option<String>,
    /// The statements of `up` as they are in a transaction: taken apart once, for all dealers.
    pub(in crate::tenancy) statements: Vec<String>,
    /// The index, if that is all it makes.
    pub(super) index: Option<IndexStep>,
}

/// Migrations in their order.
#[derive(Clone, Debug, Default)]
pub struct MigrationSet {
    steps: Vec<Step>,
}

static OURS: LazyLock<Result<MigrationSet, MigrateError>> =
    LazyLock::new(|| MigrationSet::read(&TENANT));

impl MigrationSet {
    /// The tenant set of this program.
    pub fn tenant() -> Result<&'static Self, MigrateError> {
        OURS.as_ref()
            .map_err(|error| MigrateError::Migration(error.to_string().into()))
    }

    /// The control set of this program.
    pub fn control() -> Result<Self, MigrateError> {
        Self::read(&CONTROL)
    }

    /// The set that a folder or a program holds.
    pub fn read(source: &impl MigrationSource<Pg>) -> Result<Self, MigrateError> {
        let migrations = source.migrations().map_err(MigrateError::Migration)?;
        let steps: Result<Vec<_>, _> = migrations.iter().map(|m| Step::read(m.as_ref())).collect();
        Self::new(steps?)
    }

    /// A set of these steps, in the order of their versions.
    pub fn new(mut steps: Vec<Step>) -> Result<Self, MigrateError> {
        steps.sort_by(|a, b| a.version.cmp(&b.version));
        let mut seen = HashSet::new();
        for Step { version, .. } in &steps {
            let fault = if !version.bytes().all(|b| b.is_ascii_digit()) || version.is_empty() {
                "its name must begin with a date and a number"
            } else if !seen.insert(version) {
                "two migrations have this date and number"
            } else {
                continue;
            };
            let version = version.clone();
            return Err(MigrateError::Set { version, fault });
        }
        Ok(Self { steps })
    }

    /// All migrations.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The version that the whole set leads to.
    pub fn newest(&self) -> Option<&str> {
        self.steps.last().map(|step| step.version.as_str())
    }

    /// The migrations up to `version`, if that is one of them.
    pub fn until(&self, version: &str) -> Option<Self> {
        let last = self.steps.iter().position(|step| step.version == version)?;
        let steps = self.steps.get(..=last)?.to_vec();
        Some(Self { steps })
    }

    /// The oldest version at which a schema has what this program needs.
    pub fn needed(&self) -> Option<&str> {
        let mut steps = self.steps.iter().rev();
        let needed = steps.find(|step| !step.up.contains(NOT_NEEDED));
        needed.map(|step| step.version.as_str())
    }

    /// Whether a schema at `version` lacks migrations of this set. A newer one,
    /// of a newer program, does not.
    pub fn is_behind(&self, version: Option<&str>) -> bool {
        version < self.newest()
    }

    /// Whether a schema at `version` is one that this set leads to.
    pub fn knows(&self, version: Option<&str>) -> bool {
        let mut versions = self.steps.iter().map(|step| step.version.as_str());
        version.is_none_or(|version| versions.any(|known| known == version))
    }

    /// The set as it was when `version` was the newest.
    pub fn up_to(&self, version: Option<&str>) -> Self {
        let steps = self.steps.iter();
        let before = steps.filter(|step| Some(step.version.as_str()) <= version);
        Self {
            steps: before.cloned().collect(),
        }
    }

    /// What a schema lacks that has these.
    pub fn pending(&self, applied: &HashSet<String>) -> Vec<&Step> {
        let missing = |step: &&Step| !applied.contains(&step.version);
        self.steps.iter().filter(missing).collect()
    }

    /// How many steps a schema at `version` has before it.
    pub fn steps_after(&self, version: Option<&str>) -> usize {
        let after = |step: &&Step| version < Some(step.version.as_str());
        self.steps.iter().filter(after).count()
    }
}

impl Step {
    /// A migration of this text.
    pub fn new(version: String, name: String, up: String, down: Option<String>) -> Self {
        let found = statements(&up);
        let index = IndexStep::find(&found);
        let statements = match &index {
            Some(index) => vec![index.plain()],
            None => found.iter().map(|one| one.text.to_owned()).collect(),
        };
        Self {
            version,
            name,
            up,
            down,
            statements,
            index,
        }
    }

    fn read(migration: &dyn Migration<Pg>) -> Result<Self, MigrateError> {
        let version = migration.name().version().to_string();
        let mut up = Recorder::default();
        migration.run(&mut up).map_err(MigrateError::Migration)?;
        let mut down = Recorder::default();
        let has_down = migration.revert(&mut down).is_ok();
        let down = has_down.then_some(down.text);
        let step = Self::new(version, migration.name().to_string(), up.text, down);
        let fault = match (migration.metadata().run_in_transaction(), &step.index) {
            (true, None) | (false, Some(_)) => return Ok(step),
            (true, Some(_)) => {
                "CREATE INDEX CONCURRENTLY needs a metadata.toml with `run_in_transaction = false`"
            }
            (false, None) => {
                "only a single CREATE INDEX CONCURRENTLY with a name may run outside of a \
                 transaction"
            }
        };
        let version = step.version;
        Err(MigrateError::Set { version, fault })
    }

    /// Puts the step on diesel's record. A version is digits:
    /// [`MigrationSet::new`] lets nothing else in.
    pub(in crate::tenancy) fn remember(&self) -> String {
        let version = &self.version;
        format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')")
    }

    /// Takes it off.
    pub(super) fn forget(&self) -> String {
        let version = &self.version;
        format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'")
    }
}
