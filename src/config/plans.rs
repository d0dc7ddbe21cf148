//! Rates of plans.

use std::collections::HashSet;

use clap::Args;

use super::ConfigError;
use super::values::rate;

/// The plan of a dealer who was given no other. Its rate is `--rate-per-dealer`.
pub const STANDARD_PLAN: &str = "standard";
/// Longest name of a plan, as the control plane keeps it.
const MAX_NAME: usize = 40;

/// A plan, and how much all callers of a dealer who has it may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRate {
    /// Name of the plan.
    pub plan: String,
    /// Units of complexity in a minute; with 0 there is no limit.
    pub rate: u64,
}

/// The plans that dealers can have.
#[derive(Args, Clone, Debug, Default)]
pub struct PlanSettings {
    /// Plans beside `standard`, each with its rate in place of that of --rate-per-dealer,
    /// with commas between them: `free=60000,pro=9000000`.
    #[arg(long, env = "TUBEX_RATES_BY_PLAN", value_name = "PLAN=UNITS,…", value_delimiter = ',', value_parser = plan_rate)]
    pub rates_by_plan: Vec<PlanRate>,
}

impl PlanSettings {
    /// The names of all plans, the standard one included.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let others = self.rates_by_plan.iter().map(|one| one.plan.as_str());
        std::iter::once(STANDARD_PLAN).chain(others)
    }

    /// Checks what the parser can not.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut seen = HashSet::new();
        for plan in self.names() {
            if !seen.insert(plan) {
                let message = if plan == STANDARD_PLAN {
                    format!("the rate of `{STANDARD_PLAN}` is that of --rate-per-dealer")
                } else {
                    format!("names `{plan}` twice")
                };
                return Err(ConfigError::new("--rates-by-plan", message));
            }
        }
        Ok(())
    }
}

/// A plan and its rate, such as `pro=9000000`.
fn plan_rate(text: &str) -> Result<PlanRate, String> {
    let (plan, units) = text
        .split_once('=')
        .ok_or_else(|| "must be a plan and its rate, as in pro=9000000".to_owned())?;
    let plan = plan.trim();
    if !is_name(plan) {
        return Err(format!(
            "the name of a plan must have 1 to {MAX_NAME} of a-z, 0-9, - and _, a letter first"
        ));
    }
    Ok(PlanRate {
        plan: plan.to_owned(),
        rate: rate(units.trim())?,
    })
}

fn is_name(text: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(texts: &[&str]) -> PlanSettings {
        let rates_by_plan = texts.iter().map(|text| plan_rate(text).unwrap()).collect();
        PlanSettings { rates_by_plan }
    }

    #[test]
    fn a_plan_is_a_name_and_a_rate() {
        let pro = plan_rate(" pro-2 = 9000000").unwrap();
        assert_eq!((pro.plan.as_str(), pro.rate), ("pro-2", 9_000_000));
        assert_eq!(plan_rate("all=0").unwrap().rate, 0);
        for wrong in ["pro", "=5", "Pro=5", "2pro=5", "pro=", "pro=much", "p o=5"] {
            assert!(plan_rate(wrong).is_err(), "{wrong}");
        }
        assert!(plan_rate(&format!("{}=5", "a".repeat(41))).is_err());
    }

    #[test]
    fn a_plan_has_one_rate() {
        let right = settings(&["free=1", "pro=2"]);
        assert!(right.validate().is_ok());
        assert!(right.names().eq(["standard", "free", "pro"]));
        assert!(settings(&["pro=1", "pro=2"]).validate().is_err());
        assert!(settings(&["standard=1"]).validate().is_err());
    }
}
