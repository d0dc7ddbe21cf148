//! How the goods of deliveries leave the stock, and how they come back.
//!
//! One lock over all levels for the promises and for the movements: who locks some and then
//! others could wait in a circle.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::model::{DeliveryId, DeliveryLineRow, DeliveryRow};
use super::whole::{Orders, Whole, line_mut, line_of, moves};
use crate::dealer::orders::model::OrderLineRow;
use crate::dealer::stock::holds::reserve::{places_of, renew_on, use_on};
use crate::dealer::stock::ledger::levels::Levels;
use crate::dealer::stock::ledger::model::{MovementKind, MovementRow};
use crate::dealer::stock::ledger::posting::{Book, Change, Place, Posting, Source};
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Decimals of a value.
const CENTS: u32 = 4;

/// Takes the goods of deliveries, which their orders count as planned, out of stock, or refuses
/// all; `path` is that of the field that is at fault when there is too little. Lines keep what
/// their goods had cost.
pub(super) async fn issue(
    tx: &mut TenantTx,
    (orders, deliveries): (&Orders, &mut [Whole]),
    path: &[&str],
) -> ServiceResult<()> {
    let mut work = Work::at(path);
    for (delivery, whole) in deliveries.iter().enumerate() {
        for (index, line) in whole.lines.iter().enumerate() {
            let of = line_of(orders, (whole.row.order_id, line.order_line_id))?;
            if moves(of.sourcing) {
                let key = (delivery, index);
                work.leaves(&whole.row, line, (key, line.quantity));
                work.uses.push(used(of, line.quantity));
            }
        }
    }
    for (key, movement) in work.post(tx).await? {
        let lines = deliveries.get_mut(key.0).map(|whole| &mut whole.lines);
        if let Some(line) = lines.and_then(|lines| lines.get_mut(key.1)) {
            line.cost = Some(-movement.value);
        }
    }
    Ok(())
}

/// Counts what of each line of a delivery that was on its way was handed over. What was not
/// comes back at the cost it left with, and is promised again; what was handed over besides
/// goes, too.
pub(super) async fn settle(
    tx: &mut TenantTx,
    (orders, whole): (&mut Orders, &mut Whole),
    handed: &[Decimal],
) -> ServiceResult<()> {
    let mut work = Work::at(&["input", "lines"]);
    for (index, (line, handed)) in whole.lines.iter_mut().zip(handed).enumerate() {
        let of = line_mut(orders, (whole.row.order_id, line.order_line_id))?;
        of.planned -= line.quantity;
        of.delivered += *handed;
        line.delivered = Some(*handed);
        if !moves(of.sourcing) {
            continue;
        }
        if *handed > line.quantity {
            let besides = *handed - line.quantity;
            work.leaves(&whole.row, line, ((0, index), besides));
            work.uses.push(used(of, besides));
        } else if *handed < line.quantity {
            let back = line.quantity - *handed;
            work.comes_back(&whole.row, line, ((0, index), back));
            work.renews.push((of.id.uuid(), back.min(of.to_plan())));
        }
    }
    for (key, movement) in work.post(tx).await? {
        if let Some(line) = whole.lines.get_mut(key.1) {
            line.cost = line.cost.map(|cost| cost - movement.value);
        }
    }
    Ok(())
}

/// What of so many base units that go was promised to a line of an order: what is delivered
/// beyond the order was not.
fn used(of: &OrderLineRow, quantity: Decimal) -> (Uuid, Decimal) {
    let beyond = of.delivered + of.planned + of.cancelled - of.quantity;
    let used = quantity - beyond.max(Decimal::ZERO);
    (of.id.uuid(), used.max(Decimal::ZERO))
}

/// A delivery's and a line's place in what is worked on.
type Key = (usize, usize);

/// Movements and promises that are worked out together.
struct Work<'a> {
    path: &'a [&'a str],
    postings: Vec<Posting>,
    keys: Vec<Key>,
    uses: Vec<(Uuid, Decimal)>,
    renews: Vec<(Uuid, Decimal)>,
}

impl<'a> Work<'a> {
    const fn at(path: &'a [&'a str]) -> Self {
        Self {
            path,
            postings: Vec::new(),
            keys: Vec::new(),
            uses: Vec::new(),
            renews: Vec::new(),
        }
    }

    /// So much of a line goes.
    fn leaves(
        &mut self,
        row: &DeliveryRow,
        line: &DeliveryLineRow,
        (key, quantity): (Key, Decimal),
    ) {
        // A line moves goods of one kind once: what goes besides is the delivery's.
        let own = line.delivered.is_none();
        let source = Source {
            prefix: DeliveryId::PREFIX,
            id: row.id.uuid(),
            line: own.then(|| line.id.uuid()),
        };
        let place = (line.product_id, row.warehouse_id);
        self.push(
            key,
            (place, MovementKind::Issue),
            (Change::Out(quantity), source),
        );
    }

    /// So much of a line that had gone is back.
    fn comes_back(
        &mut self,
        row: &DeliveryRow,
        line: &DeliveryLineRow,
        (key, quantity): (Key, Decimal),
    ) {
        let worth = share(line.cost.unwrap_or_default(), (quantity, line.quantity));
        let source = Source {
            prefix: DeliveryId::PREFIX,
            id: row.id.uuid(),
            line: Some(line.id.uuid()),
        };
        let place = (line.product_id, row.warehouse_id);
        let change = Change::Worth(quantity, worth);
        self.push(key, (place, MovementKind::Return), (change, source));
    }

    fn push(
        &mut self,
        key: Key,
        (place, kind): (Place, MovementKind),
        (change, source): (Change, Source),
    ) {
        self.keys.push(key);
        self.postings.push(Posting {
            place,
            kind,
            change,
            source: Some(source),
            reason: None,
            note: None,
            path: self.path.iter().map(|part| (*part).to_owned()).collect(),
        });
    }

    /// Does all of it; gives the movements. The number of statements does not grow with lines.
    async fn post(self, tx: &mut TenantTx) -> ServiceResult<Vec<(Key, MovementRow)>> {
        if self.postings.is_empty() {
            return Ok(Vec::new());
        }
        let documents = self.uses.iter().chain(&self.renews);
        let documents: Vec<Uuid> = documents.map(|(document, _)| *document).collect();
        let mut places = places_of(tx, &documents).await?;
        places.extend(self.postings.iter().map(|posting| posting.place));
        let mut levels = Levels::locked(tx, &places, &coming(&self.postings)).await?;
        use_on(tx, &mut levels, &self.uses).await?;
        let mut book = Book::open(levels, tx.now());
        book.enter_all(self.postings)?;
        // What is back is there by now, and can be promised.
        renew_on(tx, book.levels_mut(), &self.renews).await?;
        let movements = book.write(tx).await?;
        Ok(self.keys.into_iter().zip(movements).collect())
    }
}

fn coming(postings: &[Posting]) -> BTreeSet<Place> {
    let back = postings
        .iter()
        .filter(|posting| posting.kind == MovementKind::Return);
    back.map(|posting| posting.place).collect()
}

/// What `part` out of `whole` base units had cost where the whole had cost `cost`.
fn share(cost: Decimal, (part, whole): (Decimal, Decimal)) -> Decimal {
    if part == whole {
        return cost;
    }
    let per_unit = cost.checked_div(whole).unwrap_or_default();
    let half = RoundingStrategy::MidpointAwayFromZero;
    let worth = per_unit.checked_mul(part).unwrap_or_default();
    worth.round_dp_with_strategy(CENTS, half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_had_cost_its_share() {
        let of = |part: i64| share(Decimal::new(10, 0), (part.into(), 3.into())).to_string();
        assert_eq!([of(1), of(2), of(3)], ["3.3333", "6.6667", "10"]);
    }
}
