//! The parts that let programs and operators in, in users' names.

use super::Core;
use crate::auth::token::AccessTokens;
use crate::auth::vault::Vault;
use crate::platform::api_keys::admission::KeyAdmission;
use crate::platform::api_keys::service::ApiKeys;
use crate::platform::impersonation::service::Impersonations;

/// Who calls in users' names.
#[derive(Clone)]
pub struct Callers {
    /// Makes, rotates and revokes API keys.
    pub api_keys: ApiKeys,
    /// Admits bearers of API keys.
    pub admission: KeyAdmission,
    /// Lets operators see shops.
    pub impersonations: Impersonations,
}

impl Callers {
    /// Those whose rights are in the control plane of `core`.
    pub(super) fn new(core: &Core, vault: &Vault, tokens: &AccessTokens) -> Self {
        let (control, clock) = (&core.control, &core.clock);
        Self {
            api_keys: ApiKeys::new(control.clone(), vault.clone(), clock.clone()),
            admission: KeyAdmission::new(
                &core.connector,
                control.clone(),
                vault.clone(),
                clock.clone(),
            ),
            impersonations: Impersonations::new(control.clone(), tokens.clone(), clock.clone()),
        }
    }
}
