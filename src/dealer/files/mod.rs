//! Files as clients upload and see them; how they are kept is in [`crate::files`].

pub mod graphql;
pub mod input;
pub mod links;
pub mod loader;
pub mod mutation;
pub mod upload;
