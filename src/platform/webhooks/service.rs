//! What webhooks are made of, and who manages them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::figures::Figures;
use super::model::{EndpointId, EndpointRow, SecretRow};
use super::query;
use crate::auth::vault::Vault;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::events::Kind;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::outbound::Guard;
use crate::platform::identity::events::{EventKind, NewEvent, record};

/// Webhooks of all dealers.
#[derive(Clone)]
pub struct Webhooks(Arc<Parts>);

/// What they are made of.
#[derive(Clone)]
pub struct Parts {
    /// Where they are kept.
    pub control: ControlPool,
    /// What seals their secrets.
    pub vault: Vault,
    /// The time.
    pub clock: Clock,
    /// Who may be called.
    pub guard: Guard,
    /// The events there are.
    pub kinds: &'static [&'static Kind],
    /// How they fare.
    pub figures: Arc<Figures>,
}

/// Who manages a dealer's webhooks.
#[derive(Clone, Copy)]
pub struct Keeper<'k> {
    /// Himself, and nobody in his name.
    pub user: UserId,
    /// Whose webhooks.
    pub dealer: DealerId,
    /// From where he comes.
    pub peer: &'k Peer,
}

/// An endpoint with the secrets in use, the latest first.
#[derive(Clone)]
pub struct Endpoint {
    /// As stored.
    pub row: EndpointRow,
    /// By what its deliveries are signed.
    pub secrets: Vec<SecretRow>,
}

impl Webhooks {
    /// Webhooks of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The same, kept over connections of others' own.
    #[must_use]
    pub fn over(&self, control: ControlPool) -> Self {
        let parts = Parts::clone(&self.0);
        Self::new(Parts { control, ..parts })
    }

    pub(super) fn parts(&self) -> &Parts {
        &self.0
    }

    /// Where they are kept.
    pub fn control(&self) -> &ControlPool {
        &self.0.control
    }

    /// How they fare on this node.
    pub fn figures(&self) -> &Figures {
        &self.0.figures
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The dealer's endpoints, the oldest first.
    pub async fn list(&self, dealer: DealerId) -> AppResult<Vec<Endpoint>> {
        let mut conn = self.0.control.checkout().await?;
        let rows = query::endpoints::list(&mut conn, dealer).await?;
        self.with_secrets(&mut conn, rows).await
    }

    pub(super) async fn with_secret(
        &self,
        conn: &mut ControlConn,
        row: EndpointRow,
    ) -> AppResult<Endpoint> {
        let mut found = self.with_secrets(conn, vec![row]).await?;
        let gone = || crate::error::AppError::internal("an endpoint has vanished");
        found.pop().ok_or_else(gone)
    }

    async fn with_secrets(
        &self,
        conn: &mut ControlConn,
        rows: Vec<EndpointRow>,
    ) -> AppResult<Vec<Endpoint>> {
        let ids: Vec<EndpointId> = rows.iter().map(|row| row.id).collect();
        let secrets = query::secrets::in_use(conn, &ids, self.now()).await?;
        let joined = rows.into_iter().map(|row| {
            let own = secrets.iter().filter(|secret| secret.endpoint_id == row.id);
            Endpoint {
                secrets: own.cloned().collect(),
                row,
            }
        });
        Ok(joined.collect())
    }

    pub(super) async fn record(
        &self,
        conn: &mut ControlConn,
        kind: EventKind,
        by: Keeper<'_>,
        endpoint: &EndpointRow,
    ) -> AppResult<()> {
        let event = NewEvent::of(kind, by.peer).at(by.dealer, by.user);
        let what = format!("{} {}", endpoint.id, endpoint.url);
        Ok(record(conn, event.saying(&what), self.now()).await?)
    }
}

/// So many days, noted as a fault if they are not from 0 to `most`.
pub(super) fn days(days: i32, most: i64) -> Result<TimeDelta, UserError> {
    let given = i64::from(days);
    match TimeDelta::try_days(given) {
        Some(delta) if (0..=most).contains(&given) => Ok(delta),
        _ => Err(UserError::at(
            ErrorCode::BadUserInput,
            &["input", "overlapDays"],
            format!("must be from 0 to {most}"),
        )),
    }
}

pub(super) fn no_such_endpoint(field: &str) -> Refusal {
    let path = ["input", field];
    UserError::at(ErrorCode::NotFound, &path, "there is no such endpoint").into()
}

/// What an endpoint is asked that is not enabled.
pub(super) fn not_enabled(field: &str) -> Refusal {
    let message = "the endpoint is disabled; enable it first";
    UserError::at(ErrorCode::NotAllowed, &["input", field], message).into()
}

/// A result without the endpoint that is not there.
pub(super) fn found<T>(row: Option<T>, field: &str) -> ServiceResult<T> {
    row.ok_or_else(|| no_such_endpoint(field))
}
