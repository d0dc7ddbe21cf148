//! Rows and enums of payments.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::db::tenant_tables::payments;
use crate::db::text_enum::text_enum;
use crate::dealer::accounts::model::EntryId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::orders::model::OrderId;
use crate::kernel::ids::typed_id;

typed_id!(
    /// A payment.
    PaymentId, "pay"
);

text_enum! {
    /// Who has paid whom.
    pub enum PaymentDirection {
        /// The customer has paid.
        In = "IN",
        /// The dealer has paid credit back.
        Out = "OUT",
    }
}

text_enum! {
    /// Where a payment stands.
    pub enum PaymentState {
        /// It is in the books.
        Recorded = "RECORDED",
        /// It was found on the bank's statement, or in the till.
        Reconciled = "RECONCILED",
        /// It was taken back: it bounced, or was recorded in error.
        Reversed = "REVERSED",
    }
}

text_enum! {
    /// How something was paid.
    pub enum PaymentMethod {
        /// In cash.
        Cash = "CASH",
        /// By card.
        Card = "CARD",
        /// By transfer between banks.
        BankTransfer = "BANK_TRANSFER",
        /// By cheque.
        Cheque = "CHEQUE",
        /// By telephone.
        Mobile = "MOBILE",
        /// In another way.
        Other = "OTHER",
    }
}

/// A payment as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = payments, check_for_backend(diesel::pg::Pg))]
pub struct PaymentRow {
    /// Its id.
    pub id: PaymentId,
    /// 1, 2, 3 …
    pub number: i64,
    /// Who has paid whom.
    pub direction: PaymentDirection,
    /// Where it stands.
    pub state: PaymentState,
    /// Whose account it is in.
    pub customer_id: CustomerId,
    /// For which job, if for one.
    pub job_id: Option<JobId>,
    /// The order that it is a deposit for.
    pub order_id: Option<OrderId>,
    /// How it was paid.
    pub method: PaymentMethod,
    /// How much; above zero in both directions.
    pub amount: Decimal,
    /// The dealer's currency.
    pub currency: String,
    /// On which day.
    pub paid_on: NaiveDate,
    /// The number that the bank or till gave it.
    pub external_ref: Option<String>,
    /// In the words of whoever recorded it.
    pub note: Option<String>,
    /// What it is in the account.
    pub entry_id: EntryId,
    /// Why it was taken back.
    pub reversal_reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<Uuid>,
    /// When it was reconciled, if it was.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// When it was taken back, if it was.
    pub reversed_at: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a step of a payment sets; absent fields keep their value.
#[derive(AsChangeset, Clone, Debug)]
#[diesel(table_name = payments)]
pub struct PaymentChanges {
    /// Where it stands now.
    pub state: PaymentState,
    /// Why it was taken back.
    pub reversal_reason: Option<String>,
    /// When it was reconciled.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub reversed_at: Option<DateTime<Utc>>,
    /// Time of the change.
    pub updated_at: DateTime<Utc>,
}
