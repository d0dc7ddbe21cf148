//! `tubex tenant import` and `clone`: a dealer from a file, or from another.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::create::read_password;
use super::export::open;
use super::life::{actor, explain};
use super::refusal::describe;
use crate::app::Core;
use crate::auth::password;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::cli::progress::Stages;
use crate::config::DatabaseSettings;
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::adopt::{Adopted, Adoption, NewOwner};
use crate::platform::dealers::note::{Note, Origin};
use crate::tenancy::provision::NewDealer;
use crate::tenancy::transfer::{Archive, Destination, Staged, Subject};

/// What to restore, and where.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("destination").required(true).args(["as_new", "into"])))]
pub(in crate::cli) struct ImportArgs {
    /// The file that `tenant export` wrote.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Open a new dealer with what is in the file.
    #[arg(long)]
    as_new: bool,
    /// Name of the new dealer, if not that in the file.
    #[arg(long, value_name = "NAME", requires = "as_new")]
    name: Option<String>,
    /// Restore this dealer, who must be suspended; the rows he has now are kept
    /// for seven days.
    #[arg(long, value_name = "DEALER", conflicts_with = "owner_email")]
    into: Option<String>,
    /// The file may be of another dealer, whose rows take the place of those of
    /// `--into`; his currency has to be the same.
    #[arg(long, requires = "into")]
    from_another_dealer: bool,
    /// Why, for the record of what was done to the dealer.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    owner: OwnerArgs,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Whom to clone.
#[derive(Args)]
pub(in crate::cli) struct CloneArgs {
    /// The dealer's id, or his exact name if nobody else has it.
    #[arg(value_name = "DEALER")]
    dealer: String,
    /// Name of the new dealer.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Why, for the record of what was done to both.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    owner: OwnerArgs,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Who shall own the new dealer.
#[derive(Args)]
#[expect(
    clippy::struct_field_names,
    reason = "the flags are named after the fields"
)]
struct OwnerArgs {
    /// Address of an owner, who may be a user already; without one nobody can
    /// sign in there.
    #[arg(long, value_name = "EMAIL")]
    owner_email: Option<String>,
    /// Name of the owner, if he is not a user yet.
    #[arg(long, value_name = "NAME", default_value = "Owner")]
    owner_name: String,
    /// File with the password of a new owner, `-` for standard input; without
    /// it one is made up and printed.
    #[arg(long, value_name = "FILE", requires = "owner_email")]
    owner_password_file: Option<PathBuf>,
}

impl OwnerArgs {
    /// The owner, and the password to print if it was made up.
    fn read(&self) -> Result<Option<(NewOwner, Option<SecretString>)>, String> {
        let Some(email) = &self.owner_email else {
            return Ok(None);
        };
        let given = self.owner_password_file.as_ref().map(read_password);
        let (password, made_up) = if let Some(password) = given.transpose()? {
            (password, None)
        } else {
            let password = password::made_up().map_err(|error| error.to_string())?;
            (password.clone(), Some(password))
        };
        let owner = NewOwner {
            email: email.clone(),
            name: self.owner_name.clone(),
            password,
        };
        Ok(Some((owner, made_up)))
    }
}

/// A dealer to take in, and the password that his new owner will have.
struct Plan {
    adoption: Adoption,
    made_up: Option<SecretString>,
}

impl Plan {
    async fn new(
        core: &Core,
        dealer: NewDealer,
        owner: &OwnerArgs,
        (note, origin): (Note, Origin),
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (owner, made_up) = owner.read()?.unzip();
        let adoption = core.dealers.prepare_adoption(dealer, owner).await;
        Ok(Self {
            adoption: adoption.map_err(describe)?.noted(note, origin),
            made_up: made_up.flatten(),
        })
    }

    async fn carry_out(self, core: &Core, staged: Staged, output: Output) -> CommandResult {
        let schema = staged.schema().as_str().to_owned();
        let adopted = core.dealers.adopt(staged, self.adoption).await;
        let Adopted { dealer, owner } = adopted.map_err(describe)?;
        let mut lines = vec![format!("{} is open: {}", dealer.name, dealer.id)];
        let mut shown = Value::Null;
        if let Some((user, is_new)) = owner {
            // Of no use to somebody who had a password before.
            let password = self.made_up.filter(|_| is_new);
            let password = password.map(|password| password.expose_secret().to_owned());
            lines.push(match &password {
                Some(password) => format!("{} signs in with the password {password}", user.email),
                None => format!("{} signs in with his own password", user.email),
            });
            shown = json!({ "id": user.id.to_string(), "email": user.email, "password": password });
        }
        let dealer = json!({ "id": dealer.id.to_string(), "name": dealer.name, "schema": schema });
        output.result(
            lines.join("\n"),
            &json!({ "dealer": dealer, "owner": shown }),
        )
    }
}

pub(super) async fn import(args: &ImportArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let archive = Archive::open(open(&args.file)?)?;
    match &args.into {
        Some(dealer) => {
            let dealer = core.lifecycle.find(dealer).await.map_err(explain)?;
            let destination = if args.from_another_dealer {
                Destination::IntoFromAnother(dealer)
            } else {
                Destination::Into(dealer)
            };
            let noted = note(args.reason.as_deref())?;
            restore(&core, archive, (destination, dealer, noted), output).await
        }
        None => import_new(&core, archive, args, output).await,
    }
}

async fn restore(
    core: &Core,
    archive: Archive<File>,
    (destination, dealer, note): (Destination, DealerId, Note),
    output: Output,
) -> CommandResult {
    let taken_at = archive.manifest().taken_at;
    let noted = (note, Origin::from(archive.manifest()));
    let staged = stage(core, archive, destination, output).await?;
    let replaced = core.dealers.restore(staged, dealer, noted).await;
    let replaced = replaced.map_err(describe)?;
    let text = format!(
        "{dealer} is as he was at {}; he is still suspended\n\
         what he had until now is in the schema {} until {}",
        taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        replaced.old_schema,
        replaced.drop_after.format("%Y-%m-%d %H:%M UTC"),
    );
    let json = json!({
        "dealer": { "id": dealer.to_string(), "schema": replaced.schema },
        "replaced": { "schema": replaced.old_schema, "dropAfter": replaced.drop_after },
    });
    output.result(text, &json)
}

async fn import_new(
    core: &Core,
    archive: Archive<File>,
    args: &ImportArgs,
    output: Output,
) -> CommandResult {
    let Subject {
        name,
        currency,
        timezone,
        ..
    } = archive.manifest().dealer.clone();
    let dealer = NewDealer {
        name: args.name.clone().unwrap_or(name),
        currency,
        timezone,
    };
    let origin = Origin::from(archive.manifest());
    let noted = (note(args.reason.as_deref())?, origin);
    let plan = Plan::new(core, dealer, &args.owner, noted).await?;
    let staged = stage(core, archive, Destination::New, output).await?;
    plan.carry_out(core, staged, output).await
}

/// By whoever runs the command.
fn note(reason: Option<&str>) -> Result<Note, String> {
    Note::new(&actor(), reason).map_err(describe)
}

async fn stage(
    core: &Core,
    archive: Archive<File>,
    destination: Destination,
    output: Output,
) -> Result<Staged, Box<dyn std::error::Error + Send + Sync>> {
    let progress = Stages::new(output);
    let seen = |event| progress.on(event);
    let staged = core.transfer.import(archive, destination, &seen).await;
    progress.end();
    Ok(staged?)
}

pub(super) async fn clone(args: &CloneArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let id = core.lifecycle.find(&args.dealer).await.map_err(explain)?;
    let source = core.transfer.dealer(id).await?;
    let dealer = NewDealer {
        name: args.name.clone(),
        currency: source.currency,
        timezone: source.timezone,
    };
    let noted = (note(args.reason.as_deref())?, Origin::Dealer(id));
    let plan = Plan::new(&core, dealer, &args.owner, noted).await?;
    let progress = Stages::new(output);
    let seen = |event| progress.on(event);
    let staged = core.transfer.clone_of(id, &seen).await;
    progress.end();
    plan.carry_out(&core, staged?, output).await
}
