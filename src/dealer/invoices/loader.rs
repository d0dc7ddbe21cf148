//! Batched lookups of invoices, their lines, and what is paid of them.

use std::collections::HashMap;

use super::model::{InvoiceId, InvoiceKind, InvoiceLineId, InvoiceLineRow, InvoiceRow};
use super::query::{self, Credited};
use crate::dealer::accounts::model::{EntryId, ItemRow};
use crate::error::AppResult;
use crate::graphql::loader::{LoaderKey, by_key, group_by_key};
use crate::tenancy::TenantTx;

/// An invoice by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvoiceById(pub InvoiceId);

impl LoaderKey for InvoiceById {
    type Value = InvoiceRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, InvoiceRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_many(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// An invoice by its kind and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvoiceByNumber(pub InvoiceKind, pub i64);

impl LoaderKey for InvoiceByNumber {
    type Value = InvoiceRow;

    async fn load_batch(tx: &mut TenantTx, keys: &[Self]) -> AppResult<HashMap<Self, InvoiceRow>> {
        let numbers: Vec<_> = keys.iter().map(|key| key.1).collect();
        let rows = query::find_many_by_number(tx, &numbers).await?;
        Ok(by_key(rows, |row| {
            Self(row.kind, row.number.unwrap_or_default())
        }))
    }
}

/// The lines of an invoice, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinesByInvoice(pub InvoiceId);

impl LoaderKey for LinesByInvoice {
    type Value = Vec<InvoiceLineRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<InvoiceLineRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines(tx, &ids).await?;
        Ok(group_by_key(rows, |row| Self(row.invoice_id)))
    }
}

/// A line by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvoiceLineById(pub InvoiceLineId);

impl LoaderKey for InvoiceLineById {
    type Value = InvoiceLineRow;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, InvoiceLineRow>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::find_lines_by_id(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.id)))
    }
}

/// What was credited of the lines of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CreditedByInvoice(pub InvoiceId);

impl LoaderKey for CreditedByInvoice {
    type Value = HashMap<InvoiceLineId, Credited>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, HashMap<InvoiceLineId, Credited>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut groups: HashMap<Self, HashMap<InvoiceLineId, Credited>> = HashMap::new();
        for (line, (invoice, credited)) in query::credited(tx, &ids).await? {
            let group = groups.entry(Self(invoice)).or_default();
            group.insert(line, credited);
        }
        Ok(groups)
    }
}

/// The credit notes that correct something of an invoice, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CreditNotesByInvoice(pub InvoiceId);

impl LoaderKey for CreditNotesByInvoice {
    type Value = Vec<InvoiceRow>;

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, Vec<InvoiceRow>>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut groups: HashMap<Self, Vec<InvoiceRow>> = HashMap::new();
        for (of, row) in query::find_credit_notes(tx, &ids).await? {
            if let Some(of) = of {
                groups.entry(Self(of)).or_default().push(row);
            }
        }
        Ok(groups)
    }
}

/// How much of an entry is settled, and whether its day is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SettledByEntry(pub EntryId);

impl LoaderKey for SettledByEntry {
    type Value = (ItemRow, bool);

    async fn load_batch(
        tx: &mut TenantTx,
        keys: &[Self],
    ) -> AppResult<HashMap<Self, (ItemRow, bool)>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = query::settled(tx, &ids).await?;
        Ok(by_key(rows, |row| Self(row.0.entry_id)))
    }
}
