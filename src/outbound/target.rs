//! Whom to call.

use std::net::IpAddr;

use hyper::header::HeaderValue;
use url::Url;

/// An address of the web, read as browsers read it.
#[derive(Clone, Debug)]
pub struct Target {
    host: Host,
    port: u16,
    is_tls: bool,
    /// As it stands in the `Host` header.
    authority: HeaderValue,
    path: String,
    url: String,
}

/// The server of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name, to be looked up.
    Name(String),
    /// An address, however it was written.
    Address(IpAddr),
}

impl Target {
    /// Reads an address such as `https://hooks.example/tubex?shop=1`; says what would be
    /// right. Nothing of it is repeated.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text.trim())
            .map_err(|_| "must be an address such as https://hooks.example/tubex")?;
        let is_tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err("must begin with https://"),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must hold neither user nor password");
        }
        let host = match url.host().ok_or("must name a host")? {
            url::Host::Domain(name) => Host::Name(name.to_owned()),
            url::Host::Ipv4(address) => Host::Address(address.into()),
            url::Host::Ipv6(address) => Host::Address(IpAddr::from(address).to_canonical()),
        };
        let name = url.host_str().ok_or("must name a host")?;
        let authority = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path = format!("{path}?{query}");
        }
        Ok(Self {
            host,
            port: url.port_or_known_default().ok_or("must name a port")?,
            is_tls,
            authority: HeaderValue::try_from(authority).map_err(|_| "must name a host")?,
            path,
            url: url.into(),
        })
    }

    /// The server.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// At which port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether by TLS.
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The whole, in one spelling.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    pub(super) const fn authority(&self) -> &HeaderValue {
        &self.authority
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_browsers_do() {
        let target = Target::parse(" HTTPS://Hooks.Example:443/a/../b?c=d#e ").unwrap();
        assert_eq!(target.host(), &Host::Name("hooks.example".to_owned()));
        assert_eq!((target.port(), target.is_tls()), (443, true));
        assert_eq!(target.authority(), "hooks.example");
        assert_eq!(target.path(), "/b?c=d");
        let target = Target::parse("http://[::1]:9000").unwrap();
        assert_eq!(target.host(), &Host::Address("::1".parse().unwrap()));
        assert_eq!(
            (target.authority().to_str().unwrap(), target.path()),
            ("[::1]:9000", "/")
        );
    }

    #[test]
    fn what_is_none_is_refused_and_not_repeated() {
        for wrong in [
            "",
            "hooks.example",
            "/hooks",
            "ftp://hooks.example/",
            "file:///etc/passwd",
            "https://",
            "https://secret@hooks.example/",
            "https://me:secret@hooks.example/",
            "https://a b/",
            "https://hooks.example:99999/",
        ] {
            let fault = Target::parse(wrong).unwrap_err();
            assert!(!fault.contains("secret"), "{wrong}");
        }
    }
}
