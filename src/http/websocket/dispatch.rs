//! Operations of a socket: they begin, speak and end.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use async_graphql::Request;
use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::timeout;

use super::operation::{self, Mouth, Spoken, Word};
use super::protocol::{Close, ServerMessage};
use super::socket::{End, Socket};
use crate::app::sockets::Full;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::live::Begun;
use crate::http::answer::refusal;
use crate::kernel::ids::DealerId;
use crate::kernel::quota::Place;
use crate::tenancy::TenantContext;

/// How long a pong waits for subscriptions to begin.
const BEGIN: Duration = Duration::from_secs(1);

/// An operation at work.
pub(super) struct Running {
    serial: u64,
    /// Whether whatever is committed from now on is heard, if it is a subscription.
    begun: watch::Receiver<bool>,
    task: JoinHandle<()>,
    _place: Place<DealerId>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Socket {
    pub(super) async fn on_subscribe(&mut self, id: String, request: Request) -> ControlFlow<End> {
        let admitted = self.admitted.borrow().clone();
        let Some(admitted) = admitted else {
            return ControlFlow::Break(Some(Close::Unauthorized));
        };
        if self.operations.contains_key(&id) {
            return ControlFlow::Break(Some(Close::DuplicateOperation(id)));
        }
        let place = match self.place(admitted.dealer().id) {
            Ok(place) => place,
            Err(full) => {
                self.app.serving.socket_metrics.refused(full.limit);
                return self.refuse(&id, full.into()).await;
            }
        };
        match self.admit_again(admitted).await {
            Ok(context) => {
                self.begin(id, request, context, place);
                ControlFlow::Continue(())
            }
            Err(error) if error.code() == ErrorCode::Unauthenticated => {
                ControlFlow::Break(Some(self.shut(error).await))
            }
            Err(error) => self.refuse(&id, error).await,
        }
    }

    fn place(&self, dealer: DealerId) -> Result<Place<DealerId>, Full> {
        let most = self.app.settings.max_socket_operations;
        if self.operations.len() >= most {
            return Err(Full::of_socket(most));
        }
        self.app.sockets.begin(dealer)
    }

    /// What the caller may do now, which may be less than when he connected.
    async fn admit_again(&self, admitted: Arc<TenantContext>) -> AppResult<Arc<TenantContext>> {
        let Some(principal) = admitted.principal() else {
            return Ok(admitted);
        };
        let again = self.app.directory.admit(principal.clone()).await?;
        Ok(Arc::new(again))
    }

    fn begin(
        &mut self,
        id: String,
        request: Request,
        context: Arc<TenantContext>,
        place: Place<DealerId>,
    ) {
        self.serial = self.serial.wrapping_add(1);
        let (sender, begun) = watch::channel(false);
        let mouth = Mouth {
            id: id.clone(),
            serial: self.serial,
            out: self.spoken.clone(),
            begun: Begun(sender),
        };
        let request = request.data(self.from.peer.clone());
        let running = operation::run(Arc::clone(&self.app), context, request, mouth);
        let running = Running {
            serial: self.serial,
            begun,
            task: actix_web::rt::spawn(running),
            _place: place,
        };
        self.operations.insert(id, running);
    }

    /// Waits until all subscriptions have begun or ended, though not for long.
    pub(super) async fn all_begun(&mut self) {
        let begun = self.operations.values_mut().map(|running| async {
            // An operation that has ended says no more.
            let _begun = running.begun.wait_for(|begun| *begun).await;
        });
        let _in_time = timeout(BEGIN, join_all(begun)).await;
    }

    /// Ends an operation before it has begun.
    async fn refuse(&mut self, id: &str, error: AppError) -> ControlFlow<End> {
        let payload = refusal(error, self.request_id).errors;
        let payload = payload.as_slice();
        self.send(&ServerMessage::Error { id, payload }).await
    }

    pub(super) async fn on_spoken(&mut self, spoken: Spoken) -> ControlFlow<End> {
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
}
