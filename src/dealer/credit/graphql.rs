//! The surface of credit: objects and queries.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::check::{Buyer, foresee};
use super::exposure::Exposure;
use super::model::{OverrideRow, SettingsRow};
use super::service;
use super::verdict::{Case, CreditLimitOf, CreditPoint, Verdict};
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::{CreditCheck, CustomerId};
use crate::error::{AppError, AppResult, Refusal, ServiceResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::{Decimal, Money};
use crate::tenancy::TenantTx;

/// How far a customer is trusted, and what the check would say of a sale.
pub struct CreditStatus {
    case: Case,
    verdict: Verdict,
}

/// How far a customer is trusted, and what the check would say of a sale.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl CreditStatus {
    /// Whose credit it is.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self) -> Customer {
        Customer(self.case.customer.clone())
    }

    /// The job that was asked for.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self) -> Option<Job> {
        self.case.job.clone().map(Job)
    }

    /// What may be owed: for the job its own limit, or the customer's if that is less.
    async fn limit(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.case.effective_limit())
    }

    /// What the customer stands for.
    async fn exposure(&self) -> CreditExposure {
        let check = self.case.customer.credit_check;
        CreditExposure(self.case.exposures.customer, check)
    }

    /// What the customer stands for with the job that was asked for.
    async fn job_exposure(&self) -> Option<CreditExposure> {
        let check = self.case.customer.credit_check;
        let exposure = CreditExposure(self.case.exposures.job, check);
        self.case.job.is_some().then_some(exposure)
    }

    /// For how many days the oldest debt is overdue; 0 if none is.
    async fn days_overdue(&self) -> i64 {
        self.case.exposures.days_overdue()
    }

    /// What the check would say of the sale.
    async fn verdict(&self) -> CreditVerdict {
        CreditVerdict(self.verdict.clone())
    }
}

/// How a customer, and one of its jobs, stand now.
pub(super) async fn status_of(
    tx: &mut TenantTx,
    (customer, job): (CustomerId, Option<JobId>),
) -> ServiceResult<CreditStatus> {
    let buyer = Buyer { customer, job };
    let (case, verdict) = foresee(tx, buyer, rust_decimal::Decimal::ZERO, None).await?;
    Ok(CreditStatus { case, verdict })
}

/// What somebody stands for, every amount in one place.
pub struct CreditExposure(Exposure, CreditCheck);

/// What somebody stands for, every amount in one place.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl CreditExposure {
    /// Ordered, and not delivered.
    async fn ordered(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.ordered)
    }

    /// Delivered, and not invoiced.
    async fn delivered(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.delivered)
    }

    /// Posted, and not settled.
    async fn debts(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.debts)
    }

    /// Credits that settle nothing yet; zero or below.
    async fn credits(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.credits)
    }

    /// What counts towards the limit: all of it, without what is only ordered where orders
    /// are not checked.
    async fn total(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.counted(self.1))
    }
}

/// What the check says, in a word.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditAnswer {
    /// Go on.
    Allowed,
    /// It would come to more than may be owed.
    OverLimit,
    /// Nothing is sold at all.
    OnHold,
    /// Something is overdue for too long.
    Overdue,
}

/// What the check says of a sale.
pub struct CreditVerdict(Verdict);

/// What the check says of a sale.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl CreditVerdict {
    /// In a word.
    async fn answer(&self) -> CreditAnswer {
        match self.0 {
            Verdict::Allowed(_) => CreditAnswer::Allowed,
            Verdict::Over { .. } => CreditAnswer::OverLimit,
            Verdict::OnHold(_) => CreditAnswer::OnHold,
            Verdict::Overdue { .. } => CreditAnswer::Overdue,
        }
    }

    /// The override that the sale would use up; null if it takes none.
    async fn override_id(&self) -> Option<ID> {
        match self.0 {
            Verdict::Allowed(id) => id.map(Into::into),
            _ => None,
        }
    }

    /// Of `OVER_LIMIT`: by how much.
    async fn over_by(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        match self.0 {
            Verdict::Over { by, .. } => Money::of_dealer(ctx, by).map(Some),
            _ => Ok(None),
        }
    }

    /// Of `OVER_LIMIT`: what may be owed.
    async fn limit(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        match self.0 {
            Verdict::Over { limit, .. } => Money::of_dealer(ctx, limit).map(Some),
            _ => Ok(None),
        }
    }

    /// Of `OVER_LIMIT`: what is owed without the sale.
    async fn exposure(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        match self.0 {
            Verdict::Over { exposure, .. } => Money::of_dealer(ctx, exposure).map(Some),
            _ => Ok(None),
        }
    }

    /// Of `OVER_LIMIT`: whose limit it is.
    async fn limit_of(&self) -> Option<CreditLimitOf> {
        match self.0 {
            Verdict::Over { whose, .. } => Some(whose),
            _ => None,
        }
    }

    /// Of `ON_HOLD`: why.
    async fn hold_reason(&self) -> Option<&str> {
        match &self.0 {
            Verdict::OnHold(reason) => Some(reason),
            _ => None,
        }
    }
}

/// A sale that is let through.
pub struct CreditOverride(OverrideRow);

impl From<OverrideRow> for CreditOverride {
    fn from(row: OverrideRow) -> Self {
        Self(row)
    }
}

/// A sale that is let through beyond what the check would allow.
#[Object(directive = has_permission::apply(P::CreditOverride))]
impl CreditOverride {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// For whom.
    async fn customer_id(&self) -> ID {
        self.0.customer_id.into()
    }

    /// For which job alone; null for any.
    async fn job_id(&self) -> Option<ID> {
        self.0.job_id.map(Into::into)
    }

    /// The most that the sale may come to.
    async fn amount(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.amount)
    }

    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When it was granted.
    async fn granted_at(&self) -> DateTime<Utc> {
        self.0.granted_at
    }

    /// Until when it can be used.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
}

/// What holds for the credit of all customers.
pub struct CreditSettings(SettingsRow);

impl From<SettingsRow> for CreditSettings {
    fn from(row: SettingsRow) -> Self {
        Self(row)
    }
}

/// What holds for the credit of all customers.
#[Object(directive = has_permission::apply(P::CreditRead))]
impl CreditSettings {
    /// Nothing more is sold to who owes something that is overdue for more days than this;
    /// null if that stops nobody.
    async fn overdue_days(&self) -> Option<i16> {
        self.0.overdue_days
    }

    /// Counts the changes; 0 if they were never set.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Queries on credit.
#[derive(Default)]
pub struct CreditQuery;

#[Object]
impl CreditQuery {
    /// How far a customer is trusted, and what the check would say of a sale that comes to
    /// `amount`; null if there is no such customer, or no such job of his. Nothing is locked
    /// and nothing used up: another sale may come first.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a query are flat"
    )]
    async fn credit_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose credit.")] customer_id: CustomerId,
        #[graphql(desc = "For which of its jobs.")] job_id: Option<JobId>,
        #[graphql(desc = "What the sale comes to; 0 if absent.")] amount: Option<Decimal>,
        #[graphql(
            desc = "At which step of the sale; where the customer's credit is looked at, \
                          if absent."
        )]
        point: Option<CreditPoint>,
    ) -> AppResult<Option<CreditStatus>> {
        let amount = amount.map_or(rust_decimal::Decimal::ZERO, |amount| amount.0);
        let most = rust_decimal::Decimal::from(100_000_000_000_000_i64);
        if amount.is_sign_negative() || amount >= most {
            return Err(AppError::bad_input(
                "amount",
                "must be from 0 to below 100000000000000",
            ));
        }
        let buyer = Buyer {
            customer: customer_id,
            job: job_id,
        };
        let unit = ctx.unit()?;
        let found = foresee(&mut *unit.tx().await?, buyer, amount, point).await;
        match found {
            Ok((case, verdict)) => Ok(Some(CreditStatus { case, verdict })),
            Err(Refusal::Fault(error)) => Err(error),
            // There is no such customer or job.
            Err(_) => Ok(None),
        }
    }

    /// What holds for the credit of all customers.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn credit_settings(&self, ctx: &Context<'_>) -> AppResult<CreditSettings> {
        let unit = ctx.unit()?;
        Ok(service::settings(&mut *unit.tx().await?).await?.into())
    }
}
