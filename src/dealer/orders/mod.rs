//! Orders: what customers have ordered, at what price, and how far that has come.
//!
//! A draft is written anew as often as it takes. Confirming promises the goods and looks at the
//! customer's credit in one transaction. What becomes of a line afterwards is counted on it:
//! planned, delivered, invoiced, returned, cancelled.

pub mod model;
