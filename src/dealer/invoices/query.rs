//! SQL of invoices.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

use super::model::{
    InvoiceChanges, InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use crate::db::error::DbResult;
use crate::db::keyset::{OrderDirection, Page, PageRequest, Predicate, count_rows, load_page};
use crate::db::tenant_tables::{account_items, invoice_lines, invoices};
use crate::dealer::accounts::model::{EntryId, ItemRow};
use crate::dealer::calendar::{date, timezone};
use crate::dealer::deliveries::model::DeliveryLineId;
use crate::dealer::orders::model::OrderLineId;
use crate::error::AppResult;
use crate::graphql::order::sort_keys;
use crate::tenancy::TenantTx;

/// A condition on invoices.
pub type InvoiceCondition = Predicate<invoices::table>;

sort_keys! {
    table: invoices, row: InvoiceRow,
    field: /// What invoices can be sorted by.
        InvoiceOrderField,
    order: /// One sort key of invoices.
        InvoiceOrder,
    sort: InvoiceSort,
    keys: {
        /// By the time they were made.
        CreatedAt => created_at: DateTime<Utc>,
    },
    ties: { Id => id },
    default: CreatedAt Desc,
}

/// One page of invoices.
pub async fn page(
    tx: &mut TenantTx,
    filter: Option<InvoiceCondition>,
    keys: &[(InvoiceSort, OrderDirection)],
    page: &PageRequest,
) -> AppResult<Page<InvoiceRow>> {
    Ok(load_page!(tx, invoices as InvoiceRow, filter: filter, keys: keys, page: page))
}

/// How many invoices match.
pub async fn count(tx: &mut TenantTx, filter: Option<InvoiceCondition>) -> AppResult<i64> {
    Ok(count_rows!(tx, invoices, filter: filter))
}

/// Posted ones of which something is open (true), or nothing is (false).
pub fn is_open(open: bool) -> InvoiceCondition {
    let open_items = account_items::table
        .filter(account_items::settled_on.is_null())
        .select(account_items::entry_id.nullable());
    if open {
        return Box::new(invoices::entry_id.eq_any(open_items).nullable());
    }
    let is_posted = invoices::state.eq(InvoiceState::Posted);
    let is_nothing = invoices::entry_id.is_null().nullable();
    let is_settled = invoices::entry_id.ne_all(open_items);
    Box::new(is_posted.nullable().and(is_nothing.or(is_settled)))
}

/// Debts that are open and were due before this day.
pub fn is_overdue(day: NaiveDate) -> InvoiceCondition {
    let overdue = account_items::table
        .filter(account_items::settled_on.is_null())
        .filter(account_items::amount.gt(Decimal::ZERO))
        .filter(account_items::due_on.lt(day))
        .select(account_items::entry_id.nullable());
    Box::new(invoices::entry_id.eq_any(overdue).nullable())
}

/// The invoices with these ids.
pub async fn find_many(tx: &mut TenantTx, ids: &[InvoiceId]) -> DbResult<Vec<InvoiceRow>> {
    let query = invoices::table
        .filter(invoices::id.eq_any(ids.to_vec()))
        .select(InvoiceRow::as_select());
    Ok(query.load(tx).await?)
}

/// The invoices and credit notes with these numbers.
pub async fn find_many_by_number(tx: &mut TenantTx, numbers: &[i64]) -> DbResult<Vec<InvoiceRow>> {
    let query = invoices::table
        .filter(invoices::number.eq_any(numbers.to_vec()))
        .select(InvoiceRow::as_select());
    Ok(query.load(tx).await?)
}

/// The credit notes that correct something of these invoices, by number, each with the invoice.
pub async fn find_credit_notes(
    tx: &mut TenantTx,
    ids: &[InvoiceId],
) -> DbResult<Vec<(Option<InvoiceId>, InvoiceRow)>> {
    let query = invoice_lines::table
        .inner_join(invoices::table.on(invoices::id.eq(invoice_lines::invoice_id)))
        .filter(invoice_lines::credits_id.eq_any(ids.to_vec()))
        .distinct()
        .order((invoices::number, invoice_lines::credits_id))
        .select((invoice_lines::credits_id, InvoiceRow::as_select()));
    Ok(query.load(tx).await?)
}

/// The lines of these invoices, in their order.
pub async fn find_lines(tx: &mut TenantTx, ids: &[InvoiceId]) -> DbResult<Vec<InvoiceLineRow>> {
    let query = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq_any(ids.to_vec()))
        .order((invoice_lines::invoice_id, invoice_lines::position))
        .select(InvoiceLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// The lines with these ids.
pub async fn find_lines_by_id(
    tx: &mut TenantTx,
    ids: &[InvoiceLineId],
) -> DbResult<Vec<InvoiceLineRow>> {
    let query = invoice_lines::table
        .filter(invoice_lines::id.eq_any(ids.to_vec()))
        .select(InvoiceLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// Lines of posted invoices that bill these lines of orders, the oldest first.
pub(super) async fn find_billed(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> DbResult<Vec<InvoiceLineRow>> {
    let query = invoice_lines::table
        .filter(invoice_lines::order_line_id.eq_any(ids.to_vec()))
        .filter(invoice_lines::is_posted)
        .filter(invoice_lines::credits_id.is_null())
        .order(invoice_lines::id)
        .select(InvoiceLineRow::as_select());
    Ok(query.load(tx).await?)
}

/// What drafts claim of a line of an order, and what of it was credited for good.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Claims {
    /// On drafts, in base units.
    pub(super) drafted: Decimal,
    /// Credited and not to be billed again, in base units.
    pub(super) credited: Decimal,
}

/// What becomes of these lines of orders on drafts and credit notes; none where nothing does.
pub(super) async fn claims(
    tx: &mut TenantTx,
    ids: &[OrderLineId],
) -> DbResult<HashMap<OrderLineId, Claims>> {
    let quantity = || sum(invoice_lines::quantity);
    let is_draft = invoice_lines::is_posted.eq(false);
    let is_credited = invoice_lines::credits_id
        .is_not_null()
        .and(invoice_lines::is_rebilled.eq(false));
    let query = invoice_lines::table
        .filter(invoice_lines::order_line_id.eq_any(ids.to_vec()))
        .group_by(invoice_lines::order_line_id)
        .select((
            invoice_lines::order_line_id,
            quantity().aggregate_filter(is_draft),
            quantity().aggregate_filter(is_credited),
        ));
    let rows: Vec<(Option<OrderLineId>, Option<Decimal>, Option<Decimal>)> = query.load(tx).await?;
    let claims = rows.into_iter().filter_map(|(id, drafted, credited)| {
        let drafted = drafted.unwrap_or_default();
        let credited = credited.unwrap_or_default();
        Some((id?, Claims { drafted, credited }))
    });
    Ok(claims.collect())
}

/// What of these lines of deliveries is billed or drafted, less what can be billed once more.
pub(super) async fn billed_of_deliveries(
    tx: &mut TenantTx,
    ids: &[DeliveryLineId],
) -> DbResult<HashMap<DeliveryLineId, Decimal>> {
    let quantity = || sum(invoice_lines::quantity);
    let query = invoice_lines::table
        .filter(invoice_lines::delivery_line_id.eq_any(ids.to_vec()))
        .group_by(invoice_lines::delivery_line_id)
        .select((
            invoice_lines::delivery_line_id,
            quantity().aggregate_filter(invoice_lines::credits_id.is_null()),
            quantity().aggregate_filter(invoice_lines::is_rebilled),
        ));
    let rows: Vec<(Option<DeliveryLineId>, Option<Decimal>, Option<Decimal>)> =
        query.load(tx).await?;
    let billed = rows.into_iter().filter_map(|(id, billed, back)| {
        Some((id?, billed.unwrap_or_default() - back.unwrap_or_default()))
    });
    Ok(billed.collect())
}

/// What was credited of a line of an invoice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credited {
    /// How much, in base units.
    pub quantity: Decimal,
    /// What that came to.
    pub net: Decimal,
}

/// What was credited of the lines of these invoices, each with its invoice.
pub async fn credited(
    tx: &mut TenantTx,
    ids: &[InvoiceId],
) -> DbResult<BTreeMap<InvoiceLineId, (InvoiceId, Credited)>> {
    let query = invoice_lines::table
        .filter(invoice_lines::credits_id.eq_any(ids.to_vec()))
        .filter(invoice_lines::credits_line_id.is_not_null())
        .group_by((invoice_lines::credits_id, invoice_lines::credits_line_id))
        .select((
            invoice_lines::credits_line_id,
            invoice_lines::credits_id,
            sum(invoice_lines::quantity),
            sum(invoice_lines::net),
        ));
    let rows: Vec<CreditedRow> = query.load(tx).await?;
    let credited = rows.into_iter().filter_map(|(id, of, quantity, net)| {
        let quantity = quantity.unwrap_or_default();
        let net = net.unwrap_or_default();
        Some((id?, (of?, Credited { quantity, net })))
    });
    Ok(credited.collect())
}

type CreditedSumsRow = (Option<InvoiceId>, Decimal, Option<Decimal>, Option<Decimal>);

type CreditedRow = (
    Option<InvoiceLineId>,
    Option<InvoiceId>,
    Option<Decimal>,
    Option<Decimal>,
);

/// Net and tax that were credited of an invoice at a rate.
pub(super) type CreditedAt = (InvoiceId, Decimal, (Decimal, Decimal));

/// What was credited of these invoices, by rate.
pub(super) async fn credited_by_rate(
    tx: &mut TenantTx,
    ids: &[InvoiceId],
) -> DbResult<Vec<CreditedAt>> {
    let query = invoice_lines::table
        .filter(invoice_lines::credits_id.eq_any(ids.to_vec()))
        .group_by((invoice_lines::credits_id, invoice_lines::tax_rate))
        .select((
            invoice_lines::credits_id,
            invoice_lines::tax_rate,
            sum(invoice_lines::net),
            sum(invoice_lines::tax),
        ));
    let rows: Vec<CreditedSumsRow> = query.load(tx).await?;
    let credited = rows.into_iter().filter_map(|(id, rate, net, tax)| {
        let sums = (net.unwrap_or_default(), tax.unwrap_or_default());
        Some((id?, rate, sums))
    });
    Ok(credited.collect())
}

/// How much of these entries is settled, and whether their day is over at the dealer's place.
pub async fn settled(tx: &mut TenantTx, ids: &[EntryId]) -> DbResult<Vec<(ItemRow, bool)>> {
    let (zone, now) = (tx.context().dealer().timezone.clone(), tx.now());
    let query = account_items::table
        .filter(account_items::entry_id.eq_any(ids.to_vec()))
        .select((
            ItemRow::as_select(),
            account_items::due_on.lt(date(timezone(zone, now))),
        ));
    Ok(query.load(tx).await?)
}

/// The draft, which nobody else changes until the COMMIT; none once it is posted.
pub(super) async fn lock(tx: &mut TenantTx, id: InvoiceId) -> DbResult<Option<InvoiceRow>> {
    let query = invoices::table
        .find(id)
        .select(InvoiceRow::as_select())
        .for_no_key_update();
    Ok(query.get_result(tx).await.optional()?)
}

/// The latest date of a kind.
pub(super) async fn last_issued(
    tx: &mut TenantTx,
    kind: InvoiceKind,
) -> DbResult<Option<NaiveDate>> {
    let query = invoices::table
        .filter(invoices::kind.eq(kind))
        .filter(invoices::state.eq(InvoiceState::Posted))
        .order(invoices::issued_on.desc())
        .select(invoices::issued_on);
    let found: Option<Option<NaiveDate>> = query.first(tx).await.optional()?;
    Ok(found.flatten())
}

/// Adds invoices with their lines.
pub(super) async fn insert(
    tx: &mut TenantTx,
    rows: Vec<InvoiceRow>,
    lines: Vec<InvoiceLineRow>,
) -> DbResult<()> {
    let query = diesel::insert_into(invoices::table).values(rows);
    query.execute(tx).await?;
    let query = diesel::insert_into(invoice_lines::table).values(lines);
    query.execute(tx).await?;
    Ok(())
}

/// Writes what the lines of a draft come to, and whether they are posted.
pub(super) async fn store_lines(tx: &mut TenantTx, lines: Vec<InvoiceLineRow>) -> DbResult<()> {
    let query = diesel::insert_into(invoice_lines::table)
        .values(lines)
        .on_conflict(invoice_lines::id)
        .do_update()
        .set((
            invoice_lines::net.eq(excluded(invoice_lines::net)),
            invoice_lines::tax.eq(excluded(invoice_lines::tax)),
            invoice_lines::is_posted.eq(excluded(invoice_lines::is_posted)),
        ));
    query.execute(tx).await?;
    Ok(())
}

/// Takes lines off a draft.
pub(super) async fn drop_lines(tx: &mut TenantTx, ids: &[InvoiceLineId]) -> DbResult<()> {
    let query = diesel::delete(invoice_lines::table).filter(invoice_lines::id.eq_any(ids.to_vec()));
    query.execute(tx).await?;
    Ok(())
}

/// Removes a draft with its lines.
pub(super) async fn delete(tx: &mut TenantTx, id: InvoiceId) -> DbResult<()> {
    let lines = diesel::delete(invoice_lines::table).filter(invoice_lines::invoice_id.eq(id));
    lines.execute(tx).await?;
    let row = diesel::delete(invoices::table).filter(invoices::id.eq(id));
    row.execute(tx).await?;
    Ok(())
}

/// Changes a draft that is locked.
pub(super) async fn update(
    tx: &mut TenantTx,
    id: InvoiceId,
    changes: InvoiceChanges,
) -> DbResult<InvoiceRow> {
    let query = diesel::update(invoices::table.find(id))
        .set((changes, invoices::version.eq(invoices::version + 1)))
        .returning(InvoiceRow::as_returning());
    Ok(query.get_result(tx).await?)
}

/// Writes a draft that is locked as it is posted.
pub(super) async fn post(tx: &mut TenantTx, row: &InvoiceRow) -> DbResult<()> {
    let query = diesel::update(invoices::table.find(row.id)).set((
        (
            invoices::state.eq(row.state),
            invoices::number.eq(row.number),
            invoices::issued_on.eq(row.issued_on),
            invoices::due_on.eq(row.due_on),
            invoices::entry_id.eq(row.entry_id),
            invoices::posted_by.eq(row.posted_by),
            invoices::posted_at.eq(row.posted_at),
        ),
        (
            invoices::name.eq(row.name.clone()),
            invoices::tax_id.eq(row.tax_id.clone()),
            invoices::address_line.eq(row.address_line.clone()),
            invoices::city.eq(row.city.clone()),
            invoices::postcode.eq(row.postcode.clone()),
            invoices::country.eq(row.country.clone()),
        ),
        (invoices::net.eq(row.net), invoices::tax.eq(row.tax)),
        invoices::settings_id.eq(row.settings_id),
        invoices::version.eq(row.version),
        invoices::updated_at.eq(row.updated_at),
    ));
    query.execute(tx).await?;
    Ok(())
}
