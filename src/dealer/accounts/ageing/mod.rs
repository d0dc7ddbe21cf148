//! Who owes what for how long, on any day: by the dates of documents, and by what was
//! allocated until then.
//!
//! What was open on a day is what is open now and what was allocated since. So only what
//! is open, or was settled later, is looked at, however long the books are.

pub mod graphql;
pub mod loader;
pub mod model;
pub mod query;
