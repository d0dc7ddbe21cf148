//! Who may do what: what the SDL says, what the committed table says, and what the
//! server does, role by role and operation by operation.

mod fields;
mod live;
mod matrix;
mod members;
mod operations;
mod policies;
mod portal;
mod roles;
mod schema;
mod table;
