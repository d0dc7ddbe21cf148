//! Whether the database is as this program expects it.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use super::directory::DealerStatus;
use super::migrate::{CONTROL, MigrateError, TENANT, newest};
use crate::db::control::{ControlConn, ControlPool};
use crate::db::control_tables::dealers;
use crate::db::error::{DbError, DbResult};

/// What keeps this program from serving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// The control plane lacks migrations.
    Control,
    /// This many dealers' schemas lack migrations.
    Dealers(i64),
}

/// What has to be migrated before this program can serve; nothing if it can.
pub async fn pending(control: &ControlPool) -> Result<Option<Pending>, MigrateError> {
    let mut conn = control.checkout().await?;
    if control_version(&mut conn).await? < newest(&CONTROL)? {
        return Ok(Some(Pending::Control));
    }
    // A newer program may have migrated ahead of this one: expand first,
    // contract later, so only an older schema is in the way.
    let behind = dealers::table
        .filter(dealers::status.ne(DealerStatus::Provisioning))
        .filter(dealers::schema_version.lt(newest(&TENANT)?))
        .count()
        .get_result(&mut *conn)
        .await?;
    Ok((behind > 0).then_some(Pending::Dealers(behind)))
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
