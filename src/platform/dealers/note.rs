//! What is noted when all of a dealer's rows are exported, imported or cloned, or an
//! operator looks at them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::lifecycle::{self, ActionRow};
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::error::ServiceResult;
use crate::files::sweep::{CopyFiles, Formerly};
use crate::jobs::{JobOrder, Queue};
use crate::kernel::checks::Checks;
use crate::kernel::ids::DealerId;
use crate::tenancy::transfer::Manifest;

/// Who moves a dealer's rows, and why.
#[derive(Clone, Debug)]
pub struct Note {
    actor: String,
    reason: Option<String>,
}

/// Where the rows of a dealer come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A file.
    File {
        /// Whose rows were exported.
        dealer: DealerId,
        /// As of when.
        taken_at: DateTime<Utc>,
    },
    /// Another dealer, at this moment.
    Dealer(DealerId),
}

impl From<&Manifest> for Origin {
    fn from(manifest: &Manifest) -> Self {
        Self::File {
            dealer: manifest.dealer.id,
            taken_at: manifest.taken_at,
        }
    }
}

impl Note {
    /// Of `actor`, such as `cli:root`, with a reason of at most 500 characters.
    pub fn new(actor: &str, reason: Option<&str>) -> ServiceResult<Self> {
        let mut checks = Checks::default();
        let actor = checks.text(&["input", "actor"], actor, 1, 200);
        let reason = checks.optional_text(&["input", "reason"], reason, 500);
        checks.finish()?;
        Ok(Self { actor, reason })
    }

    pub(super) async fn exported(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        now: DateTime<Utc>,
    ) -> DbResult<()> {
        lifecycle::note(conn, self.row(dealer, "EXPORT", None, now)).await
    }

    /// An operator sees the shop as a user does.
    pub(in crate::platform) async fn impersonated(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        detail: String,
        now: DateTime<Utc>,
    ) -> DbResult<()> {
        lifecycle::note(conn, self.row(dealer, "IMPERSONATE", Some(detail), now)).await
    }

    /// The rows of `dealer` have come from there, and what his files hold is to follow.
    /// A clone is noted of both.
    pub(super) async fn adopted_tx(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let (Origin::File { dealer: from, .. } | Origin::Dealer(from)) = origin;
        let files = JobOrder::of::<CopyFiles>(&Formerly { dealer: *from })?;
        Queue::enqueue_for(conn, Some(dealer), &files).await?;
        Ok(self.told_tx(conn, dealer, origin, now).await?)
    }

    async fn told_tx(
        &self,
        conn: &mut ControlConn,
        dealer: DealerId,
        origin: &Origin,
        now: DateTime<Utc>,
    ) -> DbResult<()> {
        match origin {
            Origin::File {
                dealer: of,
                taken_at,
            } => {
                let detail = format!("{of} as of {}", taken_at.format("%Y-%m-%d %H:%M:%S UTC"));
                lifecycle::note(conn, self.row(dealer, "IMPORT", Some(detail), now)).await
            }
            Origin::Dealer(source) => {
                let (from, to) = (format!("from {source}"), format!("to {dealer}"));
                lifecycle::note(conn, self.row(*source, "CLONE", Some(to), now)).await?;
                lifecycle::note(conn, self.row(dealer, "CLONE", Some(from), now)).await
            }
        }
    }

    fn row(
        &self,
        dealer: DealerId,
        action: &str,
        detail: Option<String>,
        at: DateTime<Utc>,
    ) -> ActionRow {
        ActionRow {
            id: Uuid::now_v7(),
            dealer_id: dealer,
            action: action.to_owned(),
            actor: self.actor.clone(),
            reason: self.reason.clone(),
            detail,
            at,
        }
    }
}
