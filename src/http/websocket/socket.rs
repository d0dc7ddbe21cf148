//! One socket: its handshake, its operations, its end.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, Closed, ProtocolError, Session};
use async_graphql::Request;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use uuid::Uuid;

use super::ending::{Deadline, out_of_time, shut_out};
use super::operation::{self, Mouth, Spoken, Word};
use super::protocol::{ClientMessage, Close, ServerMessage, authorization};
use crate::app::App;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::http::answer::refusal;
use crate::http::credentials::Credentials;
use crate::http::endpoint::Endpoint;
use crate::kernel::peer::Peer;
use crate::tenancy::directory::suspended;
use crate::tenancy::{Standing, TenantContext};

/// How long a client may take to send `connection_init`.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the server asks whether the client is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client may be silent, or not read, before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long the last word may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// Words of all operations that may wait for the client to read.
const BACKLOG: usize = 32;
/// How far the clocks of token makers and readers may disagree.
const LEEWAY: Duration = Duration::from_secs(5);

/// Why a socket ends: with a word to the client, or because the client is gone.
type End = Option<Close>;

/// Who has opened a socket.
pub(super) struct Sender {
    pub(super) peer: Peer,
    pub(super) credentials: Credentials<'static>,
}

/// A websocket of one client.
pub(super) struct Socket {
    app: Arc<App>,
    request_id: Uuid,
    from: Sender,
    session: Session,
    operations: HashMap<String, Running>,
    serial: u64,
    spoken: mpsc::Sender<Spoken>,
    listen: Option<mpsc::Receiver<Spoken>>,
    deadline: watch::Sender<Deadline>,
    admitted: watch::Sender<Option<Arc<TenantContext>>>,
}

struct Running {
    serial: u64,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
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
        }
    }

    /// For a client that offered no protocol we speak.
    pub(super) async fn refuse_protocol(self) {
        close(self.session, Close::UnacceptableProtocol).await;
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
            error = shut_out(&app, admitted) => Some(self.break_off(error).await),
            end = self.drive(stream) => end,
        };
        // Operations end before the client hears that they do.
        self.operations.clear();
        if let Some(reason) = end {
            tracing::debug!(request_id = %self.request_id, ?reason, "socket closes");
            close(self.session, reason).await;
        }
    }

    /// Tells each operation why it ends.
    async fn break_off(&mut self, error: AppError) -> Close {
        let mut operations: Vec<String> = self.operations.drain().map(|(id, _)| id).collect();
        operations.sort_unstable();
        let close = Close::Forbidden(error.message().to_owned());
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
        close
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
        in_time(self.session.ping(b"")).await
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
                in_time(self.session.pong(&payload)).await
            }
            Some(Ok(AggregatedMessage::Pong(_))) => ControlFlow::Continue(()),
            Some(Err(error)) if is_too_big(&error) => {
                ControlFlow::Break(Some(Close::TooBig(self.app.settings.max_body_bytes)))
            }
            Some(Err(error)) => bad_request(&error.to_string()),
            Some(Ok(AggregatedMessage::Close(_))) | None => ControlFlow::Break(None),
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
            ClientMessage::Subscribe { id, payload } => self.on_subscribe(id, *payload).await,
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                ControlFlow::Continue(())
            }
            ClientMessage::Ping { payload } => self.send(&ServerMessage::Pong { payload }).await,
            ClientMessage::Pong {} => ControlFlow::Continue(()),
        }
    }

    async fn on_init(&mut self, payload: Option<&Value>) -> ControlFlow<End> {
        if self.admitted.borrow().is_some() {
            return ControlFlow::Break(Some(Close::TooManyInits));
        }
        let context = match self.admit(payload).await {
            Ok(Some(context)) => context,
            Ok(None) => {
                let hint = "send {\"authorization\": \"Bearer …\"} in connection_init";
                return ControlFlow::Break(Some(Close::Forbidden(hint.to_owned())));
            }
            Err(error) => {
                return ControlFlow::Break(Some(Close::Forbidden(error.message().to_owned())));
            }
        };
        if context.standing() == Standing::ReadOnly {
            let message = suspended().message().to_owned();
            return ControlFlow::Break(Some(Close::Forbidden(message)));
        }
        if let Some(principal) = context.principal() {
            // Less than nothing may be left without the leeway.
            let left = principal.expires_at() + LEEWAY - self.app.core.clock.now();
            self.deadline.send_replace(Deadline {
                at: Instant::now() + left.to_std().unwrap_or_default(),
                has_token: true,
            });
        }
        self.admitted.send_replace(Some(context));
        self.send(&ServerMessage::ConnectionAck {}).await
    }

    /// Who has sent `connection_init`; what it brings counts before what the
    /// request brought that opened the socket.
    async fn admit(&self, payload: Option<&Value>) -> AppResult<Option<Arc<TenantContext>>> {
        let sent = self
            .from
            .credentials
            .with_authorization(authorization(payload))?;
        self.app.admit(&sent).await
    }

    async fn on_subscribe(&mut self, id: String, request: Request) -> ControlFlow<End> {
        let admitted = self.admitted.borrow().clone();
        let Some(context) = admitted else {
            return ControlFlow::Break(Some(Close::Unauthorized));
        };
        if self.operations.contains_key(&id) {
            return ControlFlow::Break(Some(Close::DuplicateOperation(id)));
        }
        let limit = self.app.settings.max_socket_operations;
        if self.operations.len() >= limit {
            let message = format!("at most {limit} operations may run on one socket");
            let error = AppError::new(ErrorCode::LimitExceeded, message);
            let payload = refusal(error, self.request_id).errors;
            return self
                .send(&ServerMessage::Error {
                    id: &id,
                    payload: &payload,
                })
                .await;
        }
        self.serial = self.serial.wrapping_add(1);
        let mouth = Mouth {
            id: id.clone(),
            serial: self.serial,
            out: self.spoken.clone(),
        };
        let running = operation::run(
            Arc::clone(&self.app),
            context,
            request.data(self.from.peer.clone()),
            mouth,
        );
        let running = Running {
            serial: self.serial,
            task: actix_web::rt::spawn(running),
        };
        self.operations.insert(id, running);
        ControlFlow::Continue(())
    }

    async fn on_spoken(&mut self, spoken: Spoken) -> ControlFlow<End> {
        let Spoken { id, serial, word } = spoken;
        // A client may have ended the operation, and used its id anew, while
        // this word waited.
        if self
            .operations
            .get(&id)
            .is_none_or(|running| running.serial != serial)
        {
            return ControlFlow::Continue(());
        }
        match word {
            Word::Next(payload) => {
                self.send(&ServerMessage::Next {
                    id: &id,
                    payload: &payload,
                })
                .await
            }
            Word::Refused(payload) => {
                self.operations.remove(&id);
                self.send(&ServerMessage::Error {
                    id: &id,
                    payload: &payload,
                })
                .await
            }
            Word::Complete => {
                self.operations.remove(&id);
                self.send(&ServerMessage::Complete { id: &id }).await
            }
        }
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> ControlFlow<End> {
        let text = match serde_json::to_string(message) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "a message could not be written as JSON");
                return ControlFlow::Break(None);
            }
        };
        in_time(self.session.text(text)).await
    }
}

/// Sends, unless the client does not read for so long that it counts as gone.
async fn in_time(sending: impl Future<Output = Result<(), Closed>>) -> ControlFlow<End> {
    match timeout(PATIENCE, sending).await {
        Ok(Ok(())) => ControlFlow::Continue(()),
        Ok(Err(_)) | Err(_) => ControlFlow::Break(None),
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

async fn close(session: Session, reason: Close) {
    // The client may be gone already; there is nobody left to tell.
    let _closed = timeout(FAREWELL, session.close(Some(reason.reason()))).await;
}
