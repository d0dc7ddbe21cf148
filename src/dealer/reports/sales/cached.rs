//! Reports of sales that are worked out once for all who ask.

use chrono::NaiveDate;

use super::input::{Group, Period, Rank, Window};
use super::query::{self, PeriodRow, Place, Ranked};
use crate::db::error::DbResult;
use crate::dealer::reports::areas;
use crate::dealer::reports::model::Figures;
use crate::tenancy::TenantTx;
use crate::tenancy::cache::{Area, Cached};

/// What may change sales by a group.
const fn area_of(group: Group) -> &'static Area {
    match group {
        Group::Category => &areas::SALES_BY_CATEGORY,
        Group::Product | Group::Customer | Group::Job | Group::Salesperson => &areas::SALES,
    }
}

/// What was sold in all on some days, and on as many before.
#[derive(Debug)]
pub(super) struct Totals(pub(super) Window);

impl Cached for Totals {
    type Value = (Figures, Figures);

    fn area(&self) -> &'static Area {
        &areas::SALES
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::totals(tx, self.0).await
    }
}

/// A page of groups by what was sold.
#[derive(Debug)]
pub(super) struct RankedPage {
    pub(super) what: (Group, Rank),
    pub(super) window: Window,
    pub(super) page: (Option<Place>, i64),
}

impl Cached for RankedPage {
    type Value = Vec<Ranked>;

    fn area(&self) -> &'static Area {
        area_of(self.what.0)
    }

    fn is_shared(&self) -> bool {
        self.page.0.is_none()
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::ranked(tx, self.what, self.window, self.page).await
    }
}

/// A page of periods.
#[derive(Debug)]
pub(super) struct PeriodPage {
    pub(super) period: Period,
    pub(super) window: Window,
    pub(super) page: (Option<NaiveDate>, i64),
}

impl Cached for PeriodPage {
    type Value = Vec<PeriodRow>;

    fn area(&self) -> &'static Area {
        &areas::SALES
    }

    fn is_shared(&self) -> bool {
        self.page.0.is_none()
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<Self::Value> {
        query::periods(tx, self.period, self.window, self.page).await
    }
}

/// How many groups have sales on some days.
#[derive(Debug)]
pub(super) struct GroupCount(pub(super) Group, pub(super) Window);

impl Cached for GroupCount {
    type Value = i64;

    fn area(&self) -> &'static Area {
        area_of(self.0)
    }

    async fn work_out(&self, tx: &mut TenantTx) -> DbResult<i64> {
        query::count_groups(tx, self.0, self.1).await
    }
}
