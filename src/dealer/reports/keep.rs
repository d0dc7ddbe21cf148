//! Keeping sums of sales while invoices and credit notes are posted.
//!
//! Whoever posts calls this behind all other locks, where it takes the number: the counter of
//! the numbers lets one posting in at a time anyway, so that the row of a product that
//! everybody buys makes nobody wait who would not wait for his number. Rows are written in the
//! order of their keys, products, buyers, and the day, which all share, last.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{BuyerSalesRow, DaySalesRow, Figures, ProductSalesRow};
use super::query;
use crate::db::error::DbResult;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::invoices::model::{InvoiceKind, InvoiceLineRow, InvoiceRow};
use crate::dealer::orders::model::OrderLineId;
use crate::tenancy::TenantTx;

/// A line of a posted invoice or credit note, as far as sums know of it.
#[derive(Clone, Copy, Debug)]
pub struct SoldLine {
    /// The order's line that it bills.
    pub order_line: Option<OrderLineId>,
    /// The product; nil for what is none.
    pub product: Uuid,
    /// In base units.
    pub quantity: Decimal,
    /// Without tax.
    pub net: Decimal,
    /// What the goods had cost, if that is known.
    pub cost: Option<Decimal>,
}

/// A posted invoice or credit note, as far as sums know of it. Amounts are above zero.
#[derive(Clone, Debug)]
pub struct SoldDocument {
    /// The day on which it was issued.
    pub day: NaiveDate,
    /// Whether it takes back what was billed.
    pub is_credit: bool,
    /// Whose it is.
    pub customer: CustomerId,
    /// For which job.
    pub job: Option<JobId>,
    /// What is billed or taken back.
    pub lines: Vec<SoldLine>,
}

impl From<&InvoiceLineRow> for SoldLine {
    fn from(row: &InvoiceLineRow) -> Self {
        Self {
            order_line: row.order_line_id,
            product: row.product_id.map_or(Uuid::nil(), ProductId::uuid),
            quantity: row.quantity,
            net: row.net,
            cost: row.cost,
        }
    }
}

impl SoldLine {
    /// What it adds to the sums. What is credited for no goods had no cost, and is margin lost.
    fn figures(&self, is_credit: bool) -> Figures {
        let sign = if is_credit {
            Decimal::NEGATIVE_ONE
        } else {
            Decimal::ONE
        };
        let is_costed = self.cost.is_some() || (is_credit && self.product.is_nil());
        Figures {
            net: sign * self.net,
            costed_net: if is_costed {
                sign * self.net
            } else {
                Decimal::ZERO
            },
            cost: sign * self.cost.unwrap_or_default(),
            quantity: sign * self.quantity,
            lines: i64::from(!is_credit),
        }
    }
}

/// Sums to be added to those that are kept, each in the order of its key.
#[derive(Debug, Default)]
pub struct Sums {
    days: BTreeMap<NaiveDate, Figures>,
    products: BTreeMap<(NaiveDate, Uuid), Figures>,
    buyers: BTreeMap<(NaiveDate, Uuid, Uuid, Uuid), Figures>,
}

impl Sums {
    /// Adds a document; `seller` says who sold a line of it, nil if nobody is known.
    pub fn add(&mut self, document: &SoldDocument, seller: impl Fn(&SoldLine) -> Uuid) {
        let job = document.job.map_or(Uuid::nil(), JobId::uuid);
        for line in &document.lines {
            let figures = line.figures(document.is_credit);
            let buyer = (document.day, document.customer.uuid(), job, seller(line));
            *self.days.entry(document.day).or_default() += figures;
            *self
                .products
                .entry((document.day, line.product))
                .or_default() += figures;
            *self.buyers.entry(buyer).or_default() += figures;
        }
    }

    /// Adds them to those that are kept.
    pub async fn store(self, tx: &mut TenantTx) -> DbResult<()> {
        let products: Vec<_> = self.products.into_iter().map(product_row).collect();
        query::add_to_products(tx, &products).await?;
        let buyers: Vec<_> = self.buyers.into_iter().map(buyer_row).collect();
        query::add_to_buyers(tx, &buyers).await?;
        let days: Vec<_> = self.days.into_iter().map(day_row).collect();
        query::add_to_days(tx, &days).await
    }
}

/// Adds an invoice or credit note that is posted now, with its lines, to the sums. Amounts are
/// above zero in both.
pub async fn posted(
    tx: &mut TenantTx,
    invoice: &InvoiceRow,
    lines: &[InvoiceLineRow],
) -> DbResult<()> {
    let Some(day) = invoice.issued_on else {
        return Ok(());
    };
    let document = SoldDocument {
        day,
        is_credit: invoice.kind == InvoiceKind::CreditNote,
        customer: invoice.customer_id,
        job: invoice.job_id,
        lines: lines.iter().map(SoldLine::from).collect(),
    };
    keep(tx, &document).await
}

/// Adds a document that is posted now to the sums: four statements, however long it is.
async fn keep(tx: &mut TenantTx, document: &SoldDocument) -> DbResult<()> {
    if document.lines.is_empty() {
        return Ok(());
    }
    let lines = document.lines.iter().filter_map(|line| line.order_line);
    let lines: Vec<OrderLineId> = lines.collect();
    let sellers = if lines.is_empty() {
        HashMap::new()
    } else {
        query::sellers(tx, &lines).await?
    };
    let mut sums = Sums::default();
    let seller = |line: &SoldLine| line.order_line.and_then(|line| sellers.get(&line).copied());
    sums.add(document, |line| seller(line).unwrap_or_default());
    sums.store(tx).await
}

fn day_row((day, sum): (NaiveDate, Figures)) -> DaySalesRow {
    DaySalesRow {
        day,
        net: sum.net,
        costed_net: sum.costed_net,
        cost: sum.cost,
        lines: sum.lines,
    }
}

fn product_row(((day, product_id), sum): ((NaiveDate, Uuid), Figures)) -> ProductSalesRow {
    ProductSalesRow {
        day,
        product_id,
        net: sum.net,
        costed_net: sum.costed_net,
        cost: sum.cost,
        quantity: sum.quantity,
        lines: sum.lines,
    }
}

fn buyer_row(
    ((day, customer_id, job_id, salesperson), sum): ((NaiveDate, Uuid, Uuid, Uuid), Figures),
) -> BuyerSalesRow {
    BuyerSalesRow {
        day,
        customer_id,
        job_id,
        salesperson,
        net: sum.net,
        costed_net: sum.costed_net,
        cost: sum.cost,
        lines: sum.lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_margin_lost() {
        let line = SoldLine {
            order_line: None,
            product: Uuid::nil(),
            quantity: Decimal::ONE,
            net: Decimal::from(5),
            cost: None,
        };
        assert_eq!(line.figures(true).margin(), Decimal::from(-5));
        assert_eq!(line.figures(false).margin(), Decimal::ZERO);
    }

    #[test]
    fn a_credit_note_takes_back_what_its_invoice_added() {
        let line = SoldLine {
            order_line: None,
            product: Uuid::from_u128(7),
            quantity: Decimal::TEN,
            net: Decimal::ONE_HUNDRED,
            cost: Some(Decimal::from(80)),
        };
        let mut document = SoldDocument {
            day: NaiveDate::MIN,
            is_credit: false,
            customer: CustomerId::generate(),
            job: None,
            lines: vec![line, SoldLine { cost: None, ..line }],
        };
        let mut sums = Sums::default();
        sums.add(&document, |_| Uuid::nil());
        let day = sums.days.get(&NaiveDate::MIN).copied().unwrap();
        assert_eq!(
            (day.net, day.costed_net),
            (Decimal::from(200), Decimal::ONE_HUNDRED)
        );
        assert_eq!((day.margin(), day.lines), (Decimal::from(20), 2));
        document.is_credit = true;
        sums.add(&document, |_| Uuid::nil());
        let back = Figures {
            lines: 2,
            ..Figures::default()
        };
        assert_eq!(sums.days.values().copied().collect::<Vec<_>>(), [back]);
        assert_eq!(sums.products.values().copied().collect::<Vec<_>>(), [back]);
        assert_eq!(sums.buyers.values().copied().collect::<Vec<_>>(), [back]);
    }
}
