//! Plain values without I/O: identifiers, exact ratios, input checks, time.
//!
//! The innermost ring. Nothing here knows of HTTP, GraphQL operations or a
//! database connection; the value types only implement the traits by which
//! those layers carry them.

pub mod breaker;
pub mod chance;
pub mod checks;
pub mod clock;
pub mod gcra;
pub mod gtin;
pub mod hex;
pub mod ids;
pub mod listeners;
pub mod metric;
pub mod money;
pub mod nameless;
pub mod pdf;
pub mod peer;
pub mod quantity;
pub mod quota;
pub mod ratio;
pub mod shape;
pub mod words;
