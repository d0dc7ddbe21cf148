//! What goods cost, and the tax on them.
//!
//! The list price stands at the product. Price rules stand in price lists, at customers, at
//! jobs, or hold for everybody in a category; `quote` finds the one that counts. Invariants:
//! of the rules with the same holder, target and minimum quantity one holds on a day, and so
//! of the tax rates of a class in a region; the database sees to both. Validities are days at
//! the dealer, the last one included.

pub mod assign;
pub mod changes;
pub mod history;
pub mod lists;
pub mod quote;
pub mod rules;
pub mod taxes;
