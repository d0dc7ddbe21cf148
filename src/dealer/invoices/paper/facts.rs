//! What stands on the paper.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::query;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::catalog::units::service as units;
use crate::dealer::invoices::amounts::by_rate;
use crate::dealer::invoices::model::{
    InvoiceId, InvoiceKind, InvoiceLineRow, InvoiceRow, InvoiceState,
};
use crate::dealer::invoices::query as invoices;
use crate::dealer::invoices::settings::model::InvoiceSettingsRow;
use crate::dealer::invoices::settings::service as settings;
use crate::error::AppResult;
use crate::kernel::money::TaxGroup;
use crate::tenancy::TenantTx;

/// Most orders and corrected invoices that are named.
const MOST_NAMED: usize = 8;

/// A posted invoice or credit note with all that its paper says.
#[derive(Clone, Debug)]
pub struct Paper {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// Its lines, in their order.
    pub lines: Vec<InvoiceLineRow>,
    /// What they come to by tax rate.
    pub rates: Vec<TaxGroup>,
    /// In whose name it was posted.
    pub brand: InvoiceSettingsRow,
    /// What that name is, if the settings have none.
    pub dealer: String,
    /// What was settled when it was posted.
    pub settled: Decimal,
    /// The invoices that a credit note corrects, by number, with their dates.
    pub corrects: Vec<(i64, Option<NaiveDate>)>,
    /// The orders that it is about.
    pub orders: Vec<i64>,
    /// Codes of units.
    pub units: HashMap<UnitId, String>,
}

impl Paper {
    /// What it is called.
    pub fn title(&self) -> String {
        let number = self.invoice.number.unwrap_or_default();
        match self.invoice.kind {
            InvoiceKind::Invoice => format!("Invoice {number}"),
            InvoiceKind::CreditNote => format!("Credit note {number}"),
        }
    }

    /// In whose name it is written.
    pub fn seller(&self) -> &str {
        self.brand.name.as_deref().unwrap_or(&self.dealer)
    }

    /// What was left to settle when it was posted.
    pub fn due(&self) -> Decimal {
        self.invoice.gross() - self.settled
    }
}

/// The name of the file of an invoice.
pub fn file_name(row: &InvoiceRow) -> String {
    let number = row.number.unwrap_or_default();
    match row.kind {
        InvoiceKind::Invoice => format!("invoice-{number}.pdf"),
        InvoiceKind::CreditNote => format!("credit-note-{number}.pdf"),
    }
}

/// Reads what stands on the paper; none for a draft, which is none.
pub async fn read(tx: &mut TenantTx, id: InvoiceId) -> AppResult<Option<Paper>> {
    let found = invoices::find_many(tx, &[id]).await?.pop();
    let Some(invoice) = found.filter(|row| row.state == InvoiceState::Posted) else {
        return Ok(None);
    };
    let lines = invoices::find_lines(tx, &[id]).await?;
    let brand = match invoice.settings_id {
        Some(id) => settings::find(tx, id).await?,
        None => None,
    };
    let settled = match (invoice.entry_id, invoice.posted_at) {
        (Some(entry), Some(at)) => query::settled_at_posting(tx, entry, at).await?,
        _ => Decimal::ZERO,
    };
    let most = i64::try_from(MOST_NAMED).unwrap_or(1);
    Ok(Some(Paper {
        rates: by_rate(&lines),
        brand: brand.unwrap_or_else(|| InvoiceSettingsRow::unset(invoice.created_at)),
        dealer: tx.context().dealer().name.clone(),
        settled,
        corrects: corrected(tx, &lines).await?,
        orders: query::orders_of(tx, id, most).await?,
        units: codes(tx, &lines).await?,
        invoice,
        lines,
    }))
}

/// The invoices that lines correct.
async fn corrected(
    tx: &mut TenantTx,
    lines: &[InvoiceLineRow],
) -> AppResult<Vec<(i64, Option<NaiveDate>)>> {
    let ids: BTreeSet<InvoiceId> = lines.iter().filter_map(|line| line.credits_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<InvoiceId> = ids.into_iter().collect();
    let rows = invoices::find_many(tx, &ids).await?;
    let named = |row: InvoiceRow| (row.number.unwrap_or_default(), row.issued_on);
    let mut named: Vec<_> = rows.into_iter().map(named).collect();
    named.sort_unstable();
    named.truncate(MOST_NAMED);
    Ok(named)
}

async fn codes(tx: &mut TenantTx, lines: &[InvoiceLineRow]) -> AppResult<HashMap<UnitId, String>> {
    let of = |line: &InvoiceLineRow| [line.unit_id, line.price_unit_id];
    let ids: BTreeSet<UnitId> = lines.iter().flat_map(of).flatten().collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let rows = units::find_many(tx, &ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
}
