//! Hops 4 and 5: the frame in which resolvers run. No domain type lives here.
//!
//! An operation runs in a [`scope::RequestScope`]. Its current
//! [`scope::UnitOfWork`] holds the one transaction and the loaders on top of
//! it; [`transactional::Transactional`] gives each mutation field a unit of its
//! own and commits it before the field's answer counts.

pub mod change;
pub mod connection;
pub mod context;
pub mod declared;
pub mod document;
pub mod errors;
pub mod field_order;
pub mod filter;
pub mod found;
pub mod idempotency;
pub mod inline;
pub mod kept_links;
pub mod live;
pub mod loader;
pub mod nulls;
pub mod order;
pub mod payload;
pub mod permit;
pub mod refused;
pub mod scalars;
pub mod scope;
pub mod transactional;
pub mod unread;
