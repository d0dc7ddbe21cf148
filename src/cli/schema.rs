//! `tubex schema`.

use std::path::PathBuf;

use clap::Args;

use super::CommandResult;
use super::output::Output;

/// Where the schema goes.
#[derive(Args)]
pub(super) struct SchemaArgs {
    /// Write it to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// The schema of the operators' endpoint instead of that of the shops.
    #[arg(long)]
    operator: bool,
}

pub(super) fn run(args: &SchemaArgs, output: Output) -> CommandResult {
    let sdl = if args.operator {
        crate::platform::operator::roots::operator_sdl()
    } else {
        crate::roots::sdl()
    };
    match &args.output {
        Some(path) => {
            std::fs::write(path, &sdl)
                .map_err(|error| format!("--output {}: {error}", path.display()))?;
            let path = path.display().to_string();
            output.result(
                format_args!("{path} written"),
                &serde_json::json!({ "file": path }),
            )
        }
        None => output.result(sdl.trim_end(), &serde_json::json!({ "sdl": sdl })),
    }
}
