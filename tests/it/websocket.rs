//! Websockets: the graphql-transport-ws protocol, and live updates over it.

mod cookies;
mod handshake;
mod isolation;
mod limits;
mod operations;
mod places;
mod refresh;
mod revocation;
mod subscription;

/// What a subscriber to products asks for here.
const CHANGED: &str = "subscription($ids: [ID!]) { productChanged(ids: $ids) {
    eventId at product { id sku name version baseUnit { code } } } }";
