//! What a customer's own people do with orders at the portal: place them, answer for what one of
//! them has placed beyond his limit, take them back. The dealer's people confirm what is placed as
//! any other draft.

mod answer;
pub mod graphql;
pub mod input;
pub mod mutation;
mod place;
