//! Drift: what is changed by hand is found, and nothing else.

mod cases;
mod fleet;
mod states;
