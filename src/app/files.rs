//! The files that dealers upload, and where their content lies.

use super::{Core, StartError};
use crate::auth::vault::Vault;
use crate::config::{FileSettings, ServerSettings};
use crate::db::connect::tls_config;
use crate::files::links::Links;
use crate::files::service::Parts;
use crate::files::{Depot, Files, Store};
use crate::jobs::Queue;
use crate::tenancy::TenantPool;
use crate::tenancy::directory::Directory;

/// The store that the settings name, and its limits.
pub fn depot(settings: &FileSettings) -> Result<Depot, StartError> {
    settings.validate()?;
    Ok(Depot {
        store: Store::open(settings, tls_config(None)?)?,
        limits: settings.into(),
    })
}

/// What uploads and downloads are made of, for links to this server.
pub(super) fn files(
    (core, vault): (&Core, &Vault),
    settings: &ServerSettings,
    depot: &Depot,
    (tenants, directory): (&TenantPool, &Directory),
    queue: &Queue,
) -> Files {
    Files::new(Parts {
        depot: depot.clone(),
        links: Links::new(vault.clone(), &settings.public_url, core.clock.clone()),
        tenants: tenants.clone(),
        directory: directory.clone(),
        queue: queue.clone(),
    })
}
