//! What is known of a dealer's latest events: to which kinds of records they happened.

use std::collections::HashMap;
use std::sync::Arc;

use super::Area;
use super::span::Span;
use crate::db::error::DbResult;
use crate::tenancy::outbox::read::{Heads, heads};
use crate::tenancy::tx::TenantTx;

/// Most events of which it is read to what they happened; of what lies further back it is not
/// known.
const MOST: i64 = 512;

/// When each kind of record was last changed, by the numbers of events. Before the first event
/// nothing was, which is what the default says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Of what has not changed since, it is not known when it did.
    floor: i64,
    /// The last event that is known of.
    through: i64,
    last: HashMap<String, i64>,
}

impl Known {
    /// This, and what a snapshot knows beside it.
    fn with(&self, heads: Heads) -> Self {
        let from = heads.last.saturating_sub(MOST).max(self.through);
        if heads.last <= self.through {
            return self.clone();
        }
        let seen: i64 = heads.kinds.iter().map(|kind| kind.count).sum();
        // Some of them have been deleted, or may not be seen.
        if seen != heads.last - from {
            return Self {
                floor: heads.last,
                through: heads.last,
                last: HashMap::new(),
            };
        }
        let mut known = if from == self.through {
            self.clone()
        } else {
            Self {
                floor: from,
                ..Self::default()
            }
        };
        known.through = heads.last;
        let news = heads.kinds.into_iter();
        known
            .last
            .extend(news.map(|kind| (kind.entity, kind.newest)));
        known
    }

    /// In which span around the event `at` nothing of an area changed, if that is known.
    fn span(&self, area: &Area, at: i64) -> Option<Span> {
        let last = |kind: &&str| self.last.get(*kind).copied();
        let since = area.changed_by.iter().filter_map(last).max();
        let since = since.map_or(self.floor, |since| since.max(self.floor));
        (since <= at).then_some(Span {
            since,
            through: self.through,
        })
    }
}

/// What a snapshot knows.
pub(in crate::tenancy) struct View {
    /// The last event that it sees.
    at: i64,
    known: Arc<Known>,
}

impl View {
    /// Reads it in the snapshot of `tx`: one statement, since what is known already need not be
    /// read again.
    pub(super) async fn read(tx: &mut TenantTx, known: &Arc<Known>) -> DbResult<Self> {
        let heads = heads(tx, known.through, MOST).await?;
        let at = heads.last;
        let is_news = at > known.through;
        let known = if is_news {
            Arc::new(known.with(heads))
        } else {
            Arc::clone(known)
        };
        Ok(Self { at, known })
    }

    /// Whether it knows more than this.
    pub(super) fn is_news_to(&self, known: &Known) -> bool {
        self.known.through > known.through
    }

    pub(super) const fn known(&self) -> &Arc<Known> {
        &self.known
    }

    /// In which span around this snapshot nothing of an area changed; none if more happened
    /// since than the snapshot sees.
    pub(super) fn span(&self, area: &Area) -> Option<Span> {
        self.known.span(area, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::outbox::read::Head;

    const SALES: Area = Area {
        name: "sales",
        changed_by: &["invoice", "product"],
    };

    fn heads(last: i64, kinds: &[(&str, i64, i64)]) -> Heads {
        let head = |(entity, newest, count): &(&str, i64, i64)| Head {
            entity: (*entity).to_owned(),
            newest: *newest,
            count: *count,
        };
        let kinds = kinds.iter().map(head).collect();
        Heads { last, kinds }
    }

    fn span(known: &Known, at: i64) -> Option<(i64, i64)> {
        let span = known.span(&SALES, at)?;
        Some((span.since, span.through))
    }

    #[test]
    fn an_area_has_changed_with_the_last_event_of_its_kinds() {
        let known = Known::default();
        assert_eq!(span(&known, 0), Some((0, 0)));
        let known = known.with(heads(4, &[("order", 4, 2), ("invoice", 2, 2)]));
        assert_eq!(span(&known, 4), Some((2, 4)));
        let known = known.with(heads(6, &[("order", 6, 2)]));
        assert_eq!(span(&known, 6), Some((2, 6)));
        let known = known.with(heads(7, &[("product", 7, 1)]));
        assert_eq!(span(&known, 7), Some((7, 7)));
    }

    #[test]
    fn an_older_snapshot_is_told_only_what_holds_for_it() {
        let known = Known::default().with(heads(4, &[("invoice", 3, 1), ("order", 4, 3)]));
        assert_eq!(span(&known, 3), Some((3, 4)));
        assert_eq!(span(&known, 2), None);
        // It has nothing to add.
        assert_eq!(known.with(heads(2, &[])), known);
    }

    #[test]
    fn what_was_not_read_may_have_changed_anything() {
        let known = Known::default().with(heads(3, &[("invoice", 1, 3)]));
        // More happened than is read.
        let far = known.with(heads(3 + MOST + 10, &[("order", 3 + MOST + 10, MOST)]));
        assert_eq!(span(&far, 3 + MOST + 10), Some((13, 3 + MOST + 10)));
        // Some of it is gone.
        let gone = known.with(heads(9, &[("order", 9, 5)]));
        assert_eq!(span(&gone, 9), Some((9, 9)));
    }
}
