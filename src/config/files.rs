//! Where files are kept, and how much of them.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::ConfigError;
use super::values::{is_local, list_size, pool_size, public_url, secret};

/// Where files are kept if nobody says more.
pub const DEFAULT_FILES_DIR: &str = "tubex-files";

/// Where files are kept, and how much of them.
#[derive(Args, Clone, Debug)]
pub struct FileSettings {
    /// Folder in which files are kept, unless a bucket is named.
    #[arg(
        long,
        env = "TUBEX_FILES_DIR",
        value_name = "DIR",
        default_value = DEFAULT_FILES_DIR
    )]
    pub files_dir: PathBuf,

    /// Bucket in which files are kept, of a store that speaks S3.
    #[arg(long, env = "TUBEX_FILES_S3_BUCKET", value_name = "NAME")]
    pub files_s3_bucket: Option<String>,

    /// Address of that store; if left out, Amazon's in the region.
    #[arg(long, env = "TUBEX_FILES_S3_ENDPOINT", value_name = "URL", value_parser = public_url)]
    pub files_s3_endpoint: Option<String>,

    /// Region of the bucket.
    #[arg(
        long,
        env = "TUBEX_FILES_S3_REGION",
        value_name = "NAME",
        default_value = "us-east-1"
    )]
    pub files_s3_region: String,

    /// Id of the key to the bucket.
    #[arg(long, env = "TUBEX_FILES_S3_KEY_ID", value_name = "ID")]
    pub files_s3_key_id: Option<String>,

    /// The key to the bucket.
    #[arg(long, env = "TUBEX_FILES_S3_SECRET_KEY", hide_env_values = true, value_name = "KEY", value_parser = secret)]
    pub files_s3_secret_key: Option<SecretString>,

    /// Largest file that may be uploaded, in MiB.
    #[arg(long, env = "TUBEX_MAX_FILE_MIB", value_name = "MIB", default_value = "25", value_parser = clap::value_parser!(u32).range(1..=2047))]
    pub max_file_mib: u32,

    /// Most files attached to one record.
    #[arg(long, env = "TUBEX_MAX_FILES_PER_RECORD", value_name = "N", default_value = "50", value_parser = list_size)]
    pub max_files_per_record: usize,

    /// Most that all files of one dealer may take, in MiB.
    #[arg(long, env = "TUBEX_FILES_PER_DEALER_MIB", value_name = "MIB", default_value = "10240", value_parser = clap::value_parser!(u32).range(1..))]
    pub files_per_dealer_mib: u32,

    /// Most uploads that this node takes at once, a quarter of them from one dealer; more are
    /// told to come again.
    #[arg(long, env = "TUBEX_MAX_UPLOADS", value_name = "N", default_value = "32", value_parser = pool_size)]
    pub max_uploads: usize,
}

impl FileSettings {
    /// Checks what the parser can not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if self.files_s3_bucket.is_none() {
            return Ok(());
        }
        if self.files_s3_key_id.is_none() || self.files_s3_secret_key.is_none() {
            let message = "name --files-s3-key-id and --files-s3-secret-key, too";
            return Err(ConfigError::new("--files-s3-bucket", message));
        }
        let endpoint = self.files_s3_endpoint.as_deref().unwrap_or_default();
        match endpoint.strip_prefix("http://") {
            Some(rest) if !is_local(rest.split('/').next().unwrap_or_default()) => {
                let message = "must begin with https:// unless it is this machine";
                Err(ConfigError::new("--files-s3-endpoint", message))
            }
            _ => Ok(()),
        }
    }
}
