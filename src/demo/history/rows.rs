//! Rows that are finished and wait to be written, many at once.

use std::collections::BTreeMap;

use super::query;
use crate::db::error::DbResult;
use crate::dealer::accounts::model::{AllocationRow, EntryRow, ItemRow};
use crate::dealer::deliveries::model::{DeliveryLineRow, DeliveryRow};
use crate::dealer::invoices::model::{InvoiceLineRow, InvoiceRow};
use crate::dealer::orders::commitment;
use crate::dealer::orders::fulfil::LockedOrder;
use crate::dealer::orders::model::{OrderId, OrderLineRow, OrderRow};
use crate::dealer::payments::model::PaymentRow;
use crate::dealer::reports::keep::Sums;
use crate::dealer::stock::holds::model::ReservationRow;
use crate::dealer::stock::ledger::model::MovementRow;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// So many rows are kept before they are written.
const ENOUGH: usize = 20_000;
/// Orders whose commitments are written at once.
const ORDERS: usize = 500;

/// Finished rows of all tables.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) orders: Vec<OrderRow>,
    pub(super) order_lines: Vec<OrderLineRow>,
    pub(super) deliveries: Vec<DeliveryRow>,
    pub(super) delivery_lines: Vec<DeliveryLineRow>,
    pub(super) movements: Vec<MovementRow>,
    pub(super) reservations: Vec<ReservationRow>,
    pub(super) entries: Vec<EntryRow>,
    pub(super) items: Vec<ItemRow>,
    pub(super) allocations: Vec<AllocationRow>,
    pub(super) invoices: Vec<InvoiceRow>,
    pub(super) invoice_lines: Vec<InvoiceLineRow>,
    pub(super) payments: Vec<PaymentRow>,
    pub(super) sums: Sums,
    /// Lines of orders that were written.
    pub(super) written_lines: usize,
}

impl Rows {
    /// Whether it is time to write them.
    pub(super) fn are_enough(&self) -> bool {
        self.order_lines.len() + self.movements.len() + self.invoice_lines.len() > ENOUGH
    }

    /// Writes them all, each behind those that it names.
    pub(super) async fn write(&mut self, tx: &mut TenantTx) -> DbResult<()> {
        let Self {
            orders,
            order_lines,
            deliveries,
            delivery_lines,
            movements,
            reservations,
            entries,
            items,
            allocations,
            invoices,
            invoice_lines,
            payments,
            sums,
            written_lines,
        } = std::mem::take(self);
        self.written_lines = written_lines + order_lines.len();
        query::insert_orders(tx, orders).await?;
        query::insert_order_lines(tx, order_lines).await?;
        query::insert_deliveries(tx, deliveries).await?;
        query::insert_delivery_lines(tx, delivery_lines).await?;
        query::insert_movements(tx, movements).await?;
        query::insert_reservations(tx, reservations).await?;
        query::insert_entries(tx, entries).await?;
        query::insert_items(tx, items).await?;
        query::insert_allocations(tx, allocations).await?;
        query::insert_invoices(tx, invoices).await?;
        query::insert_invoice_lines(tx, invoice_lines).await?;
        query::insert_payments(tx, payments).await?;
        sums.store(tx).await
    }
}

/// Writes what customers are committed to by orders that are not done.
pub(super) async fn write_commitments(
    tx: &mut TenantTx,
    orders: BTreeMap<OrderId, LockedOrder>,
) -> AppResult<()> {
    let mut part = BTreeMap::new();
    for (id, order) in orders {
        part.insert(id, order);
        if part.len() == ORDERS {
            commitment::renew(tx, &std::mem::take(&mut part)).await?;
        }
    }
    commitment::renew(tx, &part).await
}
