//! Files without a name.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;

use uuid::Uuid;

/// A new file in the folder of temporary files, which nobody else can open and which goes
/// when it is closed, whatever happens. Blocks.
pub fn nameless() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("tubex-{}", Uuid::new_v4()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let file = options.open(&path)?;
    // From here on it is there for as long as it is open.
    std::fs::remove_file(&path)?;
    Ok(file)
}
