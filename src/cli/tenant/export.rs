//! `tubex tenant export` and `verify-export`: a dealer as one file.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::life::{actor, explain};
use super::refusal::describe;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::{Output, note};
use crate::cli::progress::Stages;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::note::Note;
use crate::tenancy::transfer::{Archive, Manifest, Written};

/// Whom to write where.
#[derive(Args)]
pub(in crate::cli) struct ExportArgs {
    /// The dealer's id, or his exact name if nobody else has it.
    #[arg(value_name = "DEALER")]
    dealer: String,
    /// The file to write; `-` for standard output.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
    /// Why, for the record of what was done to the dealer.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Which file to check.
#[derive(Args)]
pub(in crate::cli) struct VerifyArgs {
    /// The file that `tenant export` wrote.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The SHA-256 that `tenant export` printed; the file must be that one.
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
}

pub(super) async fn export(args: &ExportArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let dealer = core.lifecycle.find(&args.dealer).await.map_err(explain)?;
    let note = Note::new(&actor(), args.reason.as_deref()).map_err(describe)?;
    core.transfer.dealer(dealer).await?;
    if args.output.as_os_str() == "-" {
        noted(&core, dealer, &note).await?;
        return to_stdout(&core, dealer, output).await;
    }
    let (target, file) = Target::begin(&args.output, args.force)?;
    noted(&core, dealer, &note).await?;
    let stages = Stages::new(output);
    let exported = core
        .transfer
        .export(dealer, BufWriter::new(file), &|event| stages.on(event))
        .await;
    stages.end();
    let (manifest, written) = exported?;
    written.out.get_ref().sync_all()?;
    target.keep()?;
    let file = args.output.display().to_string();
    let text = format!("{}\nsha256 {}", told(&manifest, &written), written.sha256);
    output.result(text, &as_json(&manifest, &written, &file))
}

/// Notes the export before the first row leaves.
async fn noted(core: &Core, dealer: DealerId, note: &Note) -> Result<(), String> {
    let noted = core.dealers.note_export(dealer, note).await;
    noted.map_err(describe)
}

/// The archive is the result; what there is to say goes beside it.
async fn to_stdout(core: &Core, dealer: DealerId, output: Output) -> CommandResult {
    let stages = Stages::new(output);
    let out = BufWriter::new(io::stdout());
    let exported = core
        .transfer
        .export(dealer, out, &|event| stages.on(event))
        .await;
    stages.end();
    let (manifest, written) = exported?;
    if output.is_json() {
        note(as_json(&manifest, &written, "-"));
    } else {
        note(told(&manifest, &written));
        note(format_args!("sha256 {}", written.sha256));
    }
    Ok(())
}

fn told<W>(manifest: &Manifest, written: &Written<W>) -> String {
    format!(
        "{} as of {}: {} rows of {} tables in {} bytes",
        printable(&manifest.dealer.name),
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.rows(),
        manifest.tables.len(),
        written.bytes
    )
}

fn as_json<W>(manifest: &Manifest, written: &Written<W>, file: &str) -> serde_json::Value {
    json!({
        "file": file,
        "bytes": written.bytes,
        "sha256": written.sha256,
        "manifest": manifest,
    })
}

/// A file that is either the old one or whole: written beside its place, then
/// moved there.
struct Target<'a> {
    path: &'a Path,
    partial: PathBuf,
}

impl<'a> Target<'a> {
    /// Makes the file beside the place of `path`.
    fn begin(path: &'a Path, force: bool) -> Result<(Self, File), String> {
        use std::os::unix::fs::OpenOptionsExt;
        if !force && path.exists() {
            let name = path.display();
            return Err(format!("{name} is there already; --force writes over it"));
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        if force && partial.exists() {
            std::fs::remove_file(&partial).map_err(|error| at(&partial, &error))?;
        }
        let mut options = OpenOptions::new();
        // A dealer's books are for the operator's eyes.
        options.write(true).create_new(true).mode(0o600);
        let file = options.open(&partial).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => format!(
                "{} is there: another export is under way or was cut short; \
                     --force starts anew",
                partial.display()
            ),
            _ => at(&partial, &error),
        })?;
        Ok((Self { path, partial }, file))
    }

    /// The file is whole and on the disk: gives it its name.
    fn keep(mut self) -> Result<(), String> {
        std::fs::rename(&self.partial, self.path).map_err(|error| at(self.path, &error))?;
        self.partial.clear();
        let folder = self
            .path
            .parent()
            .filter(|path| !path.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| at(folder, &error))
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        if !self.partial.as_os_str().is_empty() {
            // A failed export leaves nothing that looks like one.
            let _removed = std::fs::remove_file(&self.partial);
        }
    }
}

fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

pub(super) fn verify(args: &VerifyArgs, output: Output) -> CommandResult {
    let file = open(&args.file)?;
    let sha256 = hash(&args.file)?;
    if args
        .sha256
        .as_ref()
        .is_some_and(|given| !given.trim().eq_ignore_ascii_case(&sha256))
    {
        let name = args.file.display();
        return Err(
            format!("{name} is not the file with this --sha256: its own is {sha256}").into(),
        );
    }
    let mut archive = Archive::open(file)?;
    let stages = Stages::new(output);
    stages.begin("tables checked", archive.manifest().tables.len());
    let verified = archive.verify(&|| stages.one());
    stages.end();
    verified?;
    let manifest = archive.manifest();
    let text = format!(
        "whole: {} as of {}, {} rows of {} tables, schema version {}\nsha256 {sha256}",
        printable(&manifest.dealer.name),
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.rows(),
        manifest.tables.len(),
        printable(&manifest.schema_version)
    );
    output.result(
        text,
        &json!({ "whole": true, "sha256": sha256, "manifest": manifest }),
    )
}

/// The file, to be read as an archive: one that ends, and can be read from its end.
pub(super) fn open(path: &Path) -> Result<File, String> {
    // Looked at first: opening a pipe waits for its writer.
    let about = std::fs::metadata(path).map_err(|error| at(path, &error))?;
    if !about.is_file() {
        return Err(format!("{} is not a file that holds data", path.display()));
    }
    File::open(path).map_err(|error| at(path, &error))
}

/// Text of a file that may come from anywhere, which must not command a terminal.
fn printable(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

fn hash(path: &Path) -> Result<String, String> {
    use sha2::{Digest, Sha256};
    let mut hash = Hasher(Sha256::new());
    let mut file = open(path)?;
    io::copy(&mut file, &mut hash).map_err(|error| at(path, &error))?;
    Ok(crate::kernel::hex::encode(&hash.0.finalize()))
}

struct Hasher(sha2::Sha256);

impl Write for Hasher {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        use sha2::Digest;
        self.0.update(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_command_a_terminal() {
        assert_eq!(printable("Tuấn\u{1b}[2J"), "Tuấn\\u{1b}[2J");
    }
}
