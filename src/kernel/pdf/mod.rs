//! Papers as PDF: text in the fonts that every reader has, rules, and one picture.
//!
//! The same calls give the same bytes: nothing of a clock or of chance is in them. Nothing is
//! embedded but the picture, so a paper is small, and its letters are those of [`letters`].

mod document;
mod jpeg;
pub mod letters;
mod metrics;
mod picture;
mod png;
mod wrap;

pub use document::{A4, Document, Face, Style};
pub use picture::{NoPicture, Picture};
pub use wrap::wrapped;
