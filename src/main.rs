//! The binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    tubex::cli::run(std::env::args_os().collect())
}
