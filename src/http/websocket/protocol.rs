//! Messages and close codes of graphql-transport-ws.
//!
//! Source: the protocol document of the graphql-ws project.

use actix_ws::{CloseCode, CloseReason};
use async_graphql::{Response, ServerError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::sockets::Full;
use crate::http::params::Params;
use crate::telemetry::sockets::SocketEnd;

/// Name of the protocol in the handshake.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Most bytes of a close frame's text: a frame of this kind holds 125, of which the
/// code takes two.
const LONGEST_REASON: usize = 123;

/// What a client sends.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Value>,
    },
    Subscribe {
        id: String,
        payload: Box<Params>,
    },
    Complete {
        id: String,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
}

/// What the server sends.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck {},
    Next {
        id: &'a str,
        payload: &'a Response,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
}

/// Why the server closes a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The client has closed it, which is to be answered.
    Answer,
    /// The server stops; another node may take over.
    GoingAway,
    /// A message is no message of the protocol.
    BadRequest(String),
    /// An operation came before the connection was acknowledged.
    Unauthorized,
    /// The token is missing, wrong or somebody else's.
    Refused(String),
    /// The token is at its end.
    Expired,
    /// The session has ended, or what the caller may do has changed.
    Revoked(String),
    /// The dealer is not open any more.
    DealerClosed(String),
    /// Too many sockets are open.
    Full(Full),
    /// The client speaks another protocol.
    UnacceptableProtocol,
    /// `connection_init` did not come in time.
    InitTimeout,
    /// An id is in use.
    DuplicateOperation(String),
    /// `connection_init` came twice.
    TooManyInits,
    /// A message is larger than allowed.
    TooBig(usize),
    /// The client has not read for too long.
    TooSlow,
}

impl Close {
    /// Clients come back after 1001, 1013, 4403, 4408 and 4413, and give up after those others
    /// that they have not asked for.
    pub(super) fn reason(self) -> CloseReason {
        let (code, mut text) = match self {
            Self::Answer => (1000, String::new()),
            Self::GoingAway => (1001, "the server stops; connect again".to_owned()),
            Self::TooBig(limit) => (1009, format!("a message may have at most {limit} bytes")),
            Self::Full(full) => (1013, full.message()),
            Self::BadRequest(cause) => (4400, cause),
            Self::Unauthorized => (4401, "Unauthorized".to_owned()),
            Self::Refused(cause) | Self::Revoked(cause) | Self::DealerClosed(cause) => {
                (4403, cause)
            }
            Self::Expired => {
                let text = "the access token has expired; connect with a fresh one";
                (4403, text.to_owned())
            }
            Self::UnacceptableProtocol => (4406, "Subprotocol not acceptable".to_owned()),
            Self::InitTimeout => (4408, "Connection initialisation timeout".to_owned()),
            Self::DuplicateOperation(id) => (4409, format!("Subscriber for {id} already exists")),
            Self::TooSlow => {
                let text =
                    "the client reads too slowly; connect again, and go on behind the last event";
                (4413, text.to_owned())
            }
            Self::TooManyInits => (4429, "Too many initialisation requests".to_owned()),
        };
        text.truncate(text.floor_char_boundary(LONGEST_REASON));
        CloseReason {
            code: CloseCode::from(code),
            description: Some(text),
        }
    }

    /// The reason among the figures.
    pub(super) const fn why(&self) -> SocketEnd {
        match self {
            Self::Answer => SocketEnd::Client,
            Self::GoingAway => SocketEnd::Stopping,
            Self::Refused(_) => SocketEnd::Refused,
            Self::Expired => SocketEnd::Expired,
            Self::Revoked(_) => SocketEnd::Revoked,
            Self::DealerClosed(_) => SocketEnd::Dealer,
            Self::Full(_) => SocketEnd::Limit,
            Self::TooSlow => SocketEnd::Slow,
            Self::BadRequest(_)
            | Self::Unauthorized
            | Self::UnacceptableProtocol
            | Self::InitTimeout
            | Self::DuplicateOperation(_)
            | Self::TooManyInits
            | Self::TooBig(_) => SocketEnd::Protocol,
        }
    }
}

/// The Authorization value in the payload of `connection_init`, or of a `ping`.
pub(super) fn authorization(payload: Option<&Value>) -> Option<&str> {
    let fields = payload?.as_object()?;
    let named = |name: &str| name.eq_ignore_ascii_case("authorization");
    fields
        .iter()
        .find(|(name, _)| named(name))
        .and_then(|(_, value)| value.as_str())
}
