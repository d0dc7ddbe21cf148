//! `tubex serve`.

use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::output::Output;
use super::progress::Progress;
use super::{CommandResult, filler, mailer, migrate, operator, stop, sweeper, workers};
use crate::app::{App, Core, StartError, password_work};
use crate::auth::vault::Vault;
use crate::config::{DatabaseSettings, KeySettings, ServerSettings};
use crate::http::{Page, bind, serve_both};
use crate::kernel::clock::Clock;
use crate::tenancy::doors::lacking;
use crate::tenancy::state::check_request_role;

/// How to serve.
#[derive(Args)]
pub(super) struct ServeArgs {
    /// Migrate the control plane and all dealers first.
    #[arg(long)]
    migrate: bool,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    key: KeySettings,
}

pub(super) fn run(args: &ServeArgs, output: Output) -> CommandResult {
    let clock = Clock::system();
    let core = Core::new(&args.database, password_work(&args.server), clock)?.on_its_engine()?;
    let vault = Vault::from_file(&args.key.secret_key_file)?;
    let page = page(&args.server)?;
    if args.migrate {
        migrate::everything(&core, &Progress::new(output))?;
    }
    actix_web::rt::System::new().block_on(async {
        let stop = stop::requested()?;
        check_request_role(&core.control, &core.request_role)
            .await
            .map_err(StartError::from)?
            .map_err(StartError::from)?;
        warn_of_open_doors(&core).await?;
        let app = App::new(core, vault, &args.server).await?;
        app.tenants.check().await.map_err(StartError::from)?;
        let listener = bind(args.server.listen)?;
        let address = listener.local_addr()?;
        let operators = operator::listener(&args.server)?;
        let operator_url = operator::address(operators.as_ref())?.map(operator::url);
        let sweeper = sweeper::start(Arc::clone(&app));
        let filler = filler::start(&app);
        let mailer = mailer::start(&app).await?;
        let jobs = workers::start(&app)?;
        let tls = if args.server.http.tls_files().is_some() {
            "s"
        } else {
            ""
        };
        let graphql_url = format!("http{tls}://{address}/graphql");
        output.result(
            serving(&graphql_url, operator_url.as_deref()),
            &json!({
                "graphql_url": graphql_url, "ws_url": format!("ws{tls}://{address}/graphql"),
                "operator_url": operator_url,
            }),
        )?;
        let operators = operator::endpoint(&app, operators);
        serve_both(app, listener, page, operators, stop).await?;
        sweeper.abort();
        filler.stop().await;
        mailer.stop().await;
        jobs.await?;
        Ok(())
    })
}

/// Says what the database does not withhold, and what it does not grant.
async fn warn_of_open_doors(core: &Core) -> Result<(), StartError> {
    let role = core.request_role.clone();
    for one in core.owner.run(move |conn| lacking(conn, &role)).await? {
        tracing::warn!("{one}");
    }
    Ok(())
}

fn serving(graphql_url: &str, operator_url: Option<&str>) -> String {
    match operator_url {
        None => format!("Serving {graphql_url}"),
        Some(operator_url) => format!("Serving {graphql_url}, and operators at {operator_url}"),
    }
}

pub(super) fn page(settings: &ServerSettings) -> Result<Page, String> {
    match &settings.graphiql_dir {
        _ if !settings.graphiql => Ok(Page::off()),
        None => Ok(Page::explorer()),
        Some(dir) => Page::bundle(dir).map_err(|error| {
            format!(
                "--graphiql-dir {}: {error}; it must hold the built bundle: index.html and assets/",
                dir.display()
            )
        }),
    }
}
