//! The JSON as which a value is written, for documents that describe payloads.

use std::fmt;

use serde::Serialize;

/// What a value is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// `true` or `false`.
    Flag,
    /// An opaque id with this prefix.
    Id(&'static str),
    /// That, or null.
    Optional(&'static Self),
}

/// A value of a known shape.
pub trait Shaped: Serialize {
    /// Its shape.
    const SHAPE: Shape;
}

impl Shaped for String {
    const SHAPE: Shape = Shape::Text;
}

impl Shaped for i32 {
    const SHAPE: Shape = Shape::Whole;
}

impl Shaped for bool {
    const SHAPE: Shape = Shape::Flag;
}

impl<T: Shaped> Shaped for Option<T> {
    const SHAPE: Shape = Shape::Optional(&T::SHAPE);
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Whole => f.write_str("whole number"),
            Self::Flag => f.write_str("true or false"),
            Self::Id(prefix) => write!(f, "id `{prefix}_…`"),
            Self::Optional(shape) => write!(f, "{shape}, or null"),
        }
    }
}
