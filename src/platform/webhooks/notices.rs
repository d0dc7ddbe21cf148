//! Telling a dealer's people that an endpoint takes nothing.

use chrono::{DateTime, Utc};

use super::health::Remedy;
use super::model::{EndpointId, EndpointRow, EndpointState};
use super::query::{endpoints, feeds};
use super::service::Webhooks;
use crate::db::control::ControlConn;
use crate::error::AppResult;
use crate::kernel::ids::DealerId;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::mail::{Mail, MailKind, enqueue};

/// Orders mails which say that an endpoint fails and is about to be disabled.
pub(super) async fn failing(
    conn: &mut ControlConn,
    endpoint: &EndpointRow,
    now: DateTime<Utc>,
) -> AppResult<()> {
    tell(conn, MailKind::WebhookFailing, endpoint, now).await
}

impl Webhooks {
    /// Disables an endpoint that takes nothing, and says so.
    pub(super) async fn give_up(
        &self,
        dealer: DealerId,
        id: EndpointId,
        remedy: Remedy,
        status: Option<i16>,
    ) -> AppResult<()> {
        let (state, now) = match remedy {
            Remedy::Retire => (EndpointState::Gone, self.now()),
            _ => (EndpointState::Failed, self.now()),
        };
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| {
            feeds::lock(conn, dealer).await?;
            let endpoint = endpoints::lock(conn, dealer, id).await?;
            let is_enabled = |row: &EndpointRow| row.state == EndpointState::Enabled;
            let Some(endpoint) = endpoint.filter(is_enabled) else {
                return Ok(());
            };
            endpoints::disable(conn, id, state).await?;
            feeds::close_if_unused(conn, dealer).await?;
            let event = NewEvent::of_system(EventKind::WebhookEndpointDisabled);
            let what = format!("{id} {} {}", endpoint.url, state.as_str());
            record(conn, event.at_dealer(dealer).saying(&what), now).await?;
            tracing::info!(%dealer, endpoint = %id, status, state = state.as_str(), "webhook endpoint disabled");
            tell(conn, MailKind::WebhookDisabled, &endpoint, now).await
        })
        .await
    }
}

async fn tell(
    conn: &mut ControlConn,
    kind: MailKind,
    endpoint: &EndpointRow,
    now: DateTime<Utc>,
) -> AppResult<()> {
    let readers = endpoints::whom_to_tell(conn, endpoint.dealer_id, endpoint.created_by).await?;
    for (user, email) in readers {
        let mail = Mail {
            user: Some(user),
            dealer: Some(endpoint.dealer_id),
            webhook_endpoint: Some(endpoint.id),
            ..Mail::new(kind, email, now)
        };
        enqueue(conn, mail).await?;
    }
    Ok(())
}
