//! `tubex demo`: dealers with a history, to look at and to measure with.

use clap::Args;
use serde_json::json;

use super::CommandResult;
use super::output::Output;
use super::progress::Count;
use crate::app::Core;
use crate::app::jobs::Workshop;
use crate::config::DatabaseSettings;
use crate::demo::history::Plan;
use crate::demo::{Grounds, open_many};
use crate::kernel::clock::Clock;
use crate::tenancy::state::{Migrated, migrated};

/// Lines that a dealer of the trade sells in a month, unless somebody says otherwise.
const LINES_A_MONTH: u64 = 1_000;

/// Which histories to make.
#[derive(Args)]
pub(super) struct DemoArgs {
    /// How many dealers.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    dealers: u32,
    /// How many months back their histories begin.
    #[arg(long, value_name = "M", default_value = "6", value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// The same seed makes the same histories on the same day.
    #[arg(long, value_name = "S", default_value = "1")]
    seed: u64,
    /// About how many order lines each dealer has in all; 1000 a month if left out.
    #[arg(long, value_name = "L", value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    lines: Option<u64>,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub(super) fn run(args: &DemoArgs, output: Output) -> CommandResult {
    actix_web::rt::System::new().block_on(make(args, output))
}

async fn make(args: &DemoArgs, output: Output) -> CommandResult {
    let core = Core::new(&args.database, 1, Clock::system())?;
    let core = tokio::task::spawn_blocking(move || core.on_its_engine()).await??;
    if migrated(&core.control).await? == Migrated::Nothing {
        return Err("this database is not migrated: run `tubex migrate`".into());
    }
    let workshop = Workshop::new(core, None).await?;
    let parts = workshop.parts();
    let grounds = Grounds {
        directory: parts.directory.clone(),
        tenants: parts.tenants.clone(),
    };
    let plan = Plan {
        months: args.months,
        lines: args
            .lines
            .unwrap_or_else(|| LINES_A_MONTH * u64::from(args.months)),
        seed: args.seed,
    };
    let progress = Count::new(output, "dealers");
    let count = usize::try_from(args.dealers)?;
    progress.begin(count);
    let mut dealers = Vec::new();
    for number in 0..count {
        dealers.push(open_many(workshop.core(), &grounds, number, plan).await?);
        progress.one();
    }
    progress.end();
    let texts = dealers.iter().map(|dealer| {
        let made = dealer.made;
        format!(
            "{}: {} orders with {} lines, {} deliveries, {} invoices, {} payments\n  {} signs in with {}",
            dealer.name,
            made.orders,
            made.lines,
            made.deliveries,
            made.invoices,
            made.payments,
            dealer.owner_email,
            dealer.owner_password,
        )
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    let all = dealers.iter().map(|dealer| {
        json!({
            "id": dealer.dealer.to_string(), "name": dealer.name,
            "ownerEmail": dealer.owner_email, "ownerPassword": dealer.owner_password,
            "orders": dealer.made.orders, "lines": dealer.made.lines,
            "deliveries": dealer.made.deliveries, "invoices": dealer.made.invoices,
            "payments": dealer.made.payments,
        })
    });
    output.result(text, &json!({ "dealers": all.collect::<Vec<_>>() }))
}
