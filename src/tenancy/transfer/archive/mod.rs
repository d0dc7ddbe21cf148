//! The file: a zip archive with the manifest and one CSV per table.

mod allowance;
mod read;
mod write;

pub use read::Archive;
pub(super) use write::ArchiveWriter;
pub use write::Written;
