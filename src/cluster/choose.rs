//! Which PostgreSQL a cluster runs on.

use std::path::Path;

use super::Report;
use super::account::Account;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::install;
use super::search::Search;
use super::spec::ClusterSpec;

/// What decides on the programs.
pub(super) struct Choice<'a> {
    /// What the caller allows.
    pub(super) spec: &'a ClusterSpec,
    /// Where to look on the machine.
    pub(super) search: Search,
    /// Who must be able to run them.
    pub(super) account: &'a Account,
    /// The major version of existing data, which no other can read.
    pub(super) made: Option<u32>,
}

/// What was seen on the way to nothing.
#[derive(Default)]
struct Seen {
    unusable: Vec<String>,
    other_majors: Vec<u32>,
}

impl Choice<'_> {
    /// The named programs, else the first on the machine that fit, else those
    /// fetched earlier, else those that can be fetched now.
    pub(super) fn choose(&self, report: Report<'_>) -> Result<Binaries, ClusterError> {
        if let Some(folder) = &self.spec.bin_dir {
            return self.named(folder);
        }
        let mut seen = Seen::default();
        if let Some(found) = self.look(&mut seen) {
            return Ok(found);
        }
        if self.spec.may_install && self.made.is_none_or(|made| made == install::MAJOR) {
            if let Err(why) = install::fetch(&self.spec.tools, self.account, self.made, report) {
                seen.unusable.push(why);
            }
            // Afterwards it is where it would have been all along.
            if let Some(found) = self.look(&mut Seen::default()) {
                return Ok(found);
            }
        }
        Err(self.nothing(seen))
    }

    fn named(&self, folder: &Path) -> Result<Binaries, ClusterError> {
        let found = Binaries::probe(folder, self.account).map_err(|why| ClusterError::BinDir {
            dir: folder.to_owned(),
            why,
        })?;
        if self.fits(&found) {
            Ok(found)
        } else {
            let other_majors = vec![found.major()];
            Err(self.nothing(Seen {
                other_majors,
                ..Seen::default()
            }))
        }
    }

    fn look(&self, seen: &mut Seen) -> Option<Binaries> {
        let fetched = install::programs(&self.spec.tools, self.account);
        let folders = self.search.folders().into_iter().chain(fetched);
        folders
            .into_iter()
            .find_map(|folder| match Binaries::probe(&folder, self.account) {
                Ok(found) if self.fits(&found) => Some(found),
                Ok(found) => {
                    seen.other_majors.push(found.major());
                    None
                }
                Err(why) => {
                    seen.unusable.push(format!("{}: {why}", folder.display()));
                    None
                }
            })
    }

    fn fits(&self, found: &Binaries) -> bool {
        self.made.is_none_or(|made| made == found.major())
    }

    fn nothing(&self, mut seen: Seen) -> ClusterError {
        let Some(made) = self.made else {
            return ClusterError::NoPostgres {
                details: in_parentheses(&seen.unusable),
            };
        };
        seen.other_majors.sort_unstable();
        seen.other_majors.dedup();
        ClusterError::OtherVersion {
            data: self.spec.data.clone(),
            made,
            installed: installed(&seen.other_majors),
        }
    }
}

fn in_parentheses(reasons: &[String]) -> String {
    if reasons.is_empty() {
        String::new()
    } else {
        format!(" ({})", reasons.join("; "))
    }
}

/// "none is", "only 17 is", "only 16 and 17 are".
fn installed(majors: &[u32]) -> String {
    let names: Vec<String> = majors.iter().map(u32::to_string).collect();
    match names.as_slice() {
        [] => "none is".to_owned(),
        [one] => format!("only {one} is"),
        many => format!("only {} are", many.join(" and ")),
    }
}
