//! Signing in on a socket, and staying signed in with a fresh token.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ending::Deadline;
use super::protocol::{Close, ServerMessage, authorization};
use super::socket::{End, Socket};
use crate::auth::principal::Principal;
use crate::error::{AppError, AppResult};
use crate::telemetry::sockets::SocketRefresh;
use crate::tenancy::directory::suspended;
use crate::tenancy::{Standing, TenantContext};

/// How far the clocks of token makers and readers may disagree.
const LEEWAY: Duration = Duration::from_secs(5);

impl Socket {
    pub(super) async fn on_init(&mut self, payload: Option<&Value>) -> ControlFlow<End> {
        if self.admitted.borrow().is_some() {
            return ControlFlow::Break(Some(Close::TooManyInits));
        }
        match self.let_in(authorization(payload)).await {
            Ok(()) => self.send(&ServerMessage::ConnectionAck {}).await,
            Err(close) => ControlFlow::Break(Some(close)),
        }
    }

    async fn let_in(&mut self, authorization: Option<&str>) -> Result<(), Close> {
        let admitted = self.admit(authorization).await;
        let context = admitted.map_err(|error| Close::Refused(error.message().to_owned()))?;
        let Some(context) = context else {
            let hint = "send {\"authorization\": \"Bearer …\"} in connection_init";
            return Err(Close::Refused(hint.to_owned()));
        };
        if context.standing() == Standing::ReadOnly {
            return Err(Close::DealerClosed(suspended().message().to_owned()));
        }
        if let Some(principal) = context.principal() {
            let seat = self.app.sockets.seat(principal.dealer(), principal.user());
            self.seat = Some(seat.map_err(Close::Full)?);
            self.live_until(principal.expires_at());
        }
        self.admitted.send_replace(Some(context));
        Ok(())
    }

    /// Who has sent a message; what it brings counts before what the request
    /// brought that opened the socket.
    async fn admit(&self, authorization: Option<&str>) -> AppResult<Option<Arc<TenantContext>>> {
        let sent = self.from.credentials.with_authorization(authorization)?;
        self.app.admit_caller(&sent).await
    }

    fn live_until(&self, expires_at: DateTime<Utc>) {
        // Less than nothing may be left without the leeway.
        let left = expires_at + LEEWAY - self.app.core.clock.now();
        self.deadline.send_replace(Deadline {
            at: Instant::now() + left.to_std().unwrap_or_default(),
            has_token: true,
        });
    }

    /// A ping that brings an access token keeps the socket open for as long as that
    /// is good. One that is not good ends nothing: the first is still there. Any other
    /// is answered when the subscriptions before it have begun.
    pub(super) async fn on_ping(&mut self, payload: Option<Value>) -> ControlFlow<End> {
        let Some(authorization) = authorization(payload.as_ref()) else {
            self.all_begun().await;
            return self.send(&ServerMessage::Pong { payload }).await;
        };
        let metrics = &self.app.serving.socket_metrics;
        let answer = match self.refreshed(authorization).await {
            Ok(context) => match self.renew(context) {
                Ok(expires_at) => {
                    metrics.refreshed(SocketRefresh::Done);
                    json!({ "expiresAt": expires_at })
                }
                Err(close) => return ControlFlow::Break(Some(close)),
            },
            Err(error) => {
                metrics.refreshed(SocketRefresh::Refused);
                let (code, message) = (error.code().as_str(), error.message());
                json!({ "error": { "code": code, "message": message } })
            }
        };
        let payload = Some(answer);
        self.send(&ServerMessage::Pong { payload }).await
    }

    async fn refreshed(&self, authorization: &str) -> AppResult<Arc<TenantContext>> {
        if self.admitted.borrow().is_none() {
            let message = "send connection_init before a fresh token";
            return Err(AppError::unauthenticated(message));
        }
        let context = self.admit(Some(authorization)).await?;
        context.ok_or_else(|| AppError::unauthenticated("the ping brings no access token"))
    }

    fn renew(&self, fresh: Arc<TenantContext>) -> Result<DateTime<Utc>, Close> {
        let old = self.admitted.borrow().clone();
        let principals = old.as_ref().and_then(|old| both(old, &fresh));
        let Some(principal) = principals
            .filter(|(old, fresh)| old.is_renewed_by(fresh))
            .map(|(_, fresh)| fresh)
        else {
            let message = "the token is of another user or dealer, or of other rights";
            return Err(Close::Refused(message.to_owned()));
        };
        let expires_at = principal.expires_at();
        self.live_until(expires_at);
        self.admitted.send_replace(Some(fresh));
        Ok(expires_at)
    }
}

fn both<'c>(
    old: &'c TenantContext,
    fresh: &'c TenantContext,
) -> Option<(&'c Principal, &'c Principal)> {
    old.principal().zip(fresh.principal())
}
