//! Who is at the other end of a connection, as far as the connection tells.

use std::net::IpAddr;

/// Most characters kept of what a client calls itself.
pub const MAX_USER_AGENT: usize = 200;

/// Where a request comes from. Nothing of it is proven, but the address: it is
/// that of the connection, or the one named by a proxy that the settings trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's address; IPv4 is never dressed up as IPv6.
    pub address: IpAddr,
    /// What the client calls itself, printable and at most [`MAX_USER_AGENT`]
    /// characters long.
    pub user_agent: Option<String>,
    /// The device token it sent, unchecked.
    pub device: Option<String>,
}

impl Peer {
    /// Somebody at `address` of whom nothing else is known.
    pub const fn at(address: IpAddr) -> Self {
        Self {
            address: address.to_canonical(),
            user_agent: None,
            device: None,
        }
    }

    /// The same, calling itself `text`; what does not print is left out.
    #[must_use]
    pub fn with_user_agent(mut self, text: &str) -> Self {
        let printable = text.chars().filter(|c| !c.is_control());
        let kept: String = printable.take(MAX_USER_AGENT).collect();
        self.user_agent = Some(kept).filter(|kept| !kept.trim().is_empty());
        self
    }

    /// The same with this device token, if there is one.
    #[must_use]
    pub fn with_device(mut self, token: Option<&str>) -> Self {
        if let Some(token) = token {
            self.device = Some(token.to_owned());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::at(address.parse().unwrap())
    }

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(peer("::ffff:192.0.2.7"), peer("192.0.2.7"));
    }

    #[test]
    fn a_name_is_short_and_prints() {
        let named = peer("::1").with_user_agent("a\u{7}b\r\nc");
        assert_eq!(named.user_agent.as_deref(), Some("abc"));
        let long = peer("::1").with_user_agent(&"ü".repeat(5000));
        assert_eq!(long.user_agent.unwrap().chars().count(), MAX_USER_AGENT);
        assert_eq!(peer("::1").with_user_agent(" ").user_agent, None);
    }
}
