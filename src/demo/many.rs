//! `tubex demo`: dealers with a history, as many as somebody wants to measure with.

use super::data::{self, DemoDealer};
use super::describe;
use super::history::{Made, Plan, check};
use crate::app::Core;
use crate::db::observe::StatementCount;
use crate::error::{AppError, AppResult, ServiceResult};
use crate::kernel::ids::DealerId;
use crate::platform::dealers::service::{Registration, Word};
use crate::tenancy::directory::Directory;
use crate::tenancy::provision::NewDealer;
use crate::tenancy::tx::TenantPool;
use crate::tenancy::{Access, TenantTx};

/// Where shops are opened.
#[derive(Clone)]
pub struct Grounds {
    /// Dealers by id.
    pub directory: Directory,
    /// Transactions on their schemas.
    pub tenants: TenantPool,
}

/// A dealer who was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// His id.
    pub dealer: DealerId,
    /// The name of his company.
    pub name: String,
    /// Address his owner signs in with.
    pub owner_email: String,
    /// The owner's password, which is public.
    pub owner_password: &'static str,
    /// His history.
    pub made: Made,
}

/// Opens a dealer with a history, the `number`th of his kind from 0 on, who is there at most
/// once.
pub async fn open_many(
    core: &Core,
    grounds: &Grounds,
    number: usize,
    plan: Plan,
) -> Result<Opened, String> {
    let opened = open(core, grounds, number, plan).await;
    opened.map_err(describe)
}

async fn open(core: &Core, grounds: &Grounds, number: usize, plan: Plan) -> ServiceResult<Opened> {
    let kind = data::DEALERS.get(number % data::DEALERS.len().max(1));
    let demo = kind.ok_or_else(|| AppError::internal("the demo has no dealers"))?;
    let turn = number / data::DEALERS.len().max(1) + 1;
    let name = format!("{} {turn}", demo.name);
    let owner_email = format!("history{turn}.{}", demo.owner_email);
    let registration = registration(demo, &name, &owner_email);
    let registered = core.dealers.register(registration).await?;
    let (dealer, owner) = (registered.dealer.id, registered.owner.id.uuid());
    let plan = Plan {
        seed: plan.seed.wrapping_add(u64::try_from(number).unwrap_or(0)),
        ..plan
    };
    let made = grounds
        .fill(dealer, demo, Some((plan, Some(owner))))
        .await?;
    let mut tx = grounds.look(dealer).await?;
    check(&mut tx).await?;
    tx.rollback().await?;
    Ok(Opened {
        dealer,
        name,
        owner_email,
        owner_password: demo.owner_password,
        made: made.unwrap_or_default(),
    })
}

fn registration(demo: &DemoDealer, name: &str, owner_email: &str) -> Registration {
    Registration {
        dealer: NewDealer {
            name: name.to_owned(),
            currency: demo.currency.to_owned(),
            timezone: demo.timezone.to_owned(),
        },
        owner_name: demo.owner_name.to_owned(),
        owner_email: owner_email.to_owned(),
        owner_password: demo.owner_password.to_owned().into(),
        word: Word::Operator,
    }
}

impl Grounds {
    /// A transaction that reads the shop of `dealer`.
    pub async fn look(&self, dealer: DealerId) -> AppResult<TenantTx> {
        let context = self.directory.admit_system(dealer, super::ACTOR).await?;
        let count = StatementCount::default();
        let begun = self.tenants.begin(context.into(), Access::Read, &count);
        Ok(begun.await?)
    }
}
