//! How many websockets a node holds open, and for whom.

use crate::config::ServerSettings;
use crate::error::{AppError, ErrorCode};
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::quota::{Place, Quota};
use crate::telemetry::sockets::SocketLimit;

/// The places for sockets and their operations, counted on this node.
pub struct Sockets {
    node: Quota<()>,
    dealers: Quota<DealerId>,
    users: Quota<UserId>,
    operations: Quota<DealerId>,
}

/// A signed-in socket's place among those of its dealer and of its user.
pub struct Seat {
    _dealer: Place<DealerId>,
    _user: Place<UserId>,
}

/// All places are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// Of which kind.
    pub limit: SocketLimit,
    most: usize,
}

impl Sockets {
    pub(super) fn new(settings: &ServerSettings) -> Self {
        Self {
            node: Quota::new(settings.max_sockets),
            dealers: Quota::new(settings.max_sockets_per_dealer),
            users: Quota::new(settings.max_sockets_per_user),
            operations: Quota::new(settings.max_operations_per_dealer),
        }
    }

    /// A place for one more socket, whose client is not known yet.
    pub fn open(&self) -> Result<Place<()>, Full> {
        let full = Full {
            limit: SocketLimit::Node,
            most: self.node.most(),
        };
        self.node.take(()).ok_or(full)
    }

    /// A place for the socket of `user` at `dealer`.
    pub fn seat(&self, dealer: DealerId, user: UserId) -> Result<Seat, Full> {
        let full = |limit, most| Full { limit, most };
        let of_user = self.users.take(user);
        let of_dealer = self.dealers.take(dealer);
        Ok(Seat {
            _user: of_user.ok_or(full(SocketLimit::User, self.users.most()))?,
            _dealer: of_dealer.ok_or(full(SocketLimit::Dealer, self.dealers.most()))?,
        })
    }

    /// A place for one more operation on the sockets of `dealer`.
    pub fn begin(&self, dealer: DealerId) -> Result<Place<DealerId>, Full> {
        let full = Full {
            limit: SocketLimit::DealerOperations,
            most: self.operations.most(),
        };
        self.operations.take(dealer).ok_or(full)
    }
}

impl Full {
    /// Of `most` operations on one socket.
    pub const fn of_socket(most: usize) -> Self {
        Self {
            limit: SocketLimit::SocketOperations,
            most,
        }
    }

    /// What the client is told: less than a close frame holds.
    pub fn message(self) -> String {
        let most = self.most;
        match self.limit {
            SocketLimit::Node => format!("at most {most} sockets may be open on this server"),
            SocketLimit::Dealer => format!("at most {most} sockets may be open for one dealer"),
            SocketLimit::User => format!("at most {most} sockets may be open for one user"),
            SocketLimit::SocketOperations => {
                format!("at most {most} operations may run on one socket")
            }
            SocketLimit::DealerOperations => {
                format!("at most {most} operations may run on the sockets of one dealer")
            }
        }
    }
}

impl From<Full> for AppError {
    fn from(full: Full) -> Self {
        Self::new(ErrorCode::LimitExceeded, full.message())
    }
}
