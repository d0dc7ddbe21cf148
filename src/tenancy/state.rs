//! Whether the database is as this program expects it.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use super::directory::DealerStatus;
use super::migrate::{MigrateError, MigrationSet};
use crate::db::control::{ControlConn, ControlPool};
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};
use crate::db::limits::{self, in_time};

/// How far the database is migrated, as this program sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// The control plane lacks migrations: nobody can be served.
    Nothing,
    /// The control plane is current.
    Control {
        /// Dealers whose schemas lack migrations.
        behind: i64,
        /// Those of them who lack what this program needs, and are refused.
        refused: i64,
    },
}

impl Migrated {
    /// Whether `tubex migrate` would find nothing to do.
    pub const fn is_current(self) -> bool {
        matches!(self, Self::Control { behind: 0, .. })
    }
}

/// How far the database is migrated; an error if it does not say so soon.
pub async fn migrated(control: &ControlPool) -> Result<Migrated, MigrateError> {
    let read = async { migrated_on(&mut control.checkout().await?).await };
    in_time(limits::READ, read).await
}

/// As [`migrated`], on a connection at hand.
pub async fn migrated_on(conn: &mut ControlConn) -> Result<Migrated, MigrateError> {
    let (known, set) = (MigrationSet::control()?, MigrationSet::tenant()?);
    if control_version(conn).await?.as_deref() < known.newest() {
        return Ok(Migrated::Nothing);
    }
    let behind = older_than(conn, set.newest()).await?;
    let refused = match behind {
        0 => 0,
        _ => older_than(conn, set.needed()).await?,
    };
    Ok(Migrated::Control { behind, refused })
}

/// A newer program may have migrated ahead of this one: expand first, contract
/// later, so only an older schema is in the way.
async fn older_than(conn: &mut ControlConn, version: Option<&str>) -> DbResult<i64> {
    let is_older = dealers::schema_version.lt(version).assume_not_null();
    let older = dealers::table
        .filter(dealers::status.eq_any(DealerStatus::WITH_SCHEMA))
        .filter(dealers::status.ne(DealerStatus::Spare))
        .filter(dealers::drop_began_at.is_null())
        .filter(is_older.or(dealers::schema_version.is_null()))
        .count();
    Ok(older.get_result(&mut **conn).await?)
}

async fn control_version(conn: &mut ControlConn) -> DbResult<Option<String>> {
    diesel::table! {
        platform.__diesel_schema_migrations (version) {
            version -> Text,
        }
    }
    use __diesel_schema_migrations as migrations;
    #[expect(clippy::disallowed_methods, reason = "diesel has no to_regclass")]
    let exists =
        diesel::dsl::sql::<Bool>("to_regclass('platform.__diesel_schema_migrations') IS NOT NULL");
    if !diesel::select(exists)
        .get_result::<bool>(&mut **conn)
        .await?
    {
        return Ok(None);
    }
    let newest = migrations::table.select(diesel::dsl::max(migrations::version));
    Ok(newest.get_result(&mut **conn).await?)
}

/// What the role of the request pool can do that it must not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleFault {
    /// There is none of this name.
    #[error("the request role `{0}` does not exist; `tubex migrate` makes it")]
    Missing(String),
    /// It passes by the privileges that keep dealers apart.
    #[error(
        "the request role `{0}` is a superuser, bypasses row security or inherits \
         its members' rights, so the database could not keep dealers apart; \
         ALTER ROLE it NOSUPERUSER NOBYPASSRLS NOINHERIT"
    )]
    TooStrong(String),
}

/// Checks that the request role has no right of its own on dealers' rows.
pub async fn check_request_role(
    control: &ControlPool,
    role: &str,
) -> DbResult<Result<(), RoleFault>> {
    diesel::table! {
        pg_catalog.pg_roles (rolname) {
            rolname -> Text,
            rolsuper -> Bool,
            rolbypassrls -> Bool,
            rolinherit -> Bool,
        }
    }
    let mut conn = control.checkout().await?;
    let powers: Option<(bool, bool, bool)> = pg_roles::table
        .filter(pg_roles::rolname.eq(role))
        .select((
            pg_roles::rolsuper,
            pg_roles::rolbypassrls,
            pg_roles::rolinherit,
        ))
        .first(&mut *conn)
        .await
        .optional()
        .map_err(DbError::from)?;
    Ok(match powers {
        None => Err(RoleFault::Missing(role.to_owned())),
        Some((false, false, false)) => Ok(()),
        Some(_) => Err(RoleFault::TooStrong(role.to_owned())),
    })
}
