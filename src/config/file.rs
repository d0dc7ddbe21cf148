//! The optional settings file: TOML keys become defaults of the flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Command;

/// Why the settings file can not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// It can not be read.
    #[error("--config {}: {cause}", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// It is not TOML.
    #[error("--config {}: this is not TOML: {cause}", path.display())]
    Malformed {
        /// Where it is.
        path: PathBuf,
        /// What is wrong, and where.
        cause: String,
    },
    /// It holds a key that is no setting.
    #[error("--config {}: there is no setting `{key}`; `tubex serve --help` lists them", path.display())]
    Unknown {
        /// Where it is.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A value is a table or a list.
    #[error("--config {}: `{key}` must be a text, a number, true or false", path.display())]
    NotPlain {
        /// Where it is.
        path: PathBuf,
        /// The key.
        key: String,
    },
}

/// The command with the file's values as defaults, if `args` or the
/// environment name a file.
pub fn with_file(command: Command, args: &[OsString]) -> Result<Command, ConfigFileError> {
    let Some(path) = file_named(args) else {
        return Ok(command);
    };
    let values = read(&path)?;
    if let Some(key) = values.keys().find(|key| !knows(&command, key)) {
        let key = key.clone();
        return Err(ConfigFileError::Unknown { path, key });
    }
    Ok(with_defaults(command, &values))
}

/// The file has to be known before the command line can be parsed with it.
fn file_named(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--config") => return args.next().map(PathBuf::from),
            Some("--") => break,
            Some(text) => {
                if let Some(path) = text.strip_prefix("--config=") {
                    return Some(PathBuf::from(path));
                }
            }
            None => {}
        }
    }
    #[expect(clippy::disallowed_methods, reason = "before clap can read it")]
    let named = std::env::var_os("TUBEX_CONFIG");
    named.map(PathBuf::from)
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, ConfigFileError> {
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigFileError::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    let table: toml::Table =
        text.parse()
            .map_err(|error: toml::de::Error| ConfigFileError::Malformed {
                path: path.to_owned(),
                cause: error.message().to_owned(),
            })?;
    table
        .into_iter()
        .map(|(key, value)| match plain(&value) {
            Some(value) => Ok((key.replace('-', "_"), value)),
            None => Err(ConfigFileError::NotPlain {
                path: path.to_owned(),
                key,
            }),
        })
        .collect()
}

fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {
            Some(value.to_string())
        }
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

fn knows(command: &Command, key: &str) -> bool {
    command
        .get_arguments()
        .any(|arg| is_setting(arg) && arg.get_id() == key)
        || command.get_subcommands().any(|sub| knows(sub, key))
}

/// Settings have a variable; flags such as `--reset` belong to one call only.
fn is_setting(arg: &clap::Arg) -> bool {
    arg.get_env().is_some() && arg.get_id() != "config"
}

fn with_defaults(command: Command, values: &BTreeMap<String, String>) -> Command {
    command
        .mut_args(|arg| match values.get(arg.get_id().as_str()) {
            Some(value) if is_setting(&arg) => {
                // What --help hides of a variable it must hide of the file.
                let is_secret = arg.is_hide_env_values_set();
                let arg = arg.default_value(value.clone()).required(false);
                arg.hide_default_value(is_secret)
            }
            _ => arg,
        })
        .mut_subcommands(|sub| with_defaults(sub, values))
}
