//! The surface of invoices: objects and queries.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::actions::InvoiceAction;
use super::amounts::by_rate;
use super::input::InvoiceWhere;
use super::lines::InvoiceLine;
use super::loader::{
    CreditNotesByInvoice, InvoiceById, InvoiceByNumber, LinesByInvoice, SettledByEntry,
};
use super::mails::graphql::InvoiceMail;
use super::mails::loader::MailsByInvoice;
use super::model::{InvoiceId, InvoiceKind, InvoiceLineRow, InvoiceRow, InvoiceState};
use super::paper::facts::file_name;
use super::query::{self, InvoiceOrder, InvoiceSort};
use crate::dealer::accounts::graphql::AccountEntry;
use crate::dealer::accounts::loader::EntryById;
use crate::dealer::audit::graphql::{AuditEntry, history_with_lines};
use crate::dealer::audit::model::Record;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::orders::totals::SaleTaxTotal;
use crate::error::{AppError, AppResult};
use crate::files::{Deed, Files};
use crate::graphql::connection::{list_cost, list_query};
use crate::graphql::context::ContextExt;
use crate::graphql::found::there;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;

/// How far an invoice is paid, as it follows from its account.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoicePayment {
    /// Nothing of it is settled, and its day is not over.
    Open,
    /// Some of it is settled, and its day is not over.
    Partial,
    /// All of it is settled.
    Paid,
    /// Something of it is open, and its day is over.
    Overdue,
}

/// An invoice or a credit note.
#[derive(Clone)]
pub struct Invoice(pub InvoiceRow);

impl From<InvoiceRow> for Invoice {
    fn from(row: InvoiceRow) -> Self {
        Self(row)
    }
}

/// Who is billed, as he was called when the invoice was written; of one that is posted, then.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::InvoicesRead))]
pub struct InvoiceParty {
    /// Name of the company or person.
    pub name: String,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Street and number.
    pub address_line: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Country.
    pub country: Option<String>,
}

/// An invoice or credit note as PDF.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::InvoicesRead))]
pub struct InvoicePdf {
    /// Name of the file.
    pub name: String,
    /// Where it is read, without a token, for five minutes from now. It is drawn then, and is the
    /// same each time.
    pub url: String,
}

/// What a customer is billed, or what is credited to him. What is posted never changes: it is
/// corrected by credit notes.
#[Object(directive = has_permission::apply(P::InvoicesRead))]
impl Invoice {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Whether it is owed by the customer or to him.
    async fn kind(&self) -> InvoiceKind {
        self.0.kind
    }

    /// 1, 2, 3 … of its kind without a gap, in the order in which they are posted; null while it
    /// is a draft.
    async fn number(&self) -> Option<i64> {
        self.0.number
    }

    /// Where it stands.
    async fn state(&self) -> InvoiceState {
        self.0.state
    }

    /// Who is billed.
    #[graphql(guard = P::CustomersRead, directive = has_permission::apply(P::CustomersRead))]
    async fn customer(&self, ctx: &Context<'_>) -> AppResult<Customer> {
        let id = self.0.customer_id;
        Ok(Customer(there(ctx, CustomerById(id)).await?))
    }

    /// The job that it is for; null if it is for several or none.
    #[graphql(guard = P::JobsRead, directive = has_permission::apply(P::JobsRead))]
    async fn job(&self, ctx: &Context<'_>) -> AppResult<Option<Job>> {
        match self.0.job_id {
            Some(id) => Ok(ctx.unit()?.load(JobById(id)).await?.map(Job)),
            None => Ok(None),
        }
    }

    /// To whom it goes.
    async fn bill_to(&self) -> InvoiceParty {
        let row = self.0.clone();
        InvoiceParty {
            name: row.name,
            tax_id: row.tax_id,
            address_line: row.address_line,
            city: row.city,
            postcode: row.postcode,
            country: row.country,
        }
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> AppResult<Vec<InvoiceAction>> {
        let permissions = ctx.scope()?.context()?.permissions();
        let actions = self.0.actions().iter().copied();
        Ok(actions
            .filter(|action| permissions.contains(action.needs()))
            .collect())
    }

    /// Its lines, in their order; at most 1000.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn lines(&self, ctx: &Context<'_>) -> AppResult<Vec<InvoiceLine>> {
        Ok(self.rows(ctx).await?.into_iter().map(InvoiceLine).collect())
    }

    /// What its lines come to by tax rate, the lowest first. The taxes of all invoices of an order
    /// come to the tax on the order, so one of them may differ by its rounding from the tax on its
    /// own sum.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn taxes(&self, ctx: &Context<'_>) -> AppResult<Vec<SaleTaxTotal>> {
        let groups = by_rate(&self.rows(ctx).await?).into_iter();
        let total = |group| SaleTaxTotal::new(group, &self.0.currency);
        Ok(groups.map(total).collect())
    }

    /// Sum of its lines without tax; above zero for credit notes, too. Of a draft, what it would
    /// come to if nothing else of its orders were billed before it.
    async fn net(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.net)
    }

    /// The tax on that.
    async fn tax(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.tax)
    }

    /// What is to be paid: net and tax.
    async fn gross(&self, ctx: &Context<'_>) -> AppResult<Money> {
        Money::of_dealer(ctx, self.0.gross())
    }

    /// What of it is not settled, be it by payments or credit notes; of a credit note, what of it
    /// settles nothing yet. Null while it is a draft.
    async fn open(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let open = match self.0.entry_id {
            Some(entry) => settled(ctx, SettledByEntry(entry)).await?.0.open().abs(),
            None => Decimal::ZERO,
        };
        let is_posted = self.0.state == InvoiceState::Posted;
        is_posted.then(|| Money::of_dealer(ctx, open)).transpose()
    }

    /// How far it is paid; null for drafts and credit notes. It follows from what settles the
    /// invoice, and nobody sets it.
    async fn payment_status(&self, ctx: &Context<'_>) -> AppResult<Option<InvoicePayment>> {
        if self.0.state != InvoiceState::Posted || self.0.kind != InvoiceKind::Invoice {
            return Ok(None);
        }
        let Some(entry) = self.0.entry_id else {
            return Ok(Some(InvoicePayment::Paid));
        };
        let (item, is_over) = settled(ctx, SettledByEntry(entry)).await?;
        Ok(Some(match (item.open().is_zero(), is_over) {
            (true, _) => InvoicePayment::Paid,
            (false, true) => InvoicePayment::Overdue,
            (false, false) if item.allocated.is_zero() => InvoicePayment::Open,
            (false, false) => InvoicePayment::Partial,
        }))
    }

    /// What it is in the customer's account; null while it is a draft, or if it comes to nothing.
    #[graphql(guard = P::CreditRead, directive = has_permission::apply(P::CreditRead))]
    async fn entry(&self, ctx: &Context<'_>) -> AppResult<Option<AccountEntry>> {
        match self.0.entry_id {
            Some(id) => Ok(ctx.unit()?.load(EntryById(id)).await?.map(AccountEntry)),
            None => Ok(None),
        }
    }

    /// The invoice that a credit note corrects; null if it corrects several.
    async fn credits(&self, ctx: &Context<'_>) -> AppResult<Option<Invoice>> {
        match self.0.credits_id {
            Some(id) => Ok(ctx.unit()?.load(InvoiceById(id)).await?.map(Invoice)),
            None => Ok(None),
        }
    }

    /// The credit notes that correct something of it, by number.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn credit_notes(&self, ctx: &Context<'_>) -> AppResult<Vec<Invoice>> {
        let rows = ctx
            .unit()?
            .load_list(CreditNotesByInvoice(self.0.id))
            .await?;
        Ok(rows.into_iter().map(Invoice).collect())
    }

    /// Its date; null while it is a draft.
    async fn issued_on(&self) -> Option<NaiveDate> {
        self.0.issued_on
    }

    /// Until when it is to be paid, by the customer's terms; null while it is a draft.
    async fn due_on(&self) -> Option<NaiveDate> {
        self.0.due_on
    }

    /// The customer's own number of it.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Why something is credited; null for invoices.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// In the words of whoever wrote it, for the customer to read.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was posted; null while it is a draft.
    async fn posted_at(&self) -> Option<DateTime<Utc>> {
        self.0.posted_at
    }

    /// It as paper, as it was posted; null while it is a draft.
    async fn pdf(&self, ctx: &Context<'_>) -> AppResult<Option<InvoicePdf>> {
        if self.0.state != InvoiceState::Posted {
            return Ok(None);
        }
        let (unit, files) = (ctx.unit()?, ctx.service::<Files>()?);
        let url = files
            .record_url(Deed::Invoice, unit.context(), self.0.id.uuid())?
            .url;
        unit.note_link(&url, &self.0.id.to_string());
        let name = file_name(&self.0);
        Ok(Some(InvoicePdf { name, url }))
    }

    /// To whom it was mailed, the latest first.
    #[graphql(complexity = "list_cost(child_complexity)")]
    async fn mails(&self, ctx: &Context<'_>) -> AppResult<Vec<InvoiceMail>> {
        let rows = ctx.unit()?.load_list(MailsByInvoice(self.0.id)).await?;
        Ok(rows.into_iter().map(InvoiceMail).collect())
    }

    /// What became of it and of the lines it has, the latest first.
    #[graphql(
        guard = P::AuditRead,
        directive = has_permission::apply(P::AuditRead),
        complexity = "list_cost(child_complexity)"
    )]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many changes, 1 to 100.", default = 20)] first: i32,
    ) -> AppResult<Vec<AuditEntry>> {
        let lines = self.rows(ctx).await?;
        let lines = lines.iter().map(|line| line.id.uuid()).collect();
        let document = (Record::INVOICE, self.0.id.uuid());
        history_with_lines(ctx, document, (Record::INVOICE_LINE, lines), first).await
    }

    /// Counts the changes of this record; send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

impl Invoice {
    async fn rows(&self, ctx: &Context<'_>) -> AppResult<Vec<InvoiceLineRow>> {
        ctx.unit()?.load_list(LinesByInvoice(self.0.id)).await
    }
}

async fn settled(
    ctx: &Context<'_>,
    key: SettledByEntry,
) -> AppResult<<SettledByEntry as crate::graphql::loader::LoaderKey>::Value> {
    let found = ctx.unit()?.load(key).await?;
    found.ok_or_else(|| AppError::internal("an entry has no item"))
}

/// An invoice that a foreign key says is there.
pub(crate) async fn invoice_of(ctx: &Context<'_>, id: InvoiceId) -> AppResult<Invoice> {
    Ok(Invoice(there(ctx, InvoiceById(id)).await?))
}

/// Queries on invoices.
#[derive(Default)]
pub struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// One invoice or credit note, by its id or by kind and number; null if there is none.
    #[graphql(guard = P::InvoicesRead, directive = has_permission::apply(P::InvoicesRead))]
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<InvoiceId>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
        #[graphql(desc = "The kind of which it has the number; INVOICE if absent.")] kind: Option<
            InvoiceKind,
        >,
    ) -> AppResult<Option<Invoice>> {
        let unit = ctx.unit()?;
        let row = match (id, number) {
            (Some(id), None) if kind.is_none() => unit.load(InvoiceById(id)).await?,
            (None, Some(number)) => {
                let kind = kind.unwrap_or(InvoiceKind::Invoice);
                unit.load(InvoiceByNumber(kind, number)).await?
            }
            _ => {
                let message = "name the invoice by its id, or by its number and kind";
                return Err(AppError::bad_input("id", message));
            }
        };
        Ok(row.map(Invoice))
    }
}

list_query! {
    /// The list of invoices.
    InvoiceListQuery: query,
    /// Invoices and credit notes; at the portal those that are posted.
    invoices -> Invoice,
    needs: InvoicesRead,
    filter: InvoiceWhere = "Which invoices.",
    order: InvoiceOrder as InvoiceSort = "Sort keys, at most 3; the latest first if absent.",
}
