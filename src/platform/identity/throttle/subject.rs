//! Whom wrong passwords are held against.

use std::net::IpAddr;

use chrono::TimeDelta;
use uuid::Uuid;

use super::ladder::Ladder;
use crate::auth::text::sha256;
use crate::kernel::ids::UserId;

/// Bytes of a subject's digest.
const LEN: usize = 16;

/// An account, an address, both together, a device, or a user who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) digest: [u8; LEN],
    pub(super) kind: Kind,
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An account, whoever tries.
    Account,
    /// An address, whichever account is tried.
    Address,
    /// One account from one address.
    Pair,
    /// A device that has signed in to the account before.
    Device,
    /// A user who is signed in and has to give his password once more.
    Present,
}

impl Kind {
    /// How such subjects are treated.
    pub(super) const fn ladder(self) -> Ladder {
        let (free, longest, forgets) = match self {
            // A whole office, or all the customers of a telephone company.
            Self::Address => (20, TimeDelta::minutes(1), TimeDelta::minutes(1)),
            Self::Pair => (5, TimeDelta::minutes(15), TimeDelta::minutes(15)),
            Self::Account | Self::Device | Self::Present => {
                (5, TimeDelta::minutes(1), TimeDelta::minutes(15))
            }
        };
        Ladder {
            free,
            longest,
            forgets,
        }
    }

    /// Whether a right password clears such a subject; from the others it takes
    /// back only itself, or who knows one password could guess at another for ever.
    pub(super) const fn is_cleared(self) -> bool {
        !matches!(self, Self::Account | Self::Address)
    }

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Account => b"account",
            Self::Address => b"address",
            Self::Pair => b"pair",
            Self::Device => b"device",
            Self::Present => b"present",
        }
    }
}

impl Subject {
    fn new(kind: Kind, what: &[u8]) -> Self {
        let digest = sha256(&[kind.label(), b"\0", what].concat());
        let mut short = [0; LEN];
        short
            .iter_mut()
            .zip(digest)
            .for_each(|(to, from)| *to = from);
        Self {
            digest: short,
            kind,
        }
    }

    /// Those of somebody unknown at `address` who wants to be `email`, a user or not.
    pub(super) fn stranger(email: &str, address: IpAddr) -> Vec<Self> {
        let network = network(address);
        let pair = [&network[..], email.as_bytes()].concat();
        vec![
            Self::new(Kind::Account, email.as_bytes()),
            Self::new(Kind::Address, &network),
            Self::new(Kind::Pair, &pair),
        ]
    }

    /// That of a device that is known to belong to `user`.
    pub(super) fn device(user: UserId, device: Uuid) -> Vec<Self> {
        let both = [user.uuid().into_bytes(), device.into_bytes()].concat();
        vec![Self::new(Kind::Device, &both)]
    }

    /// That of a user who is signed in.
    pub(super) fn present(user: UserId) -> Vec<Self> {
        vec![Self::new(Kind::Present, user.uuid().as_bytes())]
    }
}

/// What one customer of a provider has: an IPv4 address, or an IPv6 /64.
fn network(address: IpAddr) -> [u8; 9] {
    let mut network = [0; 9];
    let (version, bytes) = match address.to_canonical() {
        IpAddr::V4(address) => (4, address.octets().to_vec()),
        IpAddr::V6(address) => (6, address.octets().to_vec()),
    };
    let parts = std::iter::once(version).chain(bytes);
    network
        .iter_mut()
        .zip(parts)
        .for_each(|(to, from)| *to = from);
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stranger(email: &str, address: &str) -> Vec<Subject> {
        Subject::stranger(email, address.parse().unwrap())
    }

    #[test]
    fn a_customer_with_a_network_of_his_own_is_one_address() {
        let one = stranger("a@b.example", "2001:db8:1:2::1");
        assert_eq!(one, stranger("a@b.example", "2001:db8:1:2:ffff::9"));
        let other = stranger("a@b.example", "2001:db8:1:3::1");
        assert_eq!(one[0], other[0]);
        assert_ne!(one[1], other[1]);
        assert_ne!(one[2], other[2]);
    }

    #[test]
    fn every_ipv4_address_is_one() {
        let one = stranger("a@b.example", "192.0.2.1");
        assert_eq!(one, stranger("a@b.example", "::ffff:192.0.2.1"));
        assert_ne!(one[1], stranger("a@b.example", "192.0.2.2")[1]);
    }

    #[test]
    fn subjects_of_different_kinds_never_meet() {
        let user = UserId::generate();
        let device = Subject::device(user, Uuid::nil());
        assert_ne!(device[0].digest, Subject::present(user)[0].digest);
        let all = stranger("", "::");
        assert_ne!(all[1].digest, all[2].digest);
    }
}
