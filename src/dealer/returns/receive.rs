//! Taking goods back that have come.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::actions::ReturnAction as Action;
use super::answer::{locked, missing, no_such_line};
use super::events::ReturnReceived;
use super::input::{ReturnReceiveInput, ReturnReceiveLineInput};
use super::model::{ReturnChanges, ReturnId, ReturnLineId, ReturnLineRow, ReturnRow, ReturnState};
use super::query;
use super::request::for_goods;
use crate::dealer::catalog::quantity::Measures;
use crate::dealer::orders::fulfil::{self, LockedOrder};
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::stock::adjust::service::MOST_LINES;
use crate::dealer::stock::ledger::model::MovementKind;
use crate::dealer::stock::ledger::posting::{Change, Posting, Source, post_lots};
use crate::dealer::stock::lots::naming::Naming;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::money::rounded;
use crate::tenancy::TenantTx;

/// Decimals of what goods have cost.
const COST_DECIMALS: u32 = 4;

/// Takes back what has come: what can be sold again lies in the warehouse at the cost with
/// which it left.
pub async fn receive(tx: &mut TenantTx, input: ReturnReceiveInput) -> ServiceResult<ReturnRow> {
    let order = order_of(tx, input.id).await?;
    let mut orders = fulfil::lock(tx, &[order]).await?;
    let key = (input.id, input.expected_version);
    let found = locked(tx, key, Action::Receive).await?;
    let warehouse = input.warehouse_id.unwrap_or(found.warehouse_id);
    for_goods(tx, warehouse).await?;
    let mut lines = query::find_lines(tx, &[found.id]).await?;
    let products: Vec<_> = lines.iter().map(|line| line.product_id).collect();
    let measures = Measures::of(tx, &products).await?;
    let lots = came(&mut lines, &input.lines, &measures)?;
    let gone = || AppError::internal(format!("{order} has vanished"));
    let postings = {
        let order = orders.get_mut(&order).ok_or_else(gone)?;
        let back = Back {
            found: &found,
            warehouse,
            measures: &measures,
            costs: costs(tx, &lines).await?,
        };
        back.count(order, &lines)?
    };
    fulfil::store(tx, orders).await?;
    query::store_lines(tx, &lines).await?;
    post_lots(tx, with_lots(postings, &lots)).await?;
    let now = tx.now();
    let changes = ReturnChanges {
        warehouse_id: Some(warehouse),
        received_at: Some(now),
        ..ReturnChanges::to(ReturnState::Received, now)
    };
    let row = query::update(tx, found.id, changes).await?;
    tx.emit(&ReturnReceived((&row).into()));
    Ok(row)
}

/// The order of a return, which has to be locked before the return.
pub(super) async fn order_of(tx: &mut TenantTx, id: ReturnId) -> ServiceResult<OrderId> {
    let found = query::find_many(tx, &[id]).await?.pop();
    Ok(found.ok_or_else(missing)?.order_id)
}

/// Writes on the lines what of them came: all of those that the input does not name.
fn came(
    lines: &mut [ReturnLineRow],
    said: &[ReturnReceiveLineInput],
    measures: &Measures,
) -> ServiceResult<Lots> {
    let (mut checks, mut lots) = (Checks::default(), Lots::new());
    let mut by_line = by_line(&mut checks, said);
    for line in &mut *lines {
        let Some((index, said)) = by_line.remove(&line.id) else {
            line.resaleable = line.quantity;
            continue;
        };
        let index = index.to_string();
        let path = |field: &'static str| ["input", "lines", index.as_str(), field];
        let scale = measures.base_scale(line.product_id)?;
        line.resaleable = checks.quantity(&path("resaleable"), said.resaleable.0, scale);
        line.spoilt = checks.quantity(&path("spoilt"), said.spoilt.0, scale);
        let lot = Naming::checked(&mut checks, &path("lot"), said.lot.as_ref());
        lots.insert(line.id.uuid(), lot);
        let fits = line.came() <= line.quantity;
        let message = "more came than the return says; request another one for that";
        checks.require(fits, &path("resaleable"), message);
    }
    let some = lines.iter().any(|line| !line.came().is_zero());
    checks.require(some, &["input", "lines"], "nothing came; reject the return");
    checks.finish()?;
    match by_line.into_values().next() {
        Some((index, _)) => Err(no_such_line(index).into()),
        None => Ok(lots),
    }
}

/// What is said of the lots of lines.
type Lots = BTreeMap<Uuid, Naming>;

/// The movements beside what is said of their lots.
fn with_lots(postings: Vec<Posting>, lots: &Lots) -> Vec<(Posting, Naming)> {
    let unnamed = || Naming {
        path: ["input", "lines"].map(str::to_owned).into(),
        ..Naming::default()
    };
    let named = |posting: Posting| {
        let line = posting.source.and_then(|source| source.line);
        let naming = line.and_then(|line| lots.get(&line)).cloned();
        (posting, naming.unwrap_or_else(unnamed))
    };
    postings.into_iter().map(named).collect()
}

/// What is said of lines, each with its place in the input.
fn by_line<'a>(
    checks: &mut Checks,
    said: &'a [ReturnReceiveLineInput],
) -> BTreeMap<ReturnLineId, (usize, &'a ReturnReceiveLineInput)> {
    let message = "may list at most 200 lines";
    checks.require(said.len() <= MOST_LINES, &["input", "lines"], message);
    let mut by_line = BTreeMap::new();
    for (index, line) in said.iter().take(MOST_LINES).enumerate() {
        let at = index.to_string();
        let is_first = by_line.insert(line.line_id, (index, line)).is_none();
        let path = ["input", "lines", at.as_str(), "lineId"];
        checks.require(is_first, &path, "is listed twice");
    }
    by_line
}

type Costs = std::collections::HashMap<OrderLineId, (Decimal, Decimal)>;

async fn costs(tx: &mut TenantTx, lines: &[ReturnLineRow]) -> AppResult<Costs> {
    let ids: Vec<_> = lines.iter().map(|line| line.order_line_id).collect();
    Ok(query::costs(tx, &ids).await?)
}

/// Goods that are back.
struct Back<'a> {
    found: &'a ReturnRow,
    warehouse: WarehouseId,
    measures: &'a Measures,
    costs: Costs,
}

impl Back<'_> {
    /// Counts what came on the lines of the order; gives the movements by which it lies in the
    /// warehouse.
    fn count(
        &self,
        order: &mut LockedOrder,
        lines: &[ReturnLineRow],
    ) -> ServiceResult<Vec<Posting>> {
        let mut postings = Vec::new();
        for line in lines {
            let gone = || AppError::internal("a line of no order");
            let ordered = order.line_mut(line.order_line_id).ok_or_else(gone)?;
            let before = ordered.returned;
            if before + line.came() > ordered.delivered {
                let message = "more of a line would be back than was delivered";
                return Err(UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into());
            }
            ordered.returned += line.came();
            let goods = self.measures.goods(line.product_id);
            let is_kept = goods.is_some_and(|goods| goods.kind.is_kept());
            if is_kept && line.resaleable > Decimal::ZERO {
                postings.push(self.posting(line, before));
            }
        }
        Ok(postings)
    }

    fn posting(&self, line: &ReturnLineRow, before: Decimal) -> Posting {
        let worth = self
            .costs
            .get(&line.order_line_id)
            .and_then(|(delivered, cost)| worth((*delivered, *cost), before, line.resaleable));
        let change = match worth {
            Some(worth) => Change::Worth(line.resaleable, worth),
            // What the goods had cost is not known: they are worth what lies there.
            None => Change::In(line.resaleable, None),
        };
        Posting {
            place: (line.product_id, self.warehouse),
            kind: MovementKind::Return,
            change,
            source: Some(Source {
                prefix: ReturnId::PREFIX,
                id: self.found.id.uuid(),
                line: Some(line.id.uuid()),
            }),
            reason: None,
            note: None,
            path: ["input", "id"].map(str::to_owned).into(),
        }
    }
}

/// What goods had cost that come back behind those that are back: parts that follow each
/// other add up to what all had cost.
fn worth((delivered, cost): (Decimal, Decimal), before: Decimal, now: Decimal) -> Option<Decimal> {
    let upto = |quantity: Decimal| {
        let part = cost.checked_mul(quantity.min(delivered))?;
        Some(rounded(part.checked_div(delivered)?, COST_DECIMALS))
    };
    Some(upto(before + now)? - upto(before)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_come_back_are_worth_what_all_had_cost() {
        let whole = (Decimal::from(3), Decimal::from(10));
        let part = |before: i64| worth(whole, before.into(), Decimal::ONE).unwrap();
        assert_eq!(part(0) + part(1) + part(2), Decimal::from(10));
        assert_eq!(part(0).to_string(), "3.3333");
        assert_eq!(part(1).to_string(), "3.3334");
    }
}
