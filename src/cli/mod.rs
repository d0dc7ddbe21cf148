//! The commands.

mod audit;
mod config_check;
mod demo;
mod dev;
mod dev_report;
mod filler;
mod graphiql_bundle;
mod job;
mod key;
mod mailer;
mod migrate;
mod operations;
mod operator;
mod output;
mod progress;
mod schema;
mod serve;
mod stop;
mod sweeper;
mod synthetic;
mod tenant;
mod user;
mod worker;
mod workers;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{LogSettings, with_file};
use crate::telemetry;
use output::{Output, Verdict};

/// What a command returns; the error's text says what to do about it.
type CommandResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(name = "tubex", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Print one JSON line instead of text; logs stay on standard error.
    #[arg(long, global = true)]
    json: bool,

    /// TOML file of settings; flags and TUBEX_… variables take precedence.
    #[arg(long, global = true, env = "TUBEX_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    log: LogSettings,
}

#[derive(Subcommand)]
enum Command {
    /// Run a demo on this machine: database, two dealers, server, page.
    Dev(dev::DevArgs),
    /// Make dealers with a history of orders, to look at and to measure with.
    ///
    /// In a database that `tubex migrate` has migrated.
    Demo(demo::DemoArgs),
    /// Serve the API.
    Serve(serve::ServeArgs),
    /// Do jobs, and serve nothing.
    Worker(worker::WorkerArgs),
    /// Bring the control plane and all dealers' schemas up to date.
    Migrate(migrate::MigrateArgs),
    /// Create, list, suspend, archive, drop and repair dealers.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Let operators in at their endpoint.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// Say which operations a server takes that takes no others.
    #[command(subcommand)]
    Operations(operations::OperationsCommand),
    /// Look at jobs, and have dead ones done again.
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Look whether audit logs are as they were sealed.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print the GraphQL schema.
    Schema(schema::SchemaArgs),
    /// Look at settings.
    #[command(subcommand)]
    Config(config_check::ConfigCommand),
    /// Make keys.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Help people who can not sign in.
    #[command(subcommand)]
    User(user::UserCommand),
}

/// Runs the command line `args`, the program's name first.
pub fn run(args: &[OsString]) -> ExitCode {
    let command = match with_file(command(), args) {
        Ok(command) => command,
        Err(error) => return Output::new(wants_json(args)).failure(&error),
    };
    let cli = command
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return misuse(&error, wants_json(args)),
    };
    let output = Output::new(cli.json);
    if let Err(error) = telemetry::start(&cli.log) {
        return output.failure(&error);
    }
    match dispatch(cli.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Verdict>() => Output::new(false).failure(error.as_ref()),
        Err(error) => output.failure(error.as_ref()),
    }
}

/// clap's own words on --help and on misuse, with its exit codes.
fn misuse(error: &clap::Error, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        Output::new(json).failure(&Misuse(error.render().to_string()));
    } else if let Err(error) = error.print() {
        return Output::new(json).failure(&error);
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(u8::MAX))
}

/// A command line that can not be understood.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misuse(String);

/// The command line; the demo lets strangers in where a server does not, but
/// few of them, has operators from the start, and helps those who try the API out.
fn command() -> clap::Command {
    Cli::command().mut_subcommand("dev", |dev| {
        dev.mut_arg("registration", |arg| arg.default_value("open"))
            .mut_arg("spare_dealers", |arg| arg.default_value("2"))
            .mut_arg("operator_listen", |arg| arg.default_value("127.0.0.1:0"))
            .mut_arg("suggestions", |arg| arg.default_value("true"))
            .mut_arg("rate_per_caller", |arg| arg.default_value("0"))
            .mut_arg("rate_per_dealer", |arg| arg.default_value("0"))
    })
}

fn dispatch(command: Command, output: Output) -> CommandResult {
    match command {
        Command::Dev(args) => dev::run(&args, output),
        Command::Demo(args) => demo::run(&args, output),
        Command::Serve(args) => serve::run(&args, output),
        Command::Worker(args) => worker::run(&args, output),
        Command::Migrate(args) => migrate::run(&args, output),
        Command::Tenant(command) => tenant::run(&command, output),
        Command::Operator(command) => operator::run(&command, output),
        Command::Operations(command) => operations::run(&command, output),
        Command::Job(command) => job::run(&command, output),
        Command::Audit(command) => audit::run(&command, output),
        Command::Schema(args) => schema::run(&args, output),
        Command::Config(command) => config_check::run(&command, output),
        Command::Key(command) => key::run(&command, output),
        Command::User(command) => user::run(&command, output),
    }
}

/// Whether `--json` stands on a command line that could not be parsed.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|arg| arg == "--json")
}
