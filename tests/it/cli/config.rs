//! `tubex config check`, and where a setting's value comes from.

use std::process::Command;

use super::program::{Ended, Folder, database_flags};
use crate::support::own;

const SECRET: &str = "hush-hush-42";

/// `config check` with flags that name a database nobody reaches.
fn check(folder: &Folder, more: &[&str]) -> Command {
    let url = |role: &str| format!("postgres://{role}:{SECRET}@127.0.0.1:1/none");
    let (app, owner) = (url("app"), url("owner"));
    let mut args = vec!["config", "check", "--secret-key-file", "none.pem"];
    args.extend(["--database-url", &app, "--database-owner-url", &owner]);
    args.extend(more);
    folder.program(&args)
}

#[test]
fn a_value_that_can_not_be_used_is_refused_with_its_flag() {
    let folder = Folder::new();
    for (flag, value) in [
        ("--request-pool-size", "0"),
        ("--listen", "here"),
        ("--request-timeout-ms", "-1"),
        ("--registration", "sometimes"),
        ("--graphiql", "maybe"),
        ("--sms-url", "http://sms.example/"),
        ("--log-format", "prose"),
        ("--rates-by-plan", "pro"),
    ] {
        let ended = Ended::of(check(&folder, &[&format!("{flag}={value}")]));
        assert_eq!(ended.code, Some(2), "{flag}");
        assert!(ended.err.contains(flag), "{}", ended.err);
    }
    let ended = Ended::of(check(&folder, &["--log", "tubex=loud", "--json"]));
    assert!(ended.reason().starts_with("--log: "), "{}", ended.out);
}

#[test]
fn a_setting_that_must_be_given_is_asked_for() {
    let folder = Folder::new();
    let ended = folder.run(&["config", "check"]);
    assert_eq!(ended.code, Some(2));
    for flag in [
        "--database-url",
        "--database-owner-url",
        "--secret-key-file",
    ] {
        assert!(ended.err.contains(flag), "{}", ended.err);
    }
}

#[test]
fn a_file_with_a_fault_is_refused_with_its_place() {
    let folder = Folder::new();
    for (text, fault) in [
        ("lisen = \"127.0.0.1:1\"", "there is no setting `lisen`"),
        // A flag of one call is no setting.
        ("reset = true", "there is no setting `reset`"),
        ("listen = [\"a\", \"b\"]", "`listen` must be a text"),
        ("listen = ", "this is not TOML"),
    ] {
        let path = folder.file("tubex.toml", text);
        let ended = Ended::of(check(&folder, &["--config", &path, "--json"]));
        let reason = ended.reason();
        assert!(reason.contains(fault) && reason.contains(&path), "{reason}");
    }
    let missing = Ended::of(check(&folder, &["--config", "missing.toml", "--json"]));
    assert!(missing.reason().starts_with("--config missing.toml"));
}

#[test]
fn a_flag_precedes_a_variable_and_a_variable_the_file() {
    let folder = Folder::new();
    // A wrong value shows by its refusal which of the places was read.
    let path = folder.file("tubex.toml", "max-depth = \"of-file\"");
    let refused = |mut command: Command, variable: bool| {
        if variable {
            command.env("TUBEX_MAX_DEPTH", "of-variable");
        }
        let ended = Ended::of(command);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        ended.err
    };
    let by_file = ["--config", &path];
    let by_all = ["--config", &path, "--max-depth", "of-flag"];
    assert!(refused(check(&folder, &by_all), true).contains("of-flag"));
    assert!(refused(check(&folder, &by_file), true).contains("of-variable"));
    assert!(refused(check(&folder, &by_file), false).contains("of-file"));
    // The file's own place may come from a variable.
    let mut command = check(&folder, &[]);
    command.env("TUBEX_CONFIG", &path);
    assert!(refused(command, false).contains("of-file"));
    // And with none of them the default is good: the key is asked for next.
    let ended = Ended::of(check(&folder, &["--json"]));
    assert!(
        ended.reason().contains("--secret-key-file"),
        "{}",
        ended.out
    );
}

#[test]
fn no_fault_repeats_a_secret() {
    let folder = Folder::new();
    let key = folder.path("key.pem");
    folder.run(&["key", "generate", "--output", &key]);
    let redis = format!("redis://:{SECRET}@127.0.0.1:1");
    let wrong = format!("mysql://app:{SECRET}@localhost/x");
    let wrong_redis = format!("{SECRET}://:{SECRET}@localhost");
    for more in [
        &["--secret-key-file", &key, "--redis-url", &redis][..],
        &["--secret-key-file", &key],
        &["--database-url", &wrong],
        &["--redis-url", &wrong_redis, "--secret-key-file", &key],
        &["--redis-url", &redis, "--max-depth", "x"],
    ] {
        // The last of a flag given twice counts.
        let mut command = check(&folder, &[]);
        command.args(more).args(["--log", "debug"]);
        let ended = Ended::of(command);
        assert_ne!(ended.code, Some(0), "{more:?}");
        assert!(!ended.text().contains(SECRET), "{more:?}: {}", ended.text());
    }
}

#[test]
fn help_shows_no_secret_of_the_environment_or_the_file() {
    let folder = Folder::new();
    let url = format!("postgres://app:{SECRET}@localhost/x");
    let path = folder.file(
        "tubex.toml",
        &format!("redis_url = \"{SECRET}\"\ndatabase_url = \"{url}\""),
    );
    let mut command = folder.program(&["serve", "--help", "--config", &path]);
    command.env("TUBEX_DATABASE_OWNER_URL", &url);
    let ended = Ended::of(command);
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.contains("--database-owner-url"));
    assert!(!ended.text().contains(SECRET), "{}", ended.out);
}

#[test]
fn one_role_can_not_both_own_and_serve() {
    let folder = Folder::new();
    let url = "postgres://same:x@127.0.0.1:1/none";
    let ended = folder.run(&[
        "config",
        "check",
        "--json",
        "--secret-key-file",
        "none.pem",
        "--database-url",
        url,
        "--database-owner-url",
        url,
    ]);
    assert!(
        ended.reason().starts_with("--database-url: `same`"),
        "{}",
        ended.out
    );
}

#[test]
fn good_settings_are_called_good() {
    let database = own("cli_config_check");
    let folder = Folder::new();
    let key = folder.path("key.pem");
    folder.run(&["key", "generate", "--output", &key]);
    let flags = database_flags(&database);
    let mut command = folder.program(&["config", "check", "--json", "--secret-key-file", &key]);
    command.args(&flags);
    let expected = serde_json::json!({ "ok": true, "migrations_current": true, "lacking": [] });
    assert_eq!(Ended::of(command).json(), expected);
}
