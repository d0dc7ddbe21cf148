//! The TCP port of a server: the one of last time if nobody took it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use super::account::Account;
use super::error::ClusterError;
use super::own::write_private;
use super::place::Place;

/// The port used last if it is free, else any that is.
pub(super) fn choose(place: &Place) -> Result<u16, ClusterError> {
    let last = fs::read_to_string(place.port())
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok())
        .filter(|port| *port != 0);
    match last.and_then(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()) {
        Some(listener) => port_of(&listener),
        None => any(),
    }
}

/// A port that is free at this moment.
pub(super) fn any() -> Result<u16, ClusterError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(ClusterError::Port)
        .and_then(|listener| port_of(&listener))
}

/// Remembers `port` for the next start.
pub(super) fn remember(place: &Place, port: u16, account: &Account) -> Result<(), ClusterError> {
    write_private(&place.port(), &format!("{port}\n"), account)
}

fn port_of(listener: &TcpListener) -> Result<u16, ClusterError> {
    let address = listener.local_addr().map_err(ClusterError::Port)?;
    Ok(address.port())
}
