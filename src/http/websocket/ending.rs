//! What ends a socket beside its client: time, its token, its dealer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::protocol::Close;
use crate::app::App;
use crate::error::AppError;
use crate::tenancy::TenantContext;

/// The pause before a dealer is looked up again, when that failed.
const RETRY: Duration = Duration::from_millis(500);

/// When the socket must be gone: the token's end, or the wait for one.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    pub(super) at: Instant,
    pub(super) has_token: bool,
}

impl Deadline {
    fn close(self) -> Close {
        if self.has_token {
            let message = "the access token has expired; connect with a fresh one";
            Close::Forbidden(message.to_owned())
        } else {
            Close::InitTimeout
        }
    }
}

/// Completes at the deadline as it stands then.
pub(super) async fn out_of_time(mut deadline: watch::Receiver<Deadline>) -> Close {
    loop {
        let current = *deadline.borrow_and_update();
        tokio::select! {
            () = sleep_until(current.at) => return current.close(),
            // The sender lives as long as the socket that asks.
            _changed = deadline.changed() => {}
        }
    }
}

/// Completes when the socket's dealer is not open any more, or its caller may not do
/// what he could, once there is one.
pub(super) async fn shut_out(
    app: &App,
    mut admitted: watch::Receiver<Option<Arc<TenantContext>>>,
) -> AppError {
    let context = admitted.wait_for(Option::is_some).await;
    let context = context.ok().and_then(|context| context.clone());
    let Some(context) = context else {
        // The sender lives as long as the socket that asks.
        return std::future::pending().await;
    };
    let mut changes = app.directory.listen(context.dealer().id);
    loop {
        match app.directory.why_closed(&context).await {
            Ok(Some(error)) => return error,
            Ok(None) => changes.changed().await,
            // A database that is away closes no socket.
            Err(_) => sleep(RETRY).await,
        }
    }
}
