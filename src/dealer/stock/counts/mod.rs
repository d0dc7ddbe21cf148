//! Counting what is there, while goods come and go.
//!
//! A count knows of each of its products what the books said, and the number of the
//! movement up to which they said it: the watermark. When a product is counted, both are
//! taken anew. So what is posted is the difference between what was counted and what the
//! books said at that moment, and what has moved since is as it is. A product is in one
//! open count of a warehouse at most, else the same difference would be posted twice.

pub mod events;
pub mod graphql;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod opening;
pub mod posting;
pub mod query;
pub mod recording;
pub mod service;
