//! `tubex tenant suspend`, `resume`, `archive`, `drop`, `rename`, `set-plan`.

use clap::Args;

use super::record;
use super::refusal::describe;
use crate::app::Core;
use crate::cli::CommandResult;
use crate::cli::output::Output;
use crate::config::{DatabaseSettings, PlanSettings};
use crate::kernel::clock::Clock;
use crate::platform::dealers::lifecycle::{DealerRecord, GRACE_DAYS, LifecycleError, Order};
use crate::platform::dealers::plans::KnownPlans;

/// Whose life is changed.
#[derive(Args)]
pub(in crate::cli) struct DealerArgs {
    /// The dealer's id, or his exact name if nobody else has it.
    #[arg(value_name = "DEALER")]
    pub(super) dealer: String,
    #[command(flatten)]
    pub(super) database: DatabaseSettings,
}

/// Whose life is changed, and why.
#[derive(Args)]
pub(in crate::cli) struct OrderArgs {
    #[command(flatten)]
    dealer: DealerArgs,
    /// Why, in your words; kept with what was done.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Who is dropped.
#[derive(Args)]
pub(in crate::cli) struct DropArgs {
    #[command(flatten)]
    order: OrderArgs,
    /// The dealer's name once more, letter by letter.
    #[arg(long, value_name = "NAME")]
    confirm: String,
    /// Days until his rows go, in which `resume` brings him back; 0 drops them at
    /// once.
    #[arg(long, value_name = "N", default_value_t = GRACE_DAYS)]
    grace_days: u32,
}

/// Who is renamed.
#[derive(Args)]
pub(in crate::cli) struct RenameArgs {
    #[command(flatten)]
    order: OrderArgs,
    /// The new name of the company.
    #[arg(long, value_name = "NAME")]
    name: String,
}

/// Who is given which plan.
#[derive(Args)]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    order: OrderArgs,
    /// Name of the plan: `standard`, or one that --rates-by-plan names.
    #[arg(long, value_name = "NAME")]
    plan: String,
    #[command(flatten)]
    plans: PlanSettings,
}

pub(super) async fn suspend(args: &OrderArgs, output: Output) -> CommandResult {
    let (core, order) = args.order().await?;
    report(core.lifecycle.suspend(&order).await, output)
}

pub(super) async fn resume(args: &OrderArgs, output: Output) -> CommandResult {
    let (core, order) = args.order().await?;
    report(core.lifecycle.resume(&order).await, output)
}

pub(super) async fn archive(args: &OrderArgs, output: Output) -> CommandResult {
    let (core, order) = args.order().await?;
    report(core.lifecycle.archive(&order).await, output)
}

pub(super) async fn rename(args: &RenameArgs, output: Output) -> CommandResult {
    let (core, order) = args.order.order().await?;
    report(core.lifecycle.rename(&order, &args.name).await, output)
}

pub(super) async fn set_plan(args: &PlanArgs, output: Output) -> CommandResult {
    let (core, order) = args.order.order().await?;
    let known = KnownPlans::new(args.plans.names());
    let dealer = core.lifecycle.set_plan(&order, &args.plan, &known).await;
    let dealer = dealer.map_err(explain)?;
    let (name, plan, id) = (&dealer.name, &dealer.plan, dealer.id);
    let text = format!("{name} has the plan {plan}: {id}");
    output.result(text, &record::json(&dealer))
}

pub(super) async fn drop(args: &DropArgs, output: Output) -> CommandResult {
    let (core, order) = args.order.order().await?;
    let (life, days) = (&core.lifecycle, args.grace_days);
    let mut dropped = life.drop(&order, &args.confirm, days).await;
    if dropped.is_ok() && days == 0 {
        life.finish_drop(order.dealer, &order.actor)
            .await
            .map_err(explain)?;
        dropped = life.show(order.dealer).await;
    }
    report(dropped, output)
}

impl OrderArgs {
    async fn order(&self) -> Result<(Core, Order), Box<dyn std::error::Error + Send + Sync>> {
        let core = Core::new(&self.dealer.database, 1, Clock::system())?;
        let dealer = core.lifecycle.find(&self.dealer.dealer).await;
        let order = Order {
            dealer: dealer.map_err(explain)?,
            actor: actor(),
            reason: self.reason.clone(),
            expected: None,
        };
        Ok((core, order))
    }
}

/// Who gives orders on this machine, as the log of actions names him.
pub(in crate::cli) fn actor() -> String {
    let uid = nix::unistd::Uid::current();
    let user = nix::unistd::User::from_uid(uid).ok().flatten();
    user.map_or_else(|| format!("cli:{uid}"), |user| format!("cli:{}", user.name))
}

fn report(outcome: Result<DealerRecord, LifecycleError>, output: Output) -> CommandResult {
    let dealer = outcome.map_err(explain)?;
    let (name, status) = (&dealer.name, dealer.status.as_str());
    let id = dealer.id;
    let text = match dealer.delete_after {
        None => format!("{name} is {status}: {id}"),
        Some(at) => format!(
            "{name} is {status}: {id}\nHis rows go after {at}; until then `tubex tenant resume` brings him back."
        ),
    };
    output.result(text, &record::json(&dealer))
}

/// In terms of the command's flags.
pub(super) fn explain(error: LifecycleError) -> String {
    describe(error.into())
}
