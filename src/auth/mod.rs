//! Hop 2: who is calling. Tokens in, a [`principal::Principal`] out, without a
//! database read.

pub mod password;
pub mod principal;
pub mod token;
