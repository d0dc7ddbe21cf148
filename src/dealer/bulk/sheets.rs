//! The kinds of records as lines of a file: which columns, how they are read and taken.

use uuid::Uuid;

use super::cell::{Cell, Cells};
use super::model::BulkKind;
use crate::dealer::catalog::products::sheet as products;
use crate::dealer::customers::sheet as customers;
use crate::dealer::stock::sheet as stock;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, UserError};
use crate::graphql::permit::Permission as P;
use crate::tenancy::TenantTx;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A record was added.
    Created,
    /// A record was changed.
    Updated,
    /// The record is so already.
    Unchanged,
}

/// Why a line was not taken.
#[derive(Debug)]
pub enum Refused {
    /// Before anything was written of it.
    Clean(Vec<UserError>),
    /// Something of it may be written, or the transaction is of no use any more.
    Dirty(Vec<UserError>),
    /// It is not the line's fault.
    Fault(AppError),
}

impl Refused {
    /// A refusal of a use case. Those look at all of an input before they write.
    pub fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fault(error) => Self::Fault(error),
            Refusal::User(errors) => {
                let is_input = |error: &UserError| error.code == ErrorCode::BadUserInput;
                if errors.iter().all(is_input) {
                    Self::Clean(errors)
                } else {
                    Self::Dirty(errors)
                }
            }
        }
    }
}

/// Where a page of an export begins: the key of the line before it.
pub type After = (Uuid, Option<Uuid>);

impl BulkKind {
    /// The columns, in the order in which they are written.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Products => products::COLUMNS,
            Self::Prices => products::PRICE_COLUMNS,
            Self::Customers => customers::COLUMNS,
            Self::Stock => stock::COLUMNS,
        }
    }

    /// What importing it takes; none if it can not be imported.
    pub const fn to_import(self) -> Option<P> {
        match self {
            Self::Products | Self::Prices => Some(P::ProductsManage),
            Self::Customers | Self::Stock => None,
        }
    }

    /// What exporting it takes.
    pub const fn to_export(self) -> &'static [P] {
        match self {
            Self::Products | Self::Prices => &[P::ProductsRead],
            Self::Customers => &[P::CustomersRead, P::CreditRead],
            Self::Stock => &[P::StockRead],
        }
    }
}

/// The records behind `after` as lines, and the key of each.
pub(super) async fn page(
    tx: &mut TenantTx,
    kind: BulkKind,
    after: Option<After>,
    most: i64,
) -> AppResult<Vec<(After, Vec<Cell>)>> {
    let first = after.map(|(first, _)| first);
    let alone = |lines: Vec<(Uuid, Vec<Cell>)>| {
        let lines = lines.into_iter();
        lines.map(|(id, cells)| ((id, None), cells)).collect()
    };
    Ok(match kind {
        BulkKind::Products => alone(products::page(tx, first, most).await?),
        BulkKind::Prices => alone(products::price_page(tx, first, most).await?),
        BulkKind::Customers => alone(customers::page(tx, first, most).await?),
        BulkKind::Stock => stock::page(tx, after, most).await?,
    })
}

/// What the lines of a batch name.
pub(super) enum Named {
    Products(products::Named),
    Prices(products::Named),
}

impl Named {
    /// Looks up what these lines name.
    pub(super) async fn load(
        tx: &mut TenantTx,
        kind: BulkKind,
        lines: &[&Cells],
    ) -> AppResult<Self> {
        match kind {
            BulkKind::Products => Ok(Self::Products(products::Named::load(tx, lines).await?)),
            BulkKind::Prices => Ok(Self::Prices(products::Named::load(tx, lines).await?)),
            BulkKind::Customers | BulkKind::Stock => {
                Err(AppError::internal(format!("{kind:?} is not imported")))
            }
        }
    }

    /// Takes a line.
    pub(super) async fn take(
        &mut self,
        tx: &mut TenantTx,
        cells: &Cells,
    ) -> Result<Taken, Refused> {
        match self {
            Self::Products(named) => products::take(tx, named, cells).await,
            Self::Prices(named) => products::take_price(tx, named, cells).await,
        }
    }
}
