//! Asking for goods to come back.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::events::ReturnRequested;
use super::input::{ReturnLineInput, ReturnRequestInput};
use super::model::{ReturnId, ReturnLineId, ReturnLineRow, ReturnRow, ReturnState};
use super::query;
use crate::dealer::catalog::products::model::ProductKind;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::numbering;
use crate::dealer::orders::fulfil::{self, LockedOrder};
use crate::dealer::orders::model::{OrderId, OrderLineId, OrderLineRow};
use crate::dealer::stock::adjust::service::lines_fit;
use crate::dealer::stock::warehouses::model::{WarehouseId, WarehouseKind};
use crate::dealer::stock::warehouses::service::in_use;
use crate::error::{ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Writes down what a customer wants to bring back.
pub async fn request(tx: &mut TenantTx, input: ReturnRequestInput) -> ServiceResult<ReturnRow> {
    let mut checks = Checks::default();
    let reason = checks.text(&["input", "reason"], &input.reason, 1, 500);
    lines_fit(&mut checks, input.lines.len());
    checks.finish()?;
    let order = locked_order(tx, input.order_id).await?;
    let warehouse = input.warehouse_id.unwrap_or(order.row.warehouse_id);
    for_goods(tx, warehouse).await?;
    let id = ReturnId::generate();
    let lines = lines(tx, (id, &order), &input.lines).await?;
    let now = tx.now();
    let row = ReturnRow {
        id,
        number: numbering::next(tx, ReturnId::PREFIX).await?,
        order_id: order.row.id,
        customer_id: order.row.customer_id,
        job_id: order.row.job_id,
        warehouse_id: warehouse,
        state: ReturnState::Requested,
        reason,
        answer: None,
        credit_note_id: None,
        approved_at: None,
        received_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    query::insert(tx, &row, lines).await?;
    tx.emit(&ReturnRequested((&row).into()));
    Ok(row)
}

async fn locked_order(tx: &mut TenantTx, id: OrderId) -> ServiceResult<LockedOrder> {
    let order = fulfil::lock(tx, &[id]).await?.remove(&id);
    let missing = || {
        let message = "there is no such order";
        UserError::at(ErrorCode::NotFound, &["input", "orderId"], message)
    };
    Ok(order.ok_or_else(missing)?)
}

/// Refuses a warehouse where goods can not be brought.
pub(super) async fn for_goods(tx: &mut TenantTx, id: WarehouseId) -> ServiceResult<()> {
    let path = ["input", "warehouseId"];
    let warehouse = in_use(tx, id, &path).await?;
    if warehouse.kind == WarehouseKind::Transit {
        let message = "goods lie there while they are on their way, and no longer";
        return Err(UserError::at(ErrorCode::NotAllowed, &path, message).into());
    }
    Ok(())
}

/// The lines of an input as rows, or all that is wrong with them.
async fn lines(
    tx: &mut TenantTx,
    (id, order): (ReturnId, &LockedOrder),
    asked: &[ReturnLineInput],
) -> ServiceResult<Vec<ReturnLineRow>> {
    let products: Vec<_> = order.lines.iter().map(|line| line.product_id).collect();
    let ids: Vec<_> = asked.iter().map(|line| line.order_line_id).collect();
    let desk = Desk {
        id,
        order,
        measures: Measures::of(tx, &products).await?,
        on_the_way: query::on_the_way(tx, &ids).await?,
    };
    let (mut rows, mut refused, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (position, line) in asked.iter().enumerate() {
        let is_first = seen.insert(line.order_line_id);
        match desk.row(position, line, is_first) {
            Ok(row) => rows.push(row),
            Err(error) => refused.push(error),
        }
    }
    if refused.is_empty() {
        Ok(rows)
    } else {
        Err(Refusal::User(refused))
    }
}

/// What has to be known to make rows of an input.
struct Desk<'a> {
    id: ReturnId,
    order: &'a LockedOrder,
    measures: Measures,
    on_the_way: HashMap<OrderLineId, Decimal>,
}

impl Desk<'_> {
    fn row(
        &self,
        position: usize,
        input: &ReturnLineInput,
        is_first: bool,
    ) -> Result<ReturnLineRow, UserError> {
        let index = position.to_string();
        let at_line = ["input", "lines", index.as_str(), "orderLineId"];
        let refused = |code, message: &str| UserError::at(code, &at_line, message);
        let line = self.order.line(input.order_line_id);
        let line = line
            .ok_or_else(|| refused(ErrorCode::NotFound, "there is no such line of this order"))?;
        if !is_first {
            return Err(refused(ErrorCode::BadUserInput, "is listed twice"));
        }
        let goods = self.measures.goods(line.product_id);
        if goods.is_none_or(|goods| goods.kind == ProductKind::Service) {
            return Err(refused(
                ErrorCode::NotAllowed,
                "a service can not be brought back",
            ));
        }
        let path = ["input", "lines", index.as_str(), "quantity"];
        let product = (line.product_id, &at_line[..]);
        let asked = self.measures.asked(product, (&input.quantity, &path))?;
        self.refuse_more(line, asked.amount.base, &path)?;
        Ok(self.written(position, line, asked))
    }

    fn refuse_more(
        &self,
        line: &OrderLineRow,
        wanted: Decimal,
        path: &[&str],
    ) -> Result<(), UserError> {
        let on_the_way = self.on_the_way.get(&line.id).copied().unwrap_or_default();
        let left = (line.delivered - line.returned - on_the_way).max(Decimal::ZERO);
        if wanted <= left {
            return Ok(());
        }
        let (left, wanted) = (left.normalize(), wanted.normalize());
        let message = format!("{left} can come back, {wanted} were asked for");
        let error = UserError::at(ErrorCode::NotAllowed, path, message);
        let error = error.with_detail("orderLineId", &line.id);
        Err(error
            .with_detail("returnable", &left)
            .with_detail("requested", &wanted))
    }

    fn written(&self, position: usize, line: &OrderLineRow, asked: Asked) -> ReturnLineRow {
        let measure = self.measures.measure(line.product_id, asked.unit);
        let factor = measure.map_or(Ratio::ONE, |measure| measure.factor);
        ReturnLineRow {
            id: ReturnLineId::generate(),
            return_id: self.id,
            customer_id: line.customer_id,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            order_line_id: line.id,
            product_id: line.product_id,
            unit_id: asked.unit,
            num: factor.num(),
            den: factor.den(),
            unit_quantity: asked.amount.value,
            quantity: asked.amount.base,
            resaleable: Decimal::ZERO,
            spoilt: Decimal::ZERO,
            restocking_fee: Decimal::ZERO,
        }
    }
}
