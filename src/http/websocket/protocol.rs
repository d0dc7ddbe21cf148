//! Messages and close codes of graphql-transport-ws.
//!
//! Source: the protocol document of the graphql-ws project.

use actix_ws::{CloseCode, CloseReason};
use async_graphql::{Request, Response, ServerError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Name of the protocol in the handshake.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

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
        payload: Box<Request>,
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
    /// The server stops; another node may take over.
    GoingAway,
    /// A message is no message of the protocol.
    BadRequest(String),
    /// An operation came before the connection was acknowledged.
    Unauthorized,
    /// The token is missing, wrong or at its end.
    Forbidden(String),
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
}

impl Close {
    pub(super) fn reason(self) -> CloseReason {
        let (code, text) = match self {
            Self::GoingAway => (1001, "the server stops; connect again".to_owned()),
            Self::TooBig(limit) => (1009, format!("a message may have at most {limit} bytes")),
            Self::BadRequest(cause) => (4400, cause),
            Self::Unauthorized => (4401, "Unauthorized".to_owned()),
            Self::Forbidden(cause) => (4403, cause),
            Self::UnacceptableProtocol => (4406, "Subprotocol not acceptable".to_owned()),
            Self::InitTimeout => (4408, "Connection initialisation timeout".to_owned()),
            Self::DuplicateOperation(id) => (4409, format!("Subscriber for {id} already exists")),
            Self::TooManyInits => (4429, "Too many initialisation requests".to_owned()),
        };
        CloseReason {
            code: CloseCode::from(code),
            description: Some(text),
        }
    }
}

/// The Authorization value in the payload of `connection_init`.
pub(super) fn authorization(payload: Option<&Value>) -> Option<&str> {
    let fields = payload?.as_object()?;
    let named = |name: &str| name.eq_ignore_ascii_case("authorization");
    fields
        .iter()
        .find(|(name, _)| named(name))
        .and_then(|(_, value)| value.as_str())
}
