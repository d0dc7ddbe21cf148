//! Where a request comes from: the address behind the proxies, the client's
//! name, its device token.
//!
//! A header that names an address is written by whoever likes to, so it is read
//! from its end, where the proxy next to us wrote, and only as far as proxies go
//! that the settings trust. Of the two headers that exist only the configured one
//! is read: a proxy that writes one of them hands the other on as it came.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{
    COOKIE, FORWARDED, HeaderMap, HeaderName, USER_AGENT, X_FORWARDED_FOR,
};
use ipnet::IpNet;

use crate::config::{ProxyHeader, ServerSettings};
use crate::kernel::peer::Peer;
use crate::platform::sessions::cookies::CookiePolicy;

/// Longest device token worth looking at, in bytes.
const MAX_DEVICE: usize = 256;

/// Who sent `request`.
pub(super) fn peer(request: &HttpRequest, settings: &ServerSettings) -> Peer {
    let next = request
        .peer_addr()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let address = Proxies::of(settings).client(next, request.headers());
    let policy = CookiePolicy {
        secure: settings.secure_cookies,
    };
    let token = cookie(request, policy.device()).filter(|token| token.len() <= MAX_DEVICE);
    let peer = Peer::at(address).with_device(token);
    let name = request.headers().get(USER_AGENT);
    match name.and_then(|value| value.to_str().ok()) {
        Some(name) => peer.with_user_agent(name),
        None => peer,
    }
}

/// The value of the first cookie called `name`.
pub(super) fn cookie<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let lines = request.headers().get_all(COOKIE);
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Whom to believe about addresses.
struct Proxies<'s> {
    trusted: &'s [IpNet],
    header: ProxyHeader,
}

impl<'s> Proxies<'s> {
    fn of(settings: &'s ServerSettings) -> Self {
        Self {
            trusted: &settings.trusted_proxies,
            header: settings.proxy_header,
        }
    }

    /// The first address from our end that is no trusted proxy. Where a proxy
    /// gives none that can be read, the proxy itself counts as the client.
    fn client(&self, next: IpAddr, headers: &HeaderMap) -> IpAddr {
        let (name, read): (HeaderName, fn(&str) -> Option<IpAddr>) = match self.header {
            ProxyHeader::XForwardedFor => (X_FORWARDED_FOR, address),
            ProxyHeader::Forwarded => (FORWARDED, forwarded_for),
        };
        let lines: Vec<&str> = headers
            .get_all(name)
            .map(|line| line.to_str().unwrap_or_default())
            .collect();
        let mut named = lines
            .iter()
            .rev()
            .flat_map(|line| line.rsplit(','))
            .map(read);
        let mut client = next.to_canonical();
        while self.trusts(client) {
            match named.next() {
                Some(Some(address)) => client = address.to_canonical(),
                Some(None) | None => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }
}

/// `for=` of one element of a `Forwarded` header (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    let mut names = pairs.filter(|(key, _)| key.eq_ignore_ascii_case("for"));
    let (_, value) = names.next()?;
    address(value.trim_matches('"'))
}

/// An address, which may stand in brackets and be followed by a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']')?.0.parse().ok();
    }
    match text.split_once(':') {
        // More than one colon and no brackets: all of it is an IPv6 address.
        Some((host, port)) if !port.contains(':') => host.parse().ok(),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(header: ProxyHeader, next: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
            .iter()
            .map(|net| net.parse().unwrap())
            .collect();
        let name = match header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => FORWARDED,
        };
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header((name.clone(), *line));
        }
        let proxies = Proxies {
            trusted: &trusted,
            header,
        };
        let request = request.to_http_request();
        proxies
            .client(next.parse().unwrap(), request.headers())
            .to_string()
    }

    fn x_forwarded(next: &str, lines: &[&str]) -> String {
        client(ProxyHeader::XForwardedFor, next, lines)
    }

    #[test]
    fn a_stranger_is_who_he_is_whatever_he_says() {
        assert_eq!(x_forwarded("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(x_forwarded("192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
    }

    #[test]
    fn what_the_client_wrote_before_the_proxies_is_not_believed() {
        let lines = ["203.0.113.1, 10.9.9.9", "192.0.2.1, 10.0.0.2"];
        assert_eq!(x_forwarded("10.0.0.1", &lines), "192.0.2.1");
        assert_eq!(x_forwarded("::ffff:10.0.0.1", &lines), "192.0.2.1");
    }

    #[test]
    fn a_proxy_that_names_nobody_is_the_client() {
        assert_eq!(x_forwarded("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(x_forwarded("10.0.0.1", &["192.0.2.1, unknown"]), "10.0.0.1");
        assert_eq!(x_forwarded("10.0.0.1", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
    }

    #[test]
    fn addresses_come_with_ports_and_brackets() {
        for (text, address) in [
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[::ffff:192.0.2.1]", "192.0.2.1"),
        ] {
            assert_eq!(x_forwarded("fd00::1", &[text]), address);
        }
    }

    #[test]
    fn the_other_header_is_read_if_it_is_the_configured_one() {
        let lines = [
            "for=203.0.113.1",
            "proto=https;For=\"[2001:db8::1]:80\";by=10.0.0.2",
        ];
        let named = client(ProxyHeader::Forwarded, "10.0.0.1", &lines);
        assert_eq!(named, "2001:db8::1");
        let hidden = client(ProxyHeader::Forwarded, "10.0.0.1", &["for=_hidden"]);
        assert_eq!(hidden, "10.0.0.1");
    }

    #[test]
    fn one_cookie_is_found_among_several() {
        let header = (COOKIE, "a=1; tubex_device=x=y; b=2");
        let request = TestRequest::default()
            .append_header(header)
            .to_http_request();
        assert_eq!(cookie(&request, "tubex_device"), Some("x=y"));
        assert_eq!(cookie(&request, "device"), None);
    }
}
