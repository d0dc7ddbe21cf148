//! Migrations: what goes up comes down, and diesel's tables are theirs.

pub mod dump;
pub mod fleet;
mod indexes;
mod runner;
pub mod set;
mod tables;
mod together;

use diesel::connection::SimpleConnection;
use diesel_migrations::MigrationHarness;
use tubex::app::Core;
use tubex::db::owner::OwnerConn;
use tubex::kernel::clock::Clock;
use tubex::tenancy::migrate::{
    CONTROL, MigrateError, TENANT, migrate_control, migrate_schema, revert_schema,
};
use tubex::tenancy::schema_name::SchemaName;

use crate::support::{Server, empty_settings, request_settings};
use dump::dump;

/// Runs `work` with a connection of the owner to the shared database.
async fn as_owner<T: Send + 'static>(
    work: impl FnOnce(&mut OwnerConn) -> Result<T, MigrateError> + Send + 'static,
) -> T {
    let core = Core::new(&request_settings().await, 1, Clock::system()).unwrap();
    core.owner.run(work).await.unwrap()
}

fn count(set: &diesel_migrations::EmbeddedMigrations) -> usize {
    use diesel::migration::MigrationSource;
    MigrationSource::<diesel::pg::Pg>::migrations(set)
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_tenant_schema_goes_up_down_and_up_again_unchanged() {
    let server = Server::start().await;
    let schema: SchemaName = server.dealer().await.schema.parse().unwrap();
    as_owner(move |conn| {
        let before = dump(conn, schema.as_str());
        assert!(before.len() > 50, "{before:#?}");
        // Every migration alone, then all of them.
        for steps in 1..=count(&TENANT) {
            revert_schema(conn, &schema, steps)?;
            let applied = migrate_schema(conn, &schema)?;
            assert_eq!(applied.len(), steps);
            assert_eq!(
                dump(conn, schema.as_str()),
                before,
                "after {steps} steps down and up"
            );
        }
        revert_schema(conn, &schema, count(&TENANT))?;
        let left = dump(conn, schema.as_str());
        let foreign: Vec<_> = left
            .iter()
            .filter(|l| !l.contains("__diesel_schema"))
            .collect();
        assert!(foreign.is_empty(), "down.sql leaves {foreign:#?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn two_dealers_have_the_same_schema() {
    let server = Server::start().await;
    let (a, b) = (server.dealer().await, server.dealer().await);
    as_owner(move |conn| {
        assert_eq!(dump(conn, &a.schema), dump(conn, &b.schema));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_control_plane_goes_up_down_and_up_again_unchanged() {
    let settings = empty_settings("control_round_trip").await;
    let core = Core::new(&settings, 1, Clock::system()).unwrap();
    core.owner
        .run(|conn| {
            migrate_control(conn)?;
            let both = |conn: &mut OwnerConn| [dump(conn, "platform"), dump(conn, "spine")];
            let before = both(conn);
            conn.batch_execute("SET search_path TO platform, public")?;
            conn.revert_all_migrations(CONTROL)
                .map_err(MigrateError::Migration)?;
            let applied = migrate_control(conn)?;
            assert_eq!(applied.len(), count(&CONTROL));
            assert_eq!(both(conn), before);
            assert!(!before[1].is_empty());
            Ok::<_, MigrateError>(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn diesels_tables_are_those_of_the_migrations() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    as_owner(move |conn| {
        let tenant = tables::Source {
            file: "tenant_tables.rs",
            set: "tenant",
            schema: &dealer.schema,
            prefix: "",
        };
        tenant.compare(conn);
        let control = tables::Source {
            file: "control_tables.rs",
            set: "control",
            schema: "platform",
            prefix: "platform.",
        };
        control.compare(conn);
        Ok(())
    })
    .await;
}
