//! People: global users, their memberships, signing in.
//!
//! One person may work for several dealers; a token is good for one of them.

pub mod accounts;
pub mod events;
pub mod graphql;
pub mod invitations;
pub mod letters;
pub mod model;
pub mod notices;
pub mod one_time;
pub mod password;
pub mod query;
pub mod recovery;
pub mod service;
pub mod throttle;
