//! Buying: who delivers what (`suppliers`, `items`), what is ordered (`orders`), what has
//! come of it and what it has cost to bring it in (`receipts`), and what should be ordered
//! (`reorder`).
//!
//! Who receives goods locks their order first, then levels of stock; so those who receive
//! the same order come one after the other, and what they bring in never comes to more than
//! the supplier's tolerance lets pass.

pub mod items;
pub mod orders;
pub mod receipts;
pub mod reorder;
pub mod suppliers;
