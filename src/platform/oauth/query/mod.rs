//! SQL of applications, grants and codes.

pub mod clients;
pub mod codes;
pub mod grants;
