//! The control plane: people, their sign-in, the keys of their programs, the
//! registration of dealers, and what its operators see and do.

pub mod access;
pub mod api_keys;
pub mod dealers;
pub mod factors;
pub mod identity;
pub mod impersonation;
pub mod keys;
pub mod mail;
pub mod oauth;
pub mod operations;
pub mod operator;
mod reads;
pub mod rounds;
pub mod sessions;
pub mod sms;
pub mod webhooks;

use crate::error::{AppResult, ServiceResult, UserError};
use crate::graphql::refused;

/// The payload of a use case that has no transaction of a shop.
fn outcome<T, P>(result: ServiceResult<T>) -> AppResult<P>
where
    P: From<Result<T, Vec<UserError>>>,
{
    refused::sorted(result).map(P::from)
}
