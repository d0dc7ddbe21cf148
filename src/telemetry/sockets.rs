//! What becomes of websockets: why they end, and which limits they met.

use super::label::label;
use crate::kernel::metric::Counter;

label! {
    /// Why a websocket has ended.
    SocketEnd {
        /// Its client closed it or is gone.
        Client = "client",
        /// The server stops.
        Stopping = "stopping",
        /// The client does not keep to the protocol.
        Protocol = "protocol",
        /// The client was not let in, or sent the token of somebody else.
        Refused = "refused",
        /// The access token is at its end.
        Expired = "expired",
        /// The session or the caller's rights were revoked.
        Revoked = "revoked",
        /// The dealer is not open any more.
        Dealer = "dealer",
        /// Too many sockets are open.
        Limit = "limit",
        /// The client did not read what was sent.
        Slow = "slow",
    }
}

label! {
    /// A limit on websockets.
    SocketLimit {
        /// Sockets on the node.
        Node = "sockets",
        /// Sockets of a dealer.
        Dealer = "sockets_per_dealer",
        /// Sockets of a user.
        User = "sockets_per_user",
        /// Operations on a socket.
        SocketOperations = "operations_per_socket",
        /// Operations on the sockets of a dealer.
        DealerOperations = "operations_per_dealer",
    }
}

label! {
    /// What came of a token that was sent to keep a socket open.
    SocketRefresh {
        /// The socket lives longer.
        Done = "done",
        /// The token is not good.
        Refused = "refused",
    }
}

/// What has become of websockets so far.
#[derive(Debug)]
pub struct SocketMetrics {
    ends: Vec<(SocketEnd, Counter)>,
    limits: Vec<(SocketLimit, Counter)>,
    refreshes: Vec<(SocketRefresh, Counter)>,
}

impl Default for SocketMetrics {
    fn default() -> Self {
        Self {
            ends: counters(SocketEnd::ALL),
            limits: counters(SocketLimit::ALL),
            refreshes: counters(SocketRefresh::ALL),
        }
    }
}

impl SocketMetrics {
    /// A socket has ended.
    pub fn ended(&self, why: SocketEnd) {
        count(&self.ends, &why);
    }

    /// A socket or an operation was refused.
    pub fn refused(&self, limit: SocketLimit) {
        count(&self.limits, &limit);
    }

    /// A token came to keep a socket open.
    pub fn refreshed(&self, outcome: SocketRefresh) {
        count(&self.refreshes, &outcome);
    }

    /// Sockets that have ended, by reason.
    pub fn ends(&self) -> impl Iterator<Item = ([(&'static str, &'static str); 1], u64)> {
        let ends = self.ends.iter();
        ends.map(|(why, count)| ([("reason", why.text())], count.get()))
    }

    /// What was refused, by limit.
    pub fn refusals(&self) -> impl Iterator<Item = ([(&'static str, &'static str); 1], u64)> {
        let limits = self.limits.iter();
        limits.map(|(limit, count)| ([("limit", limit.text())], count.get()))
    }

    /// Tokens that came to keep a socket open, by outcome.
    pub fn refreshes(&self) -> impl Iterator<Item = ([(&'static str, &'static str); 1], u64)> {
        let refreshes = self.refreshes.iter();
        refreshes.map(|(outcome, count)| ([("outcome", outcome.text())], count.get()))
    }
}

fn counters<L: Copy>(labels: &[L]) -> Vec<(L, Counter)> {
    let counter = |label: &L| (*label, Counter::default());
    labels.iter().map(counter).collect()
}

fn count<L: PartialEq>(counters: &[(L, Counter)], label: &L) {
    if let Some((_, counter)) = counters.iter().find(|(known, _)| known == label) {
        counter.add_one();
    }
}
