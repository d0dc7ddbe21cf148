//! One operation on a socket: runs until its stream ends or it is aborted.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;
use crate::graphql::errors::is_refusal;
use crate::graphql::live::Begun;
use crate::graphql::scope::Sender;
use crate::http::answer::refusal;
use crate::http::execute::{Operation, Via};
use crate::tenancy::TenantContext;

/// What an operation has to say to its client.
pub(super) enum Word {
    /// An answer, or an event.
    Next(Box<Response>),
    /// The document could not be run; the last word.
    Refused(Vec<ServerError>),
    /// Nothing more comes; the last word.
    Complete,
}

/// A word of the operation numbered `serial`.
pub(super) struct Spoken {
    pub(super) id: String,
    pub(super) serial: u64,
    pub(super) word: Word,
}

/// Where an operation's words go.
pub(super) struct Mouth {
    pub(super) id: String,
    pub(super) serial: u64,
    pub(super) out: mpsc::Sender<Spoken>,
    pub(super) begun: Begun,
}

impl Mouth {
    /// False if nobody listens any more.
    async fn say(&self, word: Word) -> bool {
        let (id, serial) = (self.id.clone(), self.serial);
        self.out.send(Spoken { id, serial, word }).await.is_ok()
    }
}

/// Runs the operation. Each event reads in a transaction of its own, which ends
/// before the event is sent: a socket at rest holds no connection.
pub(super) async fn run(
    app: Arc<App>,
    context: Arc<TenantContext>,
    mut request: Request,
    mouth: Mouth,
) {
    let request_id = Uuid::now_v7();
    let _at_work = app.serving.socket_operations.hold();
    let sender = Sender::Known(context);
    let asked = (&mut request, Via::Socket);
    let operation = match Operation::new(&*app, sender, asked, request_id).await {
        Ok(operation) => operation,
        Err(stopped) => {
            let errors = stopped.into_response(request_id).errors;
            mouth.say(Word::Refused(errors)).await;
            return;
        }
    };
    let span = operation.span.clone();
    if !operation.is_subscription() {
        mouth.begun.say();
    }
    let request = request.data(mouth.begun.clone());
    let speaking = speak(&app, &operation, request, &mouth).instrument(span);
    if operation.is_subscription() {
        return speaking.await;
    }
    if timeout(operation.limit(), speaking).await.is_err() {
        operation.scope.release().await;
        let response = refusal(operation.out_of_time(), request_id);
        if mouth.say(Word::Next(Box::new(response))).await {
            mouth.say(Word::Complete).await;
        }
    }
}

async fn speak(app: &App, operation: &Operation<'_, App>, request: Request, mouth: &Mouth) {
    let scope = Arc::clone(&operation.scope);
    let mut answers = app.schema.execute_stream(request.data(scope)).boxed();
    let mut first = true;
    while let Some(response) = answers.next().await {
        operation.scope.release().await;
        let response = operation.finish(response);
        if first && is_refusal(&response) {
            mouth.say(Word::Refused(response.errors)).await;
            return;
        }
        first = false;
        if !mouth.say(Word::Next(Box::new(response))).await {
            return;
        }
    }
    mouth.say(Word::Complete).await;
}
