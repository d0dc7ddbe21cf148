//! Verifying a fleet.

use std::collections::BTreeMap;
use std::sync::Mutex;

use tubex::tenancy::migrate::{MigrationSet, targets};
use tubex::tenancy::verify::{Finding, Seen, Summary, Verifier};

use crate::migrations::fleet::Fleet;

/// What was found, by schema.
pub type Found = BTreeMap<String, Finding>;

/// Looks at all dealers with the set of this program.
pub async fn verify(fleet: &Fleet) -> (Summary, Found) {
    let core = fleet.core.clone();
    let look = move || {
        let findings = Mutex::new(Vec::new());
        let targets = core.owner.run_blocking(|conn| targets(conn, &[])).unwrap();
        let verifier = Verifier {
            owner: &core.owner,
            request_role: &core.request_role,
            set: MigrationSet::tenant().unwrap(),
            jobs: 2,
            seen: &|finding| findings.lock().unwrap().extend(finding),
        };
        let summary = verifier.verify(targets).unwrap();
        let findings = findings.into_inner().unwrap().into_iter();
        (summary, findings.map(|f| (f.schema.clone(), f)).collect())
    };
    tokio::task::spawn_blocking(look).await.unwrap()
}

/// The lines of a report.
pub fn lines(finding: Option<&Finding>) -> Vec<String> {
    match finding.map(|finding| &finding.seen) {
        Some(Seen::Drifted(all)) => all.iter().map(ToString::to_string).collect(),
        Some(other) => vec![format!("{other:?}")],
        None => Vec::new(),
    }
}
