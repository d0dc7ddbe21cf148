//! Correcting what is there, with a reason.

pub mod input;
pub mod mutation;
pub mod service;
