//! The database below the tenancy layer: connecting, pools, errors, tables.
//!
//! Three kinds of connection exist, each in its own type. The request pool
//! ([`crate::tenancy::TenantPool`]) is handed out by [`crate::tenancy::tx`] only, inside
//! a transaction that stands on one dealer. [`control::ControlPool`] serves the
//! `platform` schema. [`owner::OwnerPool`] is synchronous and does DDL on
//! blocking threads. [`copy::CopyConn`] moves whole tables, for an export or a restore.

pub mod backend;
mod cancel;
pub mod changes;
pub mod connect;
pub mod control;
#[expect(missing_docs, reason = "the migrations explain them")]
pub mod control_tables;
pub mod copy;
pub mod engine;
pub mod error;
pub mod hearing;
pub mod home_metrics;
pub mod homes;
mod in_one_query;
pub mod keyset;
pub mod limits;
pub mod notices;
pub mod observe;
pub mod owner;
pub mod pipeline;
pub mod pool;
mod shares;
#[expect(missing_docs, reason = "the migrations explain them")]
pub mod tenant_tables;
pub mod text_enum;
mod under_way;
#[expect(missing_docs, reason = "the migrations explain them")]
pub mod views;

/// Every table of a dealer, by name.
pub use tenant_tables::TABLES as TENANT_TABLES;
