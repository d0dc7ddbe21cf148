//! Which servers a stranger may have called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::target::{Host, Target};

/// What may be called in a stranger's name.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Networks whose addresses may be called at any port, though they are not of the
    /// public internet.
    pub networks: Vec<IpNet>,
    /// Ports that may be called anywhere else.
    pub ports: Vec<u16>,
    /// Whether without TLS, too.
    pub http: bool,
}

/// Why somebody is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not by TLS.
    #[error("must begin with https://")]
    Scheme,
    /// This address is not one of the public internet.
    #[error("the address {0} is not one of the public internet")]
    Address(IpAddr),
    /// Not at this port.
    #[error("port {0} is not one that may be called")]
    Port(u16),
}

impl Guard {
    /// What can be said of a target before its name is looked up.
    pub fn check(&self, target: &Target) -> Result<(), Refused> {
        if !target.is_tls() && !self.http {
            return Err(Refused::Scheme);
        }
        match target.host() {
            Host::Address(address) => self.admits(*address, target.port()),
            Host::Name(_) if self.networks.is_empty() => self.admits_port(target.port()),
            // Its address may be one of those.
            Host::Name(_) => Ok(()),
        }
    }

    /// Whether this address may be called at this port.
    pub fn admits(&self, address: IpAddr, port: u16) -> Result<(), Refused> {
        let address = address.to_canonical();
        if self
            .networks
            .iter()
            .any(|network| network.contains(&address))
        {
            return Ok(());
        }
        if !is_global(address) {
            return Err(Refused::Address(address));
        }
        self.admits_port(port)
    }

    fn admits_port(&self, port: u16) -> Result<(), Refused> {
        let is_open = self.ports.contains(&port);
        is_open.then_some(()).ok_or(Refused::Port(port))
    }
}

/// Whether an address is one of the public internet. IPv4 dressed up as IPv6 is
/// looked at as what it is.
pub fn is_global(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

/// By the registry of special addresses (RFC 6890 and what has been added since).
const fn is_global_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // This network, private, loopback, multicast, reserved and broadcast.
        [0 | 10 | 127 | 224..=255, ..]
            // Shared by customers of a provider.
            | [100, 64..=127, ..]
            // Link-local, and there the metadata of clouds.
            | [169, 254, ..]
            // Private.
            | [172, 16..=31, ..]
            | [192, 168, ..]
            // Protocols, documentation.
            | [192, 0, 0 | 2, _]
            // Relays of 6to4.
            | [192, 88, 99, _]
            // Benchmarks, documentation.
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// What is given out to the public lies in `2000::/3`, which leaves out loopback, local
/// and link-local, multicast, and all ways of NAT64 and of embedded IPv4.
const fn is_global_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocols, Teredo among them; documentation; 6to4; documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard {
            ports: vec![443],
            ..Guard::default()
        }
    }

    fn admits(guard: &Guard, url: &str) -> Result<(), Refused> {
        guard.check(&Target::parse(url).unwrap())
    }

    #[test]
    fn nothing_but_the_public_internet_is_global() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_global(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "169.253.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:200::1",
            "2606:4700::1111",
            "2a00:1450::1",
            "3fff:1000::1",
        ] {
            assert!(is_global(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn spellings_of_an_address_are_the_address() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "[::1]",
            "[::ffff:7f00:1]",
            "%31%32%37.0.0.1",
            "１２７.0.0.1",
        ] {
            let refused = admits(&guard(), &format!("https://{host}/"));
            assert!(
                matches!(refused, Err(Refused::Address(_))),
                "{host}: {refused:?}"
            );
        }
        assert_eq!(admits(&guard(), "https://hooks.example/"), Ok(()));
    }

    #[test]
    fn ports_and_the_lack_of_tls_are_for_operators_to_allow() {
        let strict = guard();
        assert_eq!(
            admits(&strict, "https://hooks.example:8443/"),
            Err(Refused::Port(8443))
        );
        assert_eq!(
            admits(&strict, "http://hooks.example/"),
            Err(Refused::Scheme)
        );
        let lax = Guard {
            networks: vec!["10.1.0.0/16".parse().unwrap()],
            ports: vec![443, 8443],
            http: true,
        };
        assert_eq!(admits(&lax, "https://1.1.1.1:8443/"), Ok(()));
        assert_eq!(admits(&lax, "http://10.1.2.3:9000/"), Ok(()));
        assert_eq!(
            admits(&lax, "http://1.1.1.1:9000/"),
            Err(Refused::Port(9000))
        );
        assert!(matches!(
            admits(&lax, "http://10.2.0.1/"),
            Err(Refused::Address(_))
        ));
        // The name may stand for one of the network; its address is looked at later.
        assert_eq!(admits(&lax, "http://receiver.internal:9000/"), Ok(()));
        assert_eq!(
            lax.admits("1.1.1.1".parse().unwrap(), 9000),
            Err(Refused::Port(9000))
        );
    }
}
