//! From a dealer's events to the stream of a subscription.

use async_graphql::ID;
use futures_util::{Stream, stream};

use crate::error::{AppError, AppResult};
use crate::events::{Event, EventId, NotAnEventId};
use crate::tenancy::live::{Delivery, Follower};

/// What the argument `afterEventId` says.
pub fn behind(after_event_id: Option<ID>) -> AppResult<Option<EventId>> {
    let id = after_event_id.map(|id| id.parse()).transpose();
    id.map_err(|error: NotAnEventId| AppError::bad_input("afterEventId", error.to_string()))
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
