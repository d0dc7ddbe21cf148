//! What of posted invoices can still be credited: never more than was billed.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::amounts::{less, taxes_back};
use super::model::{InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow};
use super::query::{self, Credited};
use crate::dealer::orders::model::share_of;
use crate::error::{AppError, AppResult};
use crate::kernel::money::{MoneyError, digits_of};
use crate::tenancy::TenantTx;

/// An invoice and one of its tax rates.
type Rate = (InvoiceId, Decimal);

/// Net and tax.
type Sums = (Decimal, Decimal);

/// Posted invoices of one customer, who is locked, and what was credited of them.
pub(super) struct Ground {
    pub(super) invoices: BTreeMap<InvoiceId, InvoiceRow>,
    /// Their lines, those of the oldest invoice first.
    pub(super) lines: Vec<InvoiceLineRow>,
    credited: HashMap<InvoiceLineId, Credited>,
    billed_at: BTreeMap<Rate, Sums>,
    credited_at: BTreeMap<Rate, Sums>,
    digits: u32,
}

/// Why something can not be credited.
#[derive(Clone, Copy, Debug)]
pub(super) enum NotSo {
    /// More than is left.
    TooMuch(Decimal),
    /// Nothing that can be reckoned with.
    Money(MoneyError),
}

impl From<MoneyError> for NotSo {
    fn from(error: MoneyError) -> Self {
        Self::Money(error)
    }
}

/// A line of a credit note to be: its tax is not known before the others are.
pub(super) struct Part {
    pub(super) invoice: InvoiceId,
    pub(super) of: Option<InvoiceLineRow>,
    pub(super) quantity: Decimal,
    /// How much of that does not come back, or not sound: what it cost is not got back.
    pub(super) lost: Decimal,
    pub(super) net: Decimal,
    pub(super) rate: Decimal,
    pub(super) tax: Decimal,
}

impl Ground {
    /// Of these invoices; credit notes and drafts are left out.
    pub(super) async fn of(tx: &mut TenantTx, ids: &[InvoiceId]) -> AppResult<Self> {
        let rows = query::find_many(tx, ids).await?.into_iter();
        let is_bill = |row: &InvoiceRow| row.kind == InvoiceKind::Invoice && row.number.is_some();
        let invoices: BTreeMap<_, _> = rows.filter(is_bill).map(|row| (row.id, row)).collect();
        let mut lines = query::find_lines(tx, ids).await?;
        lines.retain(|line| invoices.contains_key(&line.invoice_id));
        let number = |line: &InvoiceLineRow| invoices.get(&line.invoice_id)?.number;
        lines.sort_by_key(|line| (number(line), line.position));
        let mut billed_at: BTreeMap<Rate, Sums> = BTreeMap::new();
        for line in &lines {
            let sums = billed_at
                .entry((line.invoice_id, line.tax_rate))
                .or_default();
            *sums = (sums.0 + line.net, sums.1 + line.tax);
        }
        let credited = query::credited(tx, ids).await?.into_iter();
        let by_rate = query::credited_by_rate(tx, ids).await?.into_iter();
        Ok(Self {
            invoices,
            lines,
            credited: credited
                .map(|(line, (_, credited))| (line, credited))
                .collect(),
            billed_at,
            credited_at: by_rate.map(|(id, rate, sums)| ((id, rate), sums)).collect(),
            digits: digits_of(&tx.context().dealer().currency),
        })
    }

    /// How much of a line is not credited, in base units.
    pub(super) fn quantity_left(&self, line: &InvoiceLineRow) -> Decimal {
        line.quantity - self.of_line(line).quantity
    }

    /// What of a line is not credited, and of its rate neither.
    pub(super) fn net_left(&self, line: &InvoiceLineRow) -> Decimal {
        let of_line = line.net - self.of_line(line).net;
        of_line.min(self.rate_left(line.invoice_id, line.tax_rate))
    }

    /// What an invoice bills at a rate and is not credited.
    pub(super) fn rate_left(&self, id: InvoiceId, rate: Decimal) -> Decimal {
        let (billed, credited) = (
            self.billed_at.get(&(id, rate)),
            self.credited_at.get(&(id, rate)),
        );
        let net = |sums: Option<&Sums>| sums.map_or(Decimal::ZERO, |sums| sums.0);
        net(billed) - net(credited)
    }

    /// The rates of an invoice.
    pub(super) fn rates(&self, id: InvoiceId) -> impl Iterator<Item = Decimal> {
        let of_it = self.billed_at.keys().filter(move |rate| rate.0 == id);
        of_it.map(|rate| rate.1)
    }

    /// Credits so many base units of a line, `fee` percent kept back.
    pub(super) fn by_quantity(
        &mut self,
        line: &InvoiceLineRow,
        quantity: Decimal,
        fee: Decimal,
    ) -> Result<Part, NotSo> {
        let most = self.quantity_left(line);
        if quantity > most {
            return Err(NotSo::TooMuch(most));
        }
        let before = self.of_line(line).quantity;
        let share = |part| share_of(line.net, (part, line.quantity), self.digits);
        let whole = share(before + quantity)? - share(before)?;
        // What was credited as an amount is not credited again with the goods.
        let net = less(whole, fee, self.digits).min(self.net_left(line));
        Ok(self.take(line, quantity, net))
    }

    /// Credits an amount of a line, and no goods.
    pub(super) fn by_amount(&mut self, line: &InvoiceLineRow, net: Decimal) -> Result<Part, NotSo> {
        let most = self.net_left(line);
        if net > most {
            return Err(NotSo::TooMuch(most));
        }
        Ok(self.take(line, Decimal::ZERO, net))
    }

    /// Credits an amount of what an invoice bills at a rate.
    pub(super) fn by_rate(
        &mut self,
        id: InvoiceId,
        rate: Decimal,
        net: Decimal,
    ) -> Result<Part, NotSo> {
        let most = self.rate_left(id, rate);
        if net > most {
            return Err(NotSo::TooMuch(most));
        }
        self.credited_at.entry((id, rate)).or_default().0 += net;
        Ok(Part {
            invoice: id,
            of: None,
            quantity: Decimal::ZERO,
            lost: Decimal::ZERO,
            net,
            rate,
            tax: Decimal::ZERO,
        })
    }

    /// Gives parts their taxes, once there are all of them.
    pub(super) fn tax(&mut self, parts: &mut [Part]) -> AppResult<()> {
        let mut groups: BTreeMap<Rate, Vec<&mut Part>> = BTreeMap::new();
        for part in parts {
            groups
                .entry((part.invoice, part.rate))
                .or_default()
                .push(part);
        }
        for (rate, members) in groups {
            let billed = self.billed_at.get(&rate).copied().unwrap_or_default();
            let nets: Vec<Decimal> = members.iter().map(|part| part.net).collect();
            let credited = self.credited_at.entry(rate).or_default();
            // Its net has the new parts already.
            let so_far = (credited.0 - nets.iter().sum::<Decimal>(), credited.1);
            let shares = taxes_back(billed, so_far, &nets, self.digits);
            for (part, share) in members.into_iter().zip(shares.map_err(AppError::internal)?) {
                part.tax = share;
                credited.1 += share;
            }
        }
        Ok(())
    }

    fn of_line(&self, line: &InvoiceLineRow) -> Credited {
        self.credited.get(&line.id).copied().unwrap_or_default()
    }

    fn take(&mut self, line: &InvoiceLineRow, quantity: Decimal, net: Decimal) -> Part {
        let credited = self.credited.entry(line.id).or_default();
        credited.quantity += quantity;
        credited.net += net;
        let rate = (line.invoice_id, line.tax_rate);
        self.credited_at.entry(rate).or_default().0 += net;
        Part {
            invoice: line.invoice_id,
            of: Some(line.clone()),
            quantity,
            lost: Decimal::ZERO,
            net,
            rate: line.tax_rate,
            tax: Decimal::ZERO,
        }
    }
}
