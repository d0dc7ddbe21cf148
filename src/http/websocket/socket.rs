//! One socket: its handshake, its operations, its end.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use actix_ws::{AggregatedMessage, AggregatedMessageStream, Closed, ProtocolError, Session};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use uuid::Uuid;

use super::dispatch::Running;
use super::ending::{Deadline, out_of_time, shut_out};
use super::operation::Spoken;
use super::protocol::{ClientMessage, Close, ServerMessage};
use crate::app::App;
use crate::app::sockets::Seat;
use crate::error::{AppError, ErrorCode};
use crate::http::answer::refusal;
use crate::http::credentials::Credentials;
use crate::kernel::peer::Peer;
use crate::telemetry::sockets::SocketEnd;
use crate::tenancy::TenantContext;

/// How long a client may take to send `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the server asks whether the client is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client may be silent before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long the last word may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// The same if the client does not read: the word waits behind what it left unread.
const SLOW_FAREWELL: Duration = Duration::from_secs(30);
/// Words of all operations that may wait for the client to read.
const BACKLOG: usize = 32;

/// Why a socket ends: with a word to the client, or because the client is gone.
pub(super) type End = Option<Close>;

/// Who has opened a socket.
pub(super) struct Sender {
    pub(super) peer: Peer,
    pub(super) credentials: Credentials<'static>,
}

/// A websocket of one client.
pub(super) struct Socket {
    pub(super) app: Arc<App>,
    pub(super) request_id: Uuid,
    pub(super) from: Sender,
    session: Session,
    pub(super) operations: HashMap<String, Running>,
    pub(super) serial: u64,
    pub(super) spoken: mpsc::Sender<Spoken>,
    listen: Option<mpsc::Receiver<Spoken>>,
    pub(super) deadline: watch::Sender<Deadline>,
    pub(super) admitted: watch::Sender<Option<Arc<TenantContext>>>,
    pub(super) seat: Option<Seat>,
}

impl Socket {
    pub(super) fn new(app: Arc<App>, request_id: Uuid, session: Session, from: Sender) -> Self {
        let (spoken, listen) = mpsc::channel(BACKLOG);
        Self {
            app,
            request_id,
            from,
            session,
            operations: HashMap::new(),
            serial: 0,
            spoken,
            listen: Some(listen),
            deadline: watch::Sender::new(Deadline {
                at: Instant::now() + INIT_TIMEOUT,
                has_token: false,
            }),
            admitted: watch::Sender::new(None),
            seat: None,
        }
    }

    /// For a client that offered no protocol we speak.
    pub(super) async fn refuse_protocol(self) {
        self.end(Some(Close::UnacceptableProtocol)).await;
    }

    /// Drives the socket to its end.
    pub(super) async fn run(mut self, stream: AggregatedMessageStream) {
        let mut closing = self.app.closing();
        let deadline = self.deadline.subscribe();
        let (app, admitted) = (Arc::clone(&self.app), self.admitted.subscribe());
        // Beside the client's frames, not among them: a client that does not
        // read holds up whoever writes to it.
        let end = tokio::select! {
            biased;
            _stopping = closing.wait_for(|closing| *closing) => Some(Close::GoingAway),
            close = out_of_time(deadline) => Some(close),
            error = shut_out(&app, admitted) => Some(self.shut(error).await),
            end = self.drive(stream) => end,
        };
        self.end(end).await;
    }

    async fn end(mut self, end: End) {
        // Operations end before the client hears that they do.
        self.operations.clear();
        let metrics = &self.app.serving.socket_metrics;
        let Some(close) = end else {
            return metrics.ended(SocketEnd::Client);
        };
        metrics.ended(close.why());
        if let Close::Full(full) = close {
            metrics.refused(full.limit);
        }
        tracing::debug!(request_id = %self.request_id, reason = ?close, "socket closes");
        let (patience, mut closing) = (close.patience(), self.app.closing());
        let telling = timeout(patience, self.session.close(Some(close.reason())));
        tokio::select! {
            // The client may be gone already; there is nobody left to tell.
            _closed = telling => {}
            () = async {
                let _stopping = closing.wait_for(|closing| *closing).await;
                sleep(FAREWELL).await;
            } => {}
        }
    }

    /// Ends all operations of a caller who is not let in any more.
    pub(super) async fn shut(&mut self, error: AppError) -> Close {
        let message = error.message().to_owned();
        let is_of_dealer = matches!(
            error.code(),
            ErrorCode::DealerSuspended | ErrorCode::DealerNotActive
        );
        if is_of_dealer {
            self.break_off(error).await;
            return Close::DealerClosed(message);
        }
        // No word to the operations: for a client an error ends them for good, and
        // here it may come back with a fresh token and take them up again.
        Close::Revoked(message)
    }

    /// Tells each operation why it ends.
    async fn break_off(&mut self, error: AppError) {
        let mut operations: Vec<String> = self.operations.drain().map(|(id, _)| id).collect();
        operations.sort_unstable();
        let payload = refusal(error, self.request_id).errors;
        let telling = async {
            for id in &operations {
                let message = ServerMessage::Error {
                    id,
                    payload: &payload,
                };
                if self.send(&message).await.is_break() {
                    break;
                }
            }
        };
        // Whoever does not read is not waited for.
        let _told = timeout(FAREWELL, telling).await;
    }

    async fn drive(&mut self, mut stream: AggregatedMessageStream) -> End {
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        let mut listen = self.listen.take()?;
        loop {
            let step = tokio::select! {
                biased;
                frame = stream.recv() => {
                    heard = Instant::now();
                    self.on_frame(frame).await
                }
                Some(spoken) = listen.recv() => self.on_spoken(spoken).await,
                _tick = heartbeat.tick() => self.on_heartbeat(heard).await,
            };
            if let ControlFlow::Break(end) = step {
                return end;
            }
        }
    }

    async fn on_heartbeat(&mut self, heard: Instant) -> ControlFlow<End> {
        if heard.elapsed() > PATIENCE {
            return ControlFlow::Break(None);
        }
        let patience = self.app.settings.slow_client_ms;
        in_time(patience, self.session.ping(b"")).await
    }

    async fn on_frame(
        &mut self,
        frame: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> ControlFlow<End> {
        match frame {
            Some(Ok(AggregatedMessage::Text(text))) => self.on_text(&text).await,
            Some(Ok(AggregatedMessage::Binary(_))) => {
                bad_request("messages must be text frames with JSON")
            }
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                let patience = self.app.settings.slow_client_ms;
                in_time(patience, self.session.pong(&payload)).await
            }
            Some(Ok(AggregatedMessage::Pong(_))) => ControlFlow::Continue(()),
            Some(Err(error)) if is_too_big(&error) => {
                ControlFlow::Break(Some(Close::TooBig(self.app.settings.max_body_bytes)))
            }
            Some(Err(error)) => bad_request(&error.to_string()),
            Some(Ok(AggregatedMessage::Close(_))) => ControlFlow::Break(Some(Close::Answer)),
            None => ControlFlow::Break(None),
        }
    }

    async fn on_text(&mut self, text: &str) -> ControlFlow<End> {
        let message = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) => {
                return bad_request(&format!("not a message of {}: {error}", super::SUBPROTOCOL));
            }
        };
        match message {
            ClientMessage::ConnectionInit { payload } => self.on_init(payload.as_ref()).await,
            ClientMessage::Subscribe { id, payload } => match payload.into_request() {
                Ok(request) => self.on_subscribe(id, request).await,
                Err(error) => bad_request(error.message()),
            },
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                ControlFlow::Continue(())
            }
            ClientMessage::Ping { payload } => self.on_ping(payload).await,
            ClientMessage::Pong {} => ControlFlow::Continue(()),
        }
    }

    pub(super) async fn send(&mut self, message: &ServerMessage<'_>) -> ControlFlow<End> {
        let text = match serde_json::to_string(message) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "a message could not be written as JSON");
                return ControlFlow::Break(None);
            }
        };
        let patience = self.app.settings.slow_client_ms;
        in_time(patience, self.session.text(text)).await
    }
}

impl Close {
    /// How long the client may take to hear it.
    const fn patience(&self) -> Duration {
        match self {
            Self::TooSlow => SLOW_FAREWELL,
            _ => FAREWELL,
        }
    }
}

/// Sends, unless the client does not read for so long.
async fn in_time(
    patience: Duration,
    sending: impl Future<Output = Result<(), Closed>>,
) -> ControlFlow<End> {
    match timeout(patience, sending).await {
        Ok(Ok(())) => ControlFlow::Continue(()),
        Ok(Err(Closed)) => ControlFlow::Break(None),
        Err(_elapsed) => ControlFlow::Break(Some(Close::TooSlow)),
    }
}

fn is_too_big(error: &ProtocolError) -> bool {
    match error {
        ProtocolError::Overflow => true,
        // The library's own, which has no kind: text that is no UTF-8 is the other.
        ProtocolError::Io(error) => error.to_string().contains("continuation size"),
        _ => false,
    }
}

fn bad_request(cause: &str) -> ControlFlow<End> {
    ControlFlow::Break(Some(Close::BadRequest(cause.to_owned())))
}
