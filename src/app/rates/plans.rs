//! How much all callers of a dealer may ask for, by his plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::config::{LimitSettings, STANDARD_PLAN};
use crate::kernel::gcra::Rate;

/// The rates of dealers. None is no limit.
pub(super) struct DealerRates {
    standard: Option<Rate>,
    by_plan: BTreeMap<String, Option<Rate>>,
    /// Plans that dealers have and the settings do not name, which was said once of each.
    missed: Mutex<BTreeSet<String>>,
}

impl DealerRates {
    pub(super) fn new(limits: &LimitSettings) -> Self {
        let plans = limits.plans.rates_by_plan.iter();
        let by_plan = plans.map(|one| (one.plan.clone(), Rate::per_minute(one.rate)));
        Self {
            standard: Rate::per_minute(limits.rate_per_dealer),
            by_plan: by_plan.collect(),
            missed: Mutex::default(),
        }
    }

    /// The rate of a dealer who has this plan: the standard one, if it is not known here. A
    /// node that was given its settings before another must serve him all the same.
    pub(super) fn of(&self, plan: &str) -> Option<Rate> {
        if let Some(rate) = self.by_plan.get(plan) {
            return *rate;
        }
        if plan != STANDARD_PLAN {
            self.miss(plan);
        }
        self.standard
    }

    /// The setting behind it.
    pub(super) fn setting(&self, plan: &str) -> &'static str {
        if self.by_plan.contains_key(plan) {
            "--rates-by-plan"
        } else {
            "--rate-per-dealer"
        }
    }

    fn miss(&self, plan: &str) {
        // Whole after every statement, so a panic elsewhere has not broken it.
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.contains(plan) {
            return;
        }
        missed.insert(plan.to_owned());
        drop(missed);
        tracing::warn!(
            plan,
            "--rates-by-plan does not name a plan that dealers have; they have the standard rate"
        );
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Limits {
        #[command(flatten)]
        limits: LimitSettings,
    }

    #[test]
    fn a_plan_names_a_rate_and_one_that_is_not_known_is_the_standard() {
        let args = [
            "tubex",
            "--rate-per-dealer=600",
            "--rates-by-plan=pro=6000,all=0",
        ];
        let rates = DealerRates::new(&Limits::parse_from(args).limits);
        assert_eq!(rates.of("pro"), Rate::per_minute(6000));
        assert_eq!(rates.of("all"), None);
        for plan in [STANDARD_PLAN, "gone", "gone"] {
            assert_eq!(rates.of(plan), Rate::per_minute(600));
            assert_eq!(rates.setting(plan), "--rate-per-dealer");
        }
        let missed = rates.missed.lock().unwrap();
        assert!(missed.iter().eq(["gone"]), "{missed:?}");
    }
}
