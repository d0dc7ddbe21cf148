//! Invoices and credit notes as PDF.
//!
//! [`facts`] reads what stands on the paper, all of which never changes once it is posted; the
//! [`press`] draws it when it is asked for. So the same invoice is the same paper whenever it is
//! read, and none has to be kept.

mod body;
pub mod facts;
mod foot;
mod head;
pub mod logo;
pub mod press;
mod query;
mod sheet;
mod words;

pub use facts::Paper;
pub use press::{Press, Printed};
