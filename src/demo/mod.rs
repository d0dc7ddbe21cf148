//! The demo: dealers of the trade, each with a shop full of goods, and some with a history.

mod accounts;
pub mod data;
pub mod history;
mod load;
mod many;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::app::App;
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, Refusal, ServiceResult};
use crate::kernel::ids::DealerId;
use crate::kernel::peer::Peer;
use crate::platform::dealers::service::{Registration, Word};
use crate::platform::factors::model::ChallengeRow;
use crate::platform::identity::service::{Credentials, SignIn};
use crate::platform::sessions::service::{NewSession, Opened};
use crate::tenancy::Access;
use crate::tenancy::provision::NewDealer;
use data::DemoDealer;
use history::{Made, Plan};
use load::Stock;

pub use many::{Grounds, open_many};

/// Part of the system in whose name the shops are filled.
const ACTOR: &str = "demo";
/// From where the demo signs its owners in.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The history of a shop of `tubex dev`, which is made in no time.
const FIRST: Plan = Plan {
    months: 2,
    lines: 1_500,
    seed: 1,
};

/// Why a demo shop could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the demo dealer {dealer} could not be opened: {cause}")]
pub struct DemoError {
    dealer: &'static str,
    cause: String,
}

/// A demo dealer, open and filled, with his owner signed in.
pub struct OpenShop {
    /// What he was made from.
    pub demo: &'static DemoDealer,
    /// His owner at his shop, with a fresh access token.
    pub owner: Opened,
}

/// Opens the demo dealers that are not there yet, and fills those that are
/// empty. A run cut short is taken up by the next.
pub async fn open_shops(app: &App, report: impl Fn(&str)) -> Result<Vec<OpenShop>, DemoError> {
    let mut shops = Vec::new();
    for demo in data::DEALERS {
        let owner = open(app, demo, &report)
            .await
            .map_err(|refusal| DemoError {
                dealer: demo.name,
                cause: describe(refusal),
            })?;
        shops.push(OpenShop { demo, owner });
    }
    Ok(shops)
}

async fn open(
    app: &App,
    demo: &'static DemoDealer,
    report: impl Fn(&str),
) -> ServiceResult<Opened> {
    let owner = match sign_in(app, demo).await {
        Ok(owner) => owner,
        Err(_not_there_yet) => {
            report(&format!("Opening {}", demo.name));
            register(app, demo).await?;
            sign_in(app, demo).await?
        }
    };
    let grounds = Grounds {
        directory: app.directory.clone(),
        tenants: app.tenants.clone(),
    };
    let seller = Some(owner.user.id.uuid());
    grounds
        .fill(owner.dealer.id, demo, Some((FIRST, seller)))
        .await?;
    Ok(owner)
}

async fn register(app: &App, demo: &DemoDealer) -> ServiceResult<()> {
    // A dealer left half-made by a run that was cut short comes first.
    let unfinished = app.core.provisioner.resume_all(app.core.clock.now()).await;
    for (_, outcome) in unfinished.map_err(AppError::from)? {
        outcome.map_err(AppError::from)?;
    }
    if sign_in(app, demo).await.is_ok() {
        return Ok(());
    }
    let registration = Registration {
        dealer: NewDealer {
            name: demo.name.to_owned(),
            currency: demo.currency.to_owned(),
            timezone: demo.timezone.to_owned(),
        },
        owner_name: demo.owner_name.to_owned(),
        owner_email: demo.owner_email.to_owned(),
        owner_password: demo.owner_password.to_owned().into(),
        word: Word::Operator,
    };
    app.core
        .dealers
        .register(registration)
        .await
        .map(|_registered| ())
}

async fn sign_in(app: &App, demo: &DemoDealer) -> ServiceResult<Opened> {
    let credentials = Credentials {
        email: demo.owner_email.to_owned(),
        password: demo.owner_password.to_owned().into(),
        dealer: None,
    };
    let peer = known(app, demo).await?;
    match app.identity.login(credentials, &peer).await? {
        SignIn::Done(signed_in) => Ok(*signed_in),
        SignIn::Choose(..) => Err(AppError::internal("a demo owner has several dealers").into()),
        SignIn::Challenge(challenge) => vouch_for(app, &challenge).await,
    }
}

/// The demo itself, on a device that its owners know: that it starts again is no
/// news to be mailed.
async fn known(app: &App, demo: &DemoDealer) -> AppResult<Peer> {
    let (accounts, here) = (app.identity.accounts(), Peer::at(HERE));
    let Some(owner) = accounts.find_by_email(demo.owner_email).await? else {
        return Ok(here);
    };
    let token = accounts.remember(owner.id, &here)?;
    Ok(here.with_device(token.as_ref().map(ExposeSecret::expose_secret)))
}

/// Signs a made-up owner in who has been given a second factor by somebody who
/// tries things out: the demo has no secrets, and has to start again.
async fn vouch_for(app: &App, challenge: &ChallengeRow) -> ServiceResult<Opened> {
    let new = NewSession {
        user: challenge.user_id,
        user_epoch: challenge.user_epoch,
        dealer: challenge.dealer_id,
        methods: &challenge.all_methods(),
        peer: &Peer::at(HERE),
        is_known_device: true,
    };
    app.sessions.open(new).await
}

/// Fills the shop of `dealer` with the goods of `demo`, unless it has goods; without a history.
pub async fn fill(app: &App, dealer: DealerId, demo: &DemoDealer) -> ServiceResult<()> {
    let grounds = Grounds {
        directory: app.directory.clone(),
        tenants: app.tenants.clone(),
    };
    grounds.fill(dealer, demo, None).await.map(|_made| ())
}

impl Grounds {
    /// Fills the shop of `dealer` with the goods of `demo`, unless it has goods; with a history
    /// in which somebody sold all, if there is to be one. One transaction: a shop is full or
    /// empty, never half full.
    pub async fn fill(
        &self,
        dealer: DealerId,
        demo: &DemoDealer,
        history: Option<(Plan, Option<uuid::Uuid>)>,
    ) -> ServiceResult<Option<Made>> {
        let context = Arc::new(self.directory.admit_system(dealer, ACTOR).await?);
        let count = StatementCount::default();
        let mut tx = self.tenants.begin(context, Access::Write, &count).await?;
        if !load::is_empty(&mut tx).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        let Some((plan, seller)) = history else {
            load::fill(&mut tx, demo, Stock::There).await?;
            tx.commit().await?;
            return Ok(None);
        };
        load::fill(&mut tx, demo, Stock::ToCome).await?;
        let made = history::play(&mut tx, demo, plan, seller).await?;
        tx.commit().await?;
        Ok(Some(made))
    }
}

fn describe(refusal: Refusal) -> String {
    match refusal {
        Refusal::User(errors) => {
            let texts: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            texts.join("; ")
        }
        Refusal::Fault(error) => format!("{error:?}"),
    }
}
