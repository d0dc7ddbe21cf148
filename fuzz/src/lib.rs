//! What the targets share, with each other and with `tests/it/http/seeds.rs`, which runs the
//! seeds and mutations of them without a fuzzer.

pub mod input;
pub mod outcome;

use clap::Parser;
use tubex::config::ServerSettings;
use tubex::http::intake::Intake;

#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    server: ServerSettings,
}

/// An intake with the defaults of `tubex serve`, which takes lists, too.
pub fn intake() -> Intake {
    let mut settings = Defaults::parse_from(["fuzz"]).server;
    settings.limits.max_batch = 3;
    Intake::new(&settings)
}
