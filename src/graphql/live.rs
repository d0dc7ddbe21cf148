//! From a dealer's events to the stream of a subscription.

use async_graphql::{Context, ID};
use futures_util::{Stream, stream};
use tokio::sync::watch;

use super::context::ContextExt;
use crate::error::{AppError, AppResult};
use crate::events::{Event, EventId, NotAnEventId};
use crate::tenancy::live::{Delivery, Follower};

/// Says that a subscription has begun: whatever is committed from then on is heard.
#[derive(Clone)]
pub struct Begun(pub watch::Sender<bool>);

impl Begun {
    /// It has.
    pub fn say(&self) {
        self.0.send_replace(true);
    }
}

/// The events of the caller's dealer, behind the one that the argument
/// `afterEventId` names, or from now on.
pub async fn follow(ctx: &Context<'_>, after_event_id: Option<ID>) -> AppResult<Follower> {
    let after = after_event_id.map(|id| id.parse::<EventId>()).transpose();
    let wrong = |error: NotAnEventId| AppError::bad_input("afterEventId", error.to_string());
    let follower = ctx.scope()?.follow(after.map_err(wrong)?).await?;
    if let Some(begun) = ctx.data_opt::<Begun>() {
        begun.say();
    }
    Ok(follower)
}

/// The events of which `is_wanted`, each made by `make`; an error is the last word.
pub fn heard<T>(
    follower: Follower,
    make: fn(Delivery) -> T,
    is_wanted: impl Fn(&Event) -> bool,
) -> impl Stream<Item = AppResult<T>> {
    stream::unfold(Some((follower, is_wanted)), move |state| async move {
        let (mut follower, is_wanted) = state?;
        match follower.next(&is_wanted).await {
            Ok(delivery) => Some((Ok(make(delivery)), Some((follower, is_wanted)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}
