//! What the operators of the platform see and do: dealers as tenants, the stock
//! of schemas, migrations, this node.
//!
//! It has a GraphQL schema of its own, served on a listener of its own to bearers
//! of an operator's token. Everything here goes through the control plane. Nothing
//! here can name a `TenantTx`, so there is no way from here to a dealer's rows but
//! as a whole: a file, or a clone, which are noted among what was done to him.

pub mod applications;
pub mod clone;
pub mod create;
pub mod fleet;
pub mod graphql;
pub mod impersonate;
pub mod input;
pub mod intake;
pub mod jobs;
pub mod life;
pub mod loader;
pub mod model;
pub mod node;
pub mod query;
pub mod roots;
pub mod scope;
