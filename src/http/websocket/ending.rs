//! What ends a socket beside its client: time, its token, its dealer, and who
//! revokes what its caller may do.

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
    const fn close(self) -> Close {
        if self.has_token {
            Close::Expired
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

/// Completes when whoever was admitted last is not let in any more, once there is
/// somebody.
pub(super) async fn shut_out(
    app: &App,
    mut admitted: watch::Receiver<Option<Arc<TenantContext>>>,
) -> AppError {
    loop {
        let current = admitted.borrow_and_update().clone();
        let shut_out = async {
            match &current {
                Some(context) => no_longer_let_in(app, context).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            error = shut_out => return error,
            // The sender lives as long as the socket that asks.
            _changed = admitted.changed() => {}
        }
    }
}

async fn no_longer_let_in(app: &App, context: &TenantContext) -> AppError {
    let mut news = app.directory.listen(context);
    loop {
        match app.directory.why_closed(context).await {
            Ok(Some(error)) => return error,
            Ok(None) => news.changed().await,
            // A database that is away closes no socket.
            Err(_) => sleep(RETRY).await,
        }
    }
}
