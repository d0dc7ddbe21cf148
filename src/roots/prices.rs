//! The parts of the schema on prices and taxes.

use async_graphql::MergedObject;

use crate::dealer::prices::assign::events::customer::CustomerPriced;
use crate::dealer::prices::assign::events::job::JobPriced;
use crate::dealer::prices::assign::mutation::AssignMutation;
use crate::dealer::prices::changes::graphql::PriceChangeQuery;
use crate::dealer::prices::changes::mutation::PriceChangeMutation;
use crate::dealer::prices::lists::events::{PriceListArchived, PriceListCreated, PriceListUpdated};
use crate::dealer::prices::lists::graphql::{PriceListListQuery, PriceListQuery};
use crate::dealer::prices::lists::mutation::PriceListMutation;
use crate::dealer::prices::quote::graphql::PriceQuery;
use crate::dealer::prices::rules::events::{PriceRuleEnded, PriceRuleSet};
use crate::dealer::prices::rules::graphql::PriceRuleListQuery;
use crate::dealer::prices::rules::mutation::PriceRuleMutation;
use crate::dealer::prices::taxes::events::TaxRateSet;
use crate::dealer::prices::taxes::graphql::{TaxClassListQuery, TaxRateListQuery};
use crate::dealer::prices::taxes::mutation::TaxMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    CustomerPriced::KIND,
    JobPriced::KIND,
    PriceListCreated::KIND,
    PriceListUpdated::KIND,
    PriceListArchived::KIND,
    PriceRuleSet::KIND,
    PriceRuleEnded::KIND,
    TaxRateSet::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct PriceQueries(
    PriceListQuery,
    PriceListListQuery,
    PriceChangeQuery,
    PriceQuery,
    PriceRuleListQuery,
    TaxClassListQuery,
    TaxRateListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct PriceMutations(
    AssignMutation,
    PriceChangeMutation,
    PriceListMutation,
    PriceRuleMutation,
    TaxMutation,
);
