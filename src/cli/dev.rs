//! `tubex dev`: a whole Tubex on this machine, with two shops to look at.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use clap::Args;
use futures_util::FutureExt;
use secrecy::SecretString;

use super::output::{Output, note};
use super::progress::Progress;
use super::{
    CommandResult, dev_report, filler, graphiql_bundle, key, mailer, migrate, operator, stop,
    sweeper, workers,
};
use crate::app::{App, Core, password_work};
use crate::auth::operator::OperatorTokens;
use crate::auth::vault::Vault;
use crate::cluster::{self, Cluster, ClusterSpec, Durability, KeptCluster};
use crate::config::{DEFAULT_FILES_DIR, DEFAULT_PUBLIC_URL, DatabaseSettings, ServerSettings};
use crate::db::connect::Connector;
use crate::db::owner::ensure_database;
use crate::demo::{OpenShop, open_shops};
use crate::http::{DemoLogin, Page, bind, serve_both};
use crate::kernel::clock::Clock;
use crate::kernel::hex;
use crate::platform::mail::transport::MailDir;

/// Name of the database and of the login role that serves requests.
const DATABASE: &str = "tubex";
const REQUEST_ROLE: &str = "tubex_app";

/// How to run the demo.
#[derive(Args)]
pub(super) struct DevArgs {
    /// Folder of the demo's database and keys.
    #[arg(
        long,
        env = "TUBEX_DEV_DATA",
        value_name = "DIR",
        default_value = ".tubex"
    )]
    data: PathBuf,

    /// Folder of fetched and built parts, kept by --reset.
    #[arg(
        long,
        env = "TUBEX_DEV_TOOLS",
        value_name = "DIR",
        default_value = ".tubex/tools"
    )]
    tools: PathBuf,

    /// Throw the demo's data away and start over.
    #[arg(long)]
    reset: bool,

    /// Folder with PostgreSQL's initdb and postgres, if they are not found.
    #[arg(long, env = "TUBEX_POSTGRES_BIN", value_name = "DIR")]
    postgres_bin: Option<PathBuf>,

    /// Fetch nothing: fail if PostgreSQL is missing, and build no GraphiQL.
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    server: ServerSettings,
}

pub(super) fn run(args: &DevArgs, output: Output) -> CommandResult {
    let progress = Progress::new(output);
    // First of all, so that a taken port is said at once.
    let listener = bind(args.server.listen)?;
    let operators = operator::listener(&args.server)?;
    if args.reset {
        progress.step("Throwing the demo's data away");
        reset(&args.data)?;
    }
    make_folder("--data", &args.data)?;
    make_folder("--tools", &args.tools)?;
    let bundle = start_bundle(args);
    let spec = ClusterSpec {
        data: args.data.clone(),
        tools: args.tools.clone(),
        bin_dir: args.postgres_bin.clone(),
        durability: Durability::Durable,
        may_install: !args.offline,
    };
    let cluster = Cluster::start(&spec, &|text| progress.step(text))?;
    let database = database(&cluster, &args.data)?;
    let vault = vault(&args.data)?;
    let core = Core::new(&database, password_work(&args.server), Clock::system())?;
    migrate::everything(&core, &progress)?;
    let cluster = KeptCluster::new(cluster);
    let served = actix_web::rt::System::new().block_on(async {
        let stop = stop::requested()?.shared();
        let server = for_demo(&args.server, &args.data, listener.local_addr()?);
        let mailbox = server.mail.mail_dir.clone().map(MailDir::new);
        let app = App::new(core, vault, &server).await?;
        let shops = open_shops(&app, |text| progress.step(text)).await?;
        let Some((page, is_graphiql)) = page(args, bundle, &progress, stop.clone()).await else {
            return Ok(());
        };
        progress.done();
        let address = listener.local_addr()?;
        let report = dev_report::Report::new(address, &database, &shops, is_graphiql)
            .with_mailbox(mailbox.is_some())
            .with_operators(
                operator::address(operators.as_ref())?,
                &OperatorTokens::new(app.keys.ring()),
            )?;
        output.result(report.text(), &report)?;
        let page = page.with_logins(logins(&shops)).with_mailbox(mailbox);
        let sweeper = sweeper::start(Arc::clone(&app));
        let filler = filler::start(&app);
        let mailer = mailer::start(&app).await?;
        let jobs = workers::start(&app)?;
        let operators = operator::endpoint(&app, operators);
        serve_both(app, listener, page, operators, stop).await?;
        sweeper.abort();
        filler.stop().await;
        mailer.stop().await;
        jobs.await?;
        Ok(())
    });
    progress.step("Stopping PostgreSQL");
    cluster.stop()?;
    progress.done();
    served
}

/// The settings with a folder for mails, if they name nothing else, and with links
/// that lead to the port that is listened on.
fn for_demo(settings: &ServerSettings, data: &Path, address: SocketAddr) -> ServerSettings {
    let mut settings = settings.clone();
    if settings.public_url == DEFAULT_PUBLIC_URL {
        settings.public_url = format!("http://{address}");
    }
    if settings.files.files_dir == Path::new(DEFAULT_FILES_DIR) {
        settings.files.files_dir = data.join(FILES);
    }
    let mail = &mut settings.mail;
    if mail.smtp_url.is_none() && mail.mail_dir.is_none() {
        mail.mail_dir = Some(data.join(MAILS));
    }
    // Receivers of webhooks that somebody tries out run on this machine, too.
    let webhooks = &mut settings.webhooks;
    webhooks.webhook_http = true;
    for loopback in [IpAddr::from([127, 0, 0, 1]), Ipv6Addr::LOCALHOST.into()] {
        webhooks.webhook_networks.push(loopback.into());
    }
    settings
}

/// The folder of the GraphiQL bundle, some day.
type Bundle = JoinHandle<Result<PathBuf, graphiql_bundle::BundleError>>;

/// The bundle takes a while the first time, so it is built beside the rest.
fn start_bundle(args: &DevArgs) -> Bundle {
    let tools = args.tools.clone();
    let offline = args.offline;
    let configured = args.server.graphiql_dir.clone();
    std::thread::spawn(move || match configured {
        Some(dir) => Ok(dir),
        None if offline && !graphiql_bundle::is_current(&tools.join("graphiql")) => {
            Err(graphiql_bundle::BundleError::Offline)
        }
        None => graphiql_bundle::ensure(&tools),
    })
}

/// The page, and whether it is the real GraphiQL; none if told to stop meanwhile.
async fn page(
    args: &DevArgs,
    bundle: Bundle,
    progress: &Progress,
    stop: impl Future<Output = ()>,
) -> Option<(Page, bool)> {
    if !args.server.graphiql {
        return Some((Page::off(), false));
    }
    if !bundle.is_finished() {
        progress.step("Building GraphiQL with npm (once)");
    }
    let joined = tokio::select! {
        joined = tokio::task::spawn_blocking(move || bundle.join()) => joined,
        () = stop => return None,
    };
    let built = match joined {
        Ok(Ok(Ok(dir))) => {
            Page::bundle(&dir).map_err(|error| format!("{}: {error}", dir.display()))
        }
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(_)) | Err(_) => Err("the build broke off".to_owned()),
    };
    progress.done();
    match built {
        Ok(page) => Some((page, true)),
        Err(cause) => {
            note(format_args!(
                "GraphiQL is not there: {cause}. A smaller page takes its place."
            ));
            Some((Page::explorer(), false))
        }
    }
}

fn make_folder(flag: &str, path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| {
        let path = path.display();
        format!("{flag} {path}: {error}; choose a folder that may be written")
    })
}

fn reset(data: &Path) -> CommandResult {
    cluster::remove(data)?;
    for secret in [SECRET_KEY, REQUEST_PASSWORD] {
        match std::fs::remove_file(data.join(secret)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    match std::fs::remove_dir_all(data.join(MAILS)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

const MAILS: &str = "mails";
/// The folder of uploaded files, beside it.
const FILES: &str = "files";
const SECRET_KEY: &str = "secret.key";
const REQUEST_PASSWORD: &str = "request-password";

fn vault(data: &Path) -> Result<Vault, Box<dyn std::error::Error + Send + Sync>> {
    let path = data.join(SECRET_KEY);
    if !path.exists() {
        key::write_new_key(&path)?;
    }
    Ok(Vault::from_file(&path)?)
}

/// The connection strings, and the database itself if it is missing.
fn database(
    cluster: &Cluster,
    data: &Path,
) -> Result<DatabaseSettings, Box<dyn std::error::Error + Send + Sync>> {
    let connector = Connector::new(None, 1)?;
    ensure_database(&connector, &cluster.url("postgres"), DATABASE)?;
    let password = request_password(&data.join(REQUEST_PASSWORD))?;
    Ok(DatabaseSettings::local(
        cluster.url_as(REQUEST_ROLE, &password, DATABASE),
        cluster.url(DATABASE),
    ))
}

/// Made once, so that the connection string of the demo stays the same.
fn request_password(path: &Path) -> Result<SecretString, Box<dyn std::error::Error + Send + Sync>> {
    if !path.exists() {
        let mut bytes = [0_u8; 24];
        getrandom::fill(&mut bytes)?;
        key::write_secret(path, &hex::encode(&bytes).into())?;
    }
    Ok(std::fs::read_to_string(path)?.trim().into())
}

fn logins(shops: &[OpenShop]) -> Vec<DemoLogin> {
    let login = |shop: &OpenShop| DemoLogin {
        dealer: shop.demo.name.to_owned(),
        email: shop.demo.owner_email.to_owned(),
        password: shop.demo.owner_password.to_owned(),
    };
    shops.iter().map(login).collect()
}
