//! The control plane: people, their sign-in, the registration of dealers, and
//! what its operators see and do.

pub mod access;
pub mod dealers;
pub mod identity;
pub mod keys;
pub mod mail;
pub mod operator;
pub mod sessions;
