//! The plans that a dealer can be given.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kernel::checks::Checks;

/// The names of the plans in this program's settings. What they are worth, it knows elsewhere.
#[derive(Clone, Debug)]
pub struct KnownPlans(Arc<BTreeSet<String>>);

impl KnownPlans {
    /// Plans of these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(Arc::new(names.into_iter().map(str::to_owned).collect()))
    }

    /// The name of a plan, if there is one of that name.
    pub(super) fn check(&self, checks: &mut Checks, path: &[&str], plan: &str) -> String {
        let plan = plan.trim();
        if !self.0.contains(plan) {
            let names: Vec<&str> = self.0.iter().map(String::as_str).collect();
            let names = names.join(", ");
            checks.fault(path, format!("must be one of {names} (--rates-by-plan)"));
        }
        plan.to_owned()
    }
}
