//! Mails as files, for people who develop: what a mail program opens, and what
//! the mailbox page shows.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::mail::compose::Attachment;
use crate::platform::mail::mime::Parcel;

/// Most mails that are kept; the oldest go.
const MOST: usize = 1000;

/// A folder of mails.
#[derive(Clone, Debug)]
pub struct MailDir(PathBuf);

/// A mail in the folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredMail {
    /// Name of its files, without their endings; later mails have later names.
    pub name: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Who sent it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// Names of the files that came with it; they are in the mail itself, beside this.
    #[serde(default)]
    pub attachments: Vec<String>,
}

impl MailDir {
    /// The folder at this path, which is made when it is needed.
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The newest mails, `most` of them, newest first. Blocks.
    pub fn list(&self, most: usize) -> io::Result<Vec<StoredMail>> {
        let names = self.names()?;
        let newest = names.iter().rev().take(most);
        // One that is being pruned at this moment is not there any more.
        Ok(newest.filter_map(|name| self.find(name).ok()).collect())
    }

    /// The mail of this name. Blocks.
    pub fn find(&self, name: &str) -> io::Result<StoredMail> {
        if !is_name(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let json = std::fs::read(self.file(name, "json"))?;
        Ok(serde_json::from_slice(&json)?)
    }

    pub(super) async fn check(&self) -> Result<(), String> {
        let dir = self.clone();
        blocking(move || std::fs::create_dir_all(&dir.0)).await
    }

    pub(super) async fn keep(&self, parcel: Parcel) -> Result<(), String> {
        let eml = parcel.message()?.formatted();
        let dir = self.clone();
        blocking(move || dir.write(&parcel, &eml)).await
    }

    /// The name of what is written at this time, under an id.
    pub(in crate::platform) fn name(at: DateTime<Utc>, id: &impl std::fmt::Display) -> String {
        format!("{}-{id}", at.format("%Y%m%dT%H%M%S%6f"))
    }

    /// Keeps what is shown like a mail and is none.
    pub(in crate::platform) async fn keep_as_is(&self, stored: StoredMail) -> Result<(), String> {
        let dir = self.clone();
        blocking(move || {
            std::fs::create_dir_all(&dir.0)?;
            dir.list_up(&stored)
        })
        .await
    }

    fn write(&self, parcel: &Parcel, eml: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        let name = Self::name(parcel.at, &parcel.id);
        let mail = StoredMail {
            at: parcel.at,
            from: parcel.from.to_string(),
            to: parcel.to.to_string(),
            subject: parcel.letter.subject.clone(),
            text: parcel.letter.text.clone(),
            html: parcel.letter.html.clone(),
            attachments: names_of(&parcel.letter.attachments),
            name,
        };
        std::fs::write(self.file(&mail.name, "eml"), eml)?;
        self.list_up(&mail)
    }

    /// The last to come, and whole at once: readers look for these.
    fn list_up(&self, mail: &StoredMail) -> io::Result<()> {
        let part = self.file(&mail.name, "part");
        std::fs::write(&part, serde_json::to_vec(mail)?)?;
        std::fs::rename(&part, self.file(&mail.name, "json"))?;
        self.prune()
    }

    fn prune(&self) -> io::Result<()> {
        let names = self.names()?;
        for name in names.iter().take(names.len().saturating_sub(MOST)) {
            for ending in ["json", "eml"] {
                match std::fs::remove_file(self.file(name, ending)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The names of all mails, oldest first.
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry?.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(".json"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    fn file(&self, name: &str, ending: &str) -> PathBuf {
        self.0.join(format!("{name}.{ending}"))
    }
}

fn names_of(attachments: &[Attachment]) -> Vec<String> {
    let names = attachments.iter().map(|file| file.name.clone());
    names.collect()
}

/// Whether a text can name a mail, and leads nowhere else.
fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), String> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}
