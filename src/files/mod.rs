//! Files: rows in the dealer's schema, content in an object store.
//!
//! ```text
//! announce ── row AWAITED, its size set aside ──▶ write, as often as it takes ─┐
//!     take, make ── row ARRIVING ──▶ object, durable ─────────────────── keep ─┤
//!                                                                              ▼
//!            gone ◀── sweep: object, then row ◀── DELETED ◀── expires ────── KEPT
//! ```
//!
//! The row is there before the object and goes after it, so nothing in the store is ever
//! forgotten, whoever is killed when. An object's key begins with its dealer. Content
//! comes and goes by links of five minutes that name dealer and file ([`links`]).

mod arrival;
pub mod depot;
mod folder;
pub mod kind;
pub mod limits;
pub mod links;
pub mod model;
mod name;
pub mod query;
pub mod service;
pub mod store;
pub mod sweep;
mod text;
mod uploads;
mod wire;

pub use arrival::Arrived;
pub use depot::Depot;
pub use limits::Limits;
pub use links::{Deed, Link, SignedUrl};
pub use model::{FileId, FileRow, FileState};
pub use service::Files;
pub use store::Store;
pub use uploads::{Announced, Uploads};
