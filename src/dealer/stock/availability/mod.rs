//! What of a product can be had: now, and by a day to come.
//!
//! Now it is what is on hand and not reserved, in all places in use. Goods on their way
//! are on hand nowhere that counts: they are incoming where they shall be, on the day on
//! which they should arrive. What is incoming is told by `sources`, one after the other.

pub mod graphql;
pub mod loader;
pub mod model;
pub mod sources;
