//! The control plane: people, their sign-in, and the registration of dealers.

pub mod dealers;
pub mod identity;
