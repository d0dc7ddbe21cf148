//! Who may do what: what the SDL says, what the committed table says, and what the
//! server does, role by role and operation by operation.

mod fields;
mod in_person;
mod live;
pub mod matrix;
mod members;
pub mod operations;
mod policies;
mod portal;
mod proof;
mod roles;
pub mod schema;
mod table;
mod ways_in;
