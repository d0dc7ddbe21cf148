//! Hop 2: who is calling. Tokens in, a [`principal::Principal`] out, without a
//! database read. Operators of the platform are a kind of caller of their own.

pub mod api_key;
pub mod device;
pub mod keys;
pub mod operator;
pub mod password;
pub mod password_rules;
pub mod permission;
pub mod principal;
pub mod revoked;
pub mod role;
pub mod text;
pub mod token;
pub mod totp;
pub mod vault;
