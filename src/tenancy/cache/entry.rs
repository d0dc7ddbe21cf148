//! The names under which values are kept.

use std::fmt::Debug;

use super::Area;
use crate::kernel::ids::DealerId;
use crate::tenancy::context::TenantContext;
use crate::tenancy::schema_name::SchemaName;

/// A dealer, as long as his rows are those they are: not the same after a restore into
/// another schema, nor after a migration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Home {
    dealer: DealerId,
    schema: SchemaName,
    version: Option<String>,
}

impl Home {
    /// That of whom `context` stands on.
    pub(super) fn of(context: &TenantContext) -> Self {
        let dealer = context.dealer();
        Self {
            dealer: dealer.id,
            schema: dealer.schema.clone(),
            version: dealer.version.clone(),
        }
    }
}

/// The name of a value. There is no way to make one without a dealer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    home: Home,
    area: &'static str,
    what: String,
}

impl Entry {
    /// That of `what` in an area, at whom `context` stands on. Days depend on the time zone.
    pub(super) fn of(context: &TenantContext, area: &Area, what: &impl Debug) -> Self {
        Self {
            home: Home::of(context),
            area: area.name,
            what: format!("{} {what:?}", context.dealer().timezone),
        }
    }

    /// What it takes in memory, roughly.
    pub(super) fn weight(&self) -> usize {
        self.what.len()
    }

    /// Its key in Redis.
    pub(super) fn text(&self) -> String {
        let Home {
            dealer,
            schema,
            version,
        } = &self.home;
        let version = version.as_deref().unwrap_or("-");
        let (area, what) = (self.area, &self.what);
        format!("tubex:cache:{{{dealer}}}:{schema}:{version}:{area}:{what}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_of_two_dealers_has_two_names() {
        let entry = |dealer: DealerId| Entry {
            home: Home {
                dealer,
                schema: "t_00000000".parse().unwrap(),
                version: None,
            },
            area: "sales",
            what: "UTC Sales(1)".to_owned(),
        };
        let (a, b) = (DealerId::generate(), DealerId::generate());
        assert_ne!(entry(a), entry(b));
        assert_ne!(entry(a).text(), entry(b).text());
        assert!(entry(a).text().contains(&a.to_string()));
        assert_eq!(entry(a), entry(a));
    }
}
