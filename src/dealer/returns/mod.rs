//! Returns: goods that come back from customers.

pub mod model;
