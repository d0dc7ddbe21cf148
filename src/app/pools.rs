//! What the pools of connections are set up with.

use std::time::Duration;

use crate::config::{DatabaseSettings, EngineChoice, Pooler};
use crate::db::homes::HomeSettings;
use crate::db::limits;
use crate::db::pool::PoolSettings;

/// The request pool's sessions start with an empty path and no rights. What
/// hangs is ended by the database too, in case the server can not.
pub fn request_pool(settings: &DatabaseSettings) -> HomeSettings {
    let statement = settings.statement_timeout_ms.as_millis();
    // The plans of a dealer's statements are kept, so they must not hang on the
    // values of one execution. Citus can not plan all of them without values.
    let plans = match settings.engine {
        EngineChoice::Citus => "auto",
        EngineChoice::Auto | EngineChoice::Postgres => "force_generic_plan",
    };
    let session_words = |local: &str| {
        format!(
            "SET {local}TIME ZONE 'UTC'; SET {local}plan_cache_mode = {plans}; \
             SET {local}statement_timeout = {statement}; SET {local}lock_timeout = 5000; \
             SET {local}idle_in_transaction_session_timeout = 60000; "
        )
    };
    HomeSettings {
        url: settings.database_url.clone(),
        size: settings.request_pool_size,
        wait: settings.pool_wait_ms,
        answer: answer(settings.statement_timeout_ms),
        queue_per_dealer: settings.queue_per_dealer,
        keep_plans: settings.keep_plans,
        statements_per_backend: settings.statements_per_backend,
        memory_per_backend: settings.memory_per_backend_mib.saturating_mul(1 << 20),
        dealers_per_backend: settings.dealers_per_backend,
        max_age: Duration::from_secs(settings.backend_age_s),
        session_setup: format!("SET search_path = ''; {}", session_words("")),
        transaction_setup: match settings.pooler {
            Pooler::None => String::new(),
            Pooler::Transaction => session_words("LOCAL "),
        },
    }
}

/// The longest statement of the control plane.
const CONTROL_STATEMENT: Duration = Duration::from_secs(10);

/// The server ends a statement first; only where it has no limit is there none here.
const fn answer(statement_timeout: Duration) -> Duration {
    if statement_timeout.is_zero() {
        return Duration::from_hours(24);
    }
    statement_timeout.saturating_add(limits::MARGIN)
}

/// The control plane's.
pub(super) fn control_pool(settings: &DatabaseSettings) -> PoolSettings {
    PoolSettings {
        url: settings.database_owner_url.clone(),
        size: settings.control_pool_size,
        wait: settings.pool_wait_ms.max(Duration::from_secs(1)),
        answer: answer(CONTROL_STATEMENT),
        session_setup: format!(
            "SET search_path = ''; SET statement_timeout = {}",
            CONTROL_STATEMENT.as_millis()
        ),
    }
}
