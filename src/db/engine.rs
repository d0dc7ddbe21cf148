//! What the database is made of: one PostgreSQL, or several behind a Citus
//! coordinator, which spreads schemas over them.

use std::fmt;

use diesel::prelude::*;

use super::error::DbError;
use super::owner::OwnerConn;

/// First major version of Citus that spreads schemas.
const OLDEST_CITUS: u32 = 12;

/// Which engine is meant to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Whichever is found.
    #[default]
    Found,
    /// Schemas stay where they are made, even on a Citus coordinator.
    Postgres,
    /// Nothing but Citus will do.
    Citus,
}

/// The engine that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One server holds all schemas.
    Postgres,
    /// Each new schema of a dealer is a unit that can be moved to another server.
    Citus {
        /// Of the extension, as in `13.2-1`.
        version: String,
    },
}

/// An engine that can not be used as wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineFault {
    /// There is no Citus in the database.
    #[error(
        "--engine citus: this database has no extension `citus`; CREATE EXTENSION citus in it, \
         or leave --engine out"
    )]
    Missing,
    /// It can not spread schemas.
    #[error(
        "Citus {0} can not spread schemas; version {OLDEST_CITUS} or newer can, and \
         --engine postgres does without"
    )]
    TooOld(String),
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres => f.write_str("PostgreSQL"),
            Self::Citus { version } => write!(f, "Citus {version}"),
        }
    }
}

impl Wanted {
    /// What a session of the owner has to say, so that the schemas it makes
    /// become units of their own. Where there is no Citus it says nothing.
    pub(super) const fn session_setup(self) -> &'static str {
        match self {
            Self::Found | Self::Citus => "; SET citus.enable_schema_based_sharding = on",
            Self::Postgres => "",
        }
    }

    /// Looks which engine is there, and whether it will do.
    pub fn check(self, conn: &mut OwnerConn) -> Result<Result<Engine, EngineFault>, DbError> {
        let version = citus_version(conn)?;
        Ok(self.judge(version))
    }

    fn judge(self, version: Option<String>) -> Result<Engine, EngineFault> {
        match (self, version) {
            (Self::Postgres, _) | (Self::Found, None) => Ok(Engine::Postgres),
            (Self::Citus, None) => Err(EngineFault::Missing),
            (_, Some(version)) if major(&version) < OLDEST_CITUS => {
                Err(EngineFault::TooOld(version))
            }
            (_, Some(version)) => Ok(Engine::Citus { version }),
        }
    }
}

/// Whether the database has Citus, wanted or not.
pub fn has_citus(conn: &mut OwnerConn) -> QueryResult<bool> {
    Ok(citus_version(conn)?.is_some())
}

fn citus_version(conn: &mut OwnerConn) -> QueryResult<Option<String>> {
    diesel::table! {
        pg_catalog.pg_extension (extname) {
            extname -> Text,
            extversion -> Text,
        }
    }
    pg_extension::table
        .filter(pg_extension::extname.eq("citus"))
        .select(pg_extension::extversion)
        .first(conn)
        .optional()
}

fn major(version: &str) -> u32 {
    let digits = version.split(|c: char| !c.is_ascii_digit()).next();
    digits.unwrap_or_default().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_will_do_or_says_why_not() {
        let citus = |version: &str| Some(version.to_owned());
        let new = Engine::Citus {
            version: "13.2-1".to_owned(),
        };
        assert_eq!(Wanted::Found.judge(None), Ok(Engine::Postgres));
        assert_eq!(Wanted::Found.judge(citus("13.2-1")), Ok(new.clone()));
        assert_eq!(Wanted::Citus.judge(citus("13.2-1")), Ok(new));
        assert_eq!(
            Wanted::Postgres.judge(citus("11.3-1")),
            Ok(Engine::Postgres)
        );
        assert_eq!(Wanted::Citus.judge(None), Err(EngineFault::Missing));
        let old = Wanted::Found.judge(citus("11.3-1"));
        assert_eq!(old, Err(EngineFault::TooOld("11.3-1".to_owned())));
    }
}
