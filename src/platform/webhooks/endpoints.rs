//! Use cases of endpoints: making, changing, deleting, giving new secrets.

use async_graphql::MaybeUndefined;
use chrono::{SecondsFormat, TimeDelta};
use secrecy::SecretString;

use super::filter;
use super::input::{
    WebhookEndpointCreateInput, WebhookEndpointSecretRotateInput, WebhookEndpointUpdateInput,
};
use super::model::{
    EndpointChanges, EndpointId, EndpointRow, EndpointState, HealthRow, LONGEST_OVERLAP_DAYS,
    LONGEST_URL, MOST_ENDPOINTS, MOST_EVENTS, MOST_SECRETS, SecretRow, SignatureKind,
};
use super::query::{endpoints, feeds, secrets};
use super::secret::Fresh;
use super::service::{Endpoint, Keeper, Webhooks, days, found};
use crate::db::control::ControlConn;
use crate::error::{ErrorCode, ServiceResult, UserError};
use crate::events::EventId;
use crate::graphql::payload::given;
use crate::kernel::checks::Checks;
use crate::outbound::Target;
use crate::platform::identity::events::EventKind;
use crate::tenancy::directory::dealer_lock;

/// An endpoint with a secret that was just made.
pub struct Made {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What its receiver has to know, to be shown this once; none where he checks by a
    /// public key.
    pub secret: Option<SecretString>,
}

impl Webhooks {
    /// Makes an endpoint that is told of the dealer's events behind `last`.
    pub async fn create(
        &self,
        by: Keeper<'_>,
        input: &WebhookEndpointCreateInput,
        last: EventId,
    ) -> ServiceResult<Made> {
        let row = self.new_row(by, input, last)?;
        let fresh = Fresh::generate(&self.parts().vault, row.id, input.signature, row.created_at)?;
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            dealer_lock(conn, by.dealer).await?;
            if endpoints::count(conn, by.dealer).await? >= MOST_ENDPOINTS {
                return Err(too_many());
            }
            endpoints::insert(conn, &row).await?;
            secrets::insert(conn, &fresh.row).await?;
            feeds::open(conn, by.dealer, last.number(), row.created_at).await?;
            self.record(conn, EventKind::WebhookEndpointCreated, by, &row)
                .await?;
            Ok(())
        })
        .await?;
        Ok(Made {
            endpoint: Endpoint {
                row,
                secrets: vec![fresh.row],
            },
            secret: fresh.shown,
        })
    }

    /// Changes an endpoint; one that is enabled again is told of events behind `last`.
    pub async fn update(
        &self,
        by: Keeper<'_>,
        input: &WebhookEndpointUpdateInput,
        last: EventId,
    ) -> ServiceResult<Endpoint> {
        let changes = self.changes(input)?;
        let now = self.now();
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<Endpoint> {
            dealer_lock(conn, by.dealer).await?;
            feeds::lock(conn, by.dealer).await?;
            let before = endpoints::lock(conn, by.dealer, input.id).await?;
            let before = found(before, "id")?;
            if before.version != input.expected_version {
                return Err(changed_since());
            }
            let mut row = endpoints::update(conn, before.id, changes, now).await?;
            let is_enabled = before.state == EndpointState::Enabled;
            match input.is_enabled {
                Some(true) if !is_enabled => {
                    feeds::open(conn, by.dealer, last.number(), now).await?;
                    row = endpoints::enable(conn, row.id, last.number(), now).await?;
                }
                Some(false) if is_enabled => {
                    row = endpoints::disable(conn, row.id, EndpointState::Disabled).await?;
                    feeds::close_if_unused(conn, by.dealer).await?;
                }
                _ => {}
            }
            self.record(conn, EventKind::WebhookEndpointChanged, by, &row)
                .await?;
            Ok(self.with_secret(conn, row).await?)
        })
        .await
    }

    /// Deletes an endpoint; what waits for it is not sent any more.
    pub async fn delete(&self, by: Keeper<'_>, id: EndpointId) -> ServiceResult<Endpoint> {
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<Endpoint> {
            dealer_lock(conn, by.dealer).await?;
            feeds::lock(conn, by.dealer).await?;
            let before = endpoints::lock(conn, by.dealer, id).await?;
            let row = found(before, "id")?;
            endpoints::disable(conn, row.id, EndpointState::Deleted).await?;
            secrets::delete_all(conn, row.id).await?;
            feeds::close_if_unused(conn, by.dealer).await?;
            self.record(conn, EventKind::WebhookEndpointDeleted, by, &row)
                .await?;
            Ok(Endpoint {
                row,
                secrets: Vec::new(),
            })
        })
        .await
    }

    /// Gives an endpoint another secret; messages are signed by the old one, too, for
    /// some days.
    pub async fn rotate(
        &self,
        by: Keeper<'_>,
        input: &WebhookEndpointSecretRotateInput,
    ) -> ServiceResult<Made> {
        let overlap = days(input.overlap_days, LONGEST_OVERLAP_DAYS)?;
        let mut conn = self.control().checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<Made> {
            let row = endpoints::lock(conn, by.dealer, input.id).await?;
            let before = self.with_secret(conn, found(row, "id")?).await?;
            make_room(&before.secrets, overlap)?;
            let present = before.secrets.first().map(|secret| secret.signature);
            let signature = input.signature.or(present);
            let signature = signature.unwrap_or(SignatureKind::HmacSha256);
            let secret = self.replace(conn, &before.row, signature, overlap).await?;
            self.record(conn, EventKind::WebhookSecretRotated, by, &before.row)
                .await?;
            let endpoint = self.with_secret(conn, before.row).await?;
            Ok(Made { endpoint, secret })
        })
        .await
    }

    async fn replace(
        &self,
        conn: &mut ControlConn,
        row: &EndpointRow,
        signature: SignatureKind,
        overlap: TimeDelta,
    ) -> ServiceResult<Option<SecretString>> {
        let now = self.now();
        let fresh = Fresh::generate(&self.parts().vault, row.id, signature, now)?;
        secrets::retire(conn, row.id, now, now + overlap).await?;
        secrets::insert(conn, &fresh.row).await?;
        Ok(fresh.shown)
    }

    fn new_row(
        &self,
        by: Keeper<'_>,
        input: &WebhookEndpointCreateInput,
        last: EventId,
    ) -> ServiceResult<EndpointRow> {
        let mut checks = Checks::default();
        let url = self.url(&mut checks, &input.url);
        let description = description(&mut checks, input.description.as_deref());
        let events = self.events(&mut checks, &input.events);
        checks.finish()?;
        let now = self.now();
        Ok(EndpointRow {
            id: EndpointId::generate(),
            dealer_id: by.dealer,
            created_by: Some(by.user),
            url,
            description,
            events,
            state: EndpointState::Enabled,
            version: 1,
            since_event: last.number(),
            due_at: None,
            health: HealthRow::default(),
            delivered: 0,
            failed: 0,
            created_at: now,
            updated_at: now,
        })
    }

    fn changes(&self, input: &WebhookEndpointUpdateInput) -> ServiceResult<EndpointChanges> {
        let mut checks = Checks::default();
        let described = match &input.description {
            MaybeUndefined::Value(text) => description(&mut checks, Some(text))
                .map_or(MaybeUndefined::Null, MaybeUndefined::Value),
            other => other.clone(),
        };
        let (url, events) = (input.url.as_deref(), input.events.as_deref());
        let changes = EndpointChanges {
            url: url.map(|url| self.url(&mut checks, url)),
            description: given(described),
            events: events.map(|events| self.events(&mut checks, events)),
        };
        checks.finish()?;
        Ok(changes)
    }

    /// The address in one spelling, if it is one that may be called.
    fn url(&self, checks: &mut Checks, text: &str) -> String {
        let path = ["input", "url"];
        let target = match Target::parse(text) {
            Ok(target) => target,
            Err(fault) => {
                checks.fault(&path, fault);
                return String::new();
            }
        };
        if let Err(refused) = self.parts().guard.check(&target) {
            checks.fault(&path, refused.to_string());
        }
        let url = target.as_str();
        let is_short = url.chars().count() <= LONGEST_URL;
        let message = format!("must have at most {LONGEST_URL} characters");
        checks.require(is_short, &path, &message);
        url.to_owned()
    }

    fn events(&self, checks: &mut Checks, patterns: &[String]) -> Vec<String> {
        let path = ["input", "events"];
        let is_right = (1..=MOST_EVENTS).contains(&patterns.len());
        let message = format!("must list 1 to {MOST_EVENTS} events");
        checks.require(is_right, &path, &message);
        let mut events = Vec::new();
        for pattern in patterns.iter().take(MOST_EVENTS) {
            let pattern = pattern.trim().to_owned();
            if let Some(fault) = filter::fault(&pattern, self.parts().kinds) {
                checks.fault(&path, fault);
            } else if !events.contains(&pattern) {
                events.push(pattern);
            }
        }
        events
    }
}

fn description(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    checks.optional_text(&["input", "description"], text, 500)
}

fn too_many() -> crate::error::Refusal {
    let message = format!("a dealer has at most {MOST_ENDPOINTS} endpoints; delete one first");
    UserError::general(ErrorCode::LimitExceeded, message).into()
}

/// Each secret that was replaced has been promised to go on for some time, and is not
/// taken away before; nor do headers grow without end.
fn make_room(secrets: &[SecretRow], overlap: TimeDelta) -> ServiceResult<()> {
    let ends = secrets.iter().filter_map(|secret| secret.expires_at);
    let goes_on = usize::from(overlap > TimeDelta::zero());
    let beside = ends.clone().count().saturating_add(goes_on);
    let Some(first) = ends.min().filter(|_| beside >= MOST_SECRETS) else {
        return Ok(());
    };
    let until = first.to_rfc3339_opts(SecondsFormat::Secs, true);
    let message = format!(
        "messages are signed by {MOST_SECRETS} secrets already, each for as long as was said; \
         the first of them ends at {until}. Rotate after that, or with overlapDays 0, which ends \
         the present secret at once"
    );
    Err(UserError::at(ErrorCode::LimitExceeded, &["input", "id"], message).into())
}

fn changed_since() -> crate::error::Refusal {
    UserError::at(
        ErrorCode::Conflict,
        &["input", "expectedVersion"],
        "the endpoint has changed since it was read; read it again",
    )
    .into()
}
