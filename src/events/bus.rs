//! Hints that a dealer has new events, to whoever follows him on any node.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::batch::{Batch, Messages};
use super::database_link::DatabaseLink;
use super::redis_link::{self, RedisError};
use crate::db::connect::Connector;
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::{Gathering, Listener, Listeners};

/// Wakes those who follow a dealer.
///
/// A hint may be lost: it says that it is worth while to look, and no more.
#[derive(Clone, Default)]
pub struct EventBus {
    ears: Arc<Listeners<DealerId>>,
    others: Option<Others>,
}

/// The way to the other nodes.
#[derive(Clone)]
struct Others {
    batch: Batch,
    _stop: Arc<oneshot::Sender<()>>,
}

impl EventBus {
    /// A bus that reaches nobody beyond itself.
    pub fn local() -> Self {
        Self::default()
    }

    /// A bus of all nodes on the same Redis. Fails if that is away.
    pub async fn with_redis(url: &str) -> Result<Self, RedisError> {
        let (node, batch, ears) = parts();
        let messages = Messages::new(node, batch.clone());
        let work = redis_link::start(url, node, messages, Arc::clone(&ears)).await?;
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(until(stopped, work));
        Ok(Self::shared(ears, batch, Arc::new(stop)))
    }

    /// A bus of all nodes on the same database, over a connection of its own.
    pub fn with_database(connector: &Connector, url: SecretString) -> Self {
        let (node, batch, ears) = parts();
        let link = DatabaseLink {
            connector: connector.clone(),
            url,
            node,
            ears: Arc::clone(&ears),
        };
        let messages = Messages::new(node, batch.clone());
        let (stop, stopped) = oneshot::channel();
        connector.spawn(until(stopped, link.keep(messages)));
        Self::shared(ears, batch, Arc::new(stop))
    }

    const fn shared(
        ears: Arc<Listeners<DealerId>>,
        batch: Batch,
        stop: Arc<oneshot::Sender<()>>,
    ) -> Self {
        let others = Some(Others { batch, _stop: stop });
        Self { ears, others }
    }

    /// Events of `dealer` have been committed.
    pub(crate) fn committed(&self, dealer: DealerId) {
        self.ears.tell(&dealer);
        if let Some(others) = &self.others {
            others.batch.add(dealer);
        }
    }

    /// Hears from now on of new events of `dealer`.
    pub(crate) fn listen(&self, dealer: DealerId) -> Listener<DealerId> {
        self.ears.listen(dealer, 0)
    }

    /// Hears from now on of new events of all dealers.
    pub fn gather(&self) -> Gathering<DealerId> {
        self.ears.gather()
    }

    /// Dealers somebody on this node follows.
    pub fn listened_dealers(&self) -> usize {
        self.ears.keys().len()
    }
}

fn parts() -> (Uuid, Batch, Arc<Listeners<DealerId>>) {
    (Uuid::new_v4(), Batch::default(), Arc::default())
}

/// Works until nobody has the bus any more.
async fn until(stopped: oneshot::Receiver<()>, work: impl Future<Output = ()>) {
    tokio::select! {
        _dropped = stopped => {}
        () = work => {}
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn hints_are_of_one_dealer_and_several_are_one() {
        let bus = EventBus::local();
        let (a, b) = (DealerId::generate(), DealerId::generate());
        let mut of_a = bus.listen(a);
        bus.committed(b);
        assert!(of_a.changed().now_or_never().is_none());
        bus.committed(a);
        bus.committed(a);
        assert!(of_a.changed().now_or_never().is_some());
        assert!(of_a.changed().now_or_never().is_none());
        assert_eq!(bus.listened_dealers(), 1);
        drop(of_a);
        assert_eq!(bus.listened_dealers(), 0);
    }
}
