//! PostgreSQL from the system's packages, on Debian and Ubuntu.

use std::process::Command;

use nix::unistd::Uid;

use crate::cluster::Report;
use crate::cluster::command::run;

/// Installs the server without the system cluster that the package would make
/// and start on port 5432. Its only switch for that is a settings file, which
/// is put back as it was.
const SCRIPT: &str = r#"
set -e
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -o DPkg::Lock::Timeout=120 -q -y --no-install-recommends install "$@"; }
get postgresql-common || { apt-get -q update; get postgresql-common; }
settings=/etc/postgresql-common/createcluster.conf
cp -p "$settings" "$settings.tubex"
trap 'mv -f "$settings.tubex" "$settings"' EXIT
echo 'create_main_cluster = false' >>"$settings"
get postgresql
"#;

/// Installs the distribution's PostgreSQL if there is apt-get and we are, or
/// may without a password become, root; else why not, as a clause.
pub(super) fn install(report: Report<'_>) -> Result<(), String> {
    run(Command::new("apt-get").arg("--version"))
        .map_err(|_| "there is no apt-get to install it with".to_owned())?;
    let mut command = as_root()?;
    report("Installing the package postgresql with apt-get (without a system cluster)");
    run(command.args(["-c", SCRIPT]))
        .map(drop)
        .map_err(|why| format!("apt-get failed: {why}"))
}

fn as_root() -> Result<Command, String> {
    if Uid::effective().is_root() {
        return Ok(Command::new("sh"));
    }
    run(Command::new("sudo").args(["-n", "true"]))
        .map_err(|_| "apt-get would need root".to_owned())?;
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", "sh"]);
    Ok(sudo)
}
