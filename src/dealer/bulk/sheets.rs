//! The kinds of records as lines of a file: which columns, how they are read and taken.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::cell::{Cell, Cells};
use super::may::May;
use super::model::BulkKind;
use crate::dealer::catalog::products::sheet as products;
use crate::dealer::customers::sheet as customers;
use crate::dealer::stock::sheet as stock;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult, UserError};
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

    /// A refusal where nothing is written before the end of the batch.
    pub fn unwritten(refusal: impl Into<Refusal>) -> Self {
        match refusal.into() {
            Refusal::Fault(error) => Self::Fault(error),
            Refusal::User(errors) => Self::Clean(errors),
        }
    }

    /// Something is wrong with a column, before anything was written.
    pub fn at(code: ErrorCode, column: &str, message: impl Into<String>) -> Self {
        Self::Clean(vec![UserError::at(code, &["input", column], message)])
    }

    /// A column without a value that is needed.
    pub fn missing(column: &str) -> Self {
        Self::at(ErrorCode::BadUserInput, column, "is needed")
    }

    /// The same with the names of columns for those of an input's fields.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        if let Self::Clean(errors) | Self::Dirty(errors) = &mut self {
            for path in errors.iter_mut().filter_map(|error| error.path.as_mut()) {
                let Some(last) = path.last_mut() else {
                    continue;
                };
                if let Some((_, column)) = names.iter().find(|(field, _)| *field == last.as_str()) {
                    (*column).clone_into(last);
                }
            }
        }
        self
    }
}

/// The number in a column; none if it is absent or empty.
pub fn decimal(cells: &Cells, column: &str) -> Result<Option<Decimal>, Refused> {
    let number = cells.filled(column).map(|text| {
        let message = "must be a decimal such as 12.50";
        text.parse::<Decimal>()
            .map_err(|_| Refused::at(ErrorCode::BadUserInput, column, message))
    });
    number.transpose()
}

/// The values of a column in these lines, those that are empty aside.
pub fn texts(lines: &[&Cells], column: &str) -> Vec<String> {
    let found = lines.iter().filter_map(|cells| cells.filled(column));
    found.map(str::to_owned).collect()
}

/// Where a page of an export begins: the key of the line before it.
pub type After = (Uuid, Option<Uuid>);

impl BulkKind {
    /// The columns that are written, in order; what finds the record stands first.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Products => products::COLUMNS,
            Self::Prices => products::PRICE_COLUMNS,
            Self::Customers => customers::COLUMNS,
            Self::Stock => stock::COLUMNS,
        }
    }

    /// The columns that are read: those that are written, and further ones.
    pub const fn read_columns(self) -> &'static [&'static str] {
        match self {
            Self::Products | Self::Prices => self.columns(),
            Self::Customers => customers::READ_COLUMNS,
            Self::Stock => stock::READ_COLUMNS,
        }
    }

    /// What importing it takes.
    pub const fn to_import(self) -> &'static [P] {
        match self {
            Self::Products | Self::Prices => &[P::ProductsManage],
            Self::Customers => &[P::CustomersManage],
            Self::Stock => &[P::StockAdjust],
        }
    }

    /// What single columns of an import take, beside that.
    pub const fn of_columns(self) -> &'static [P] {
        match self {
            Self::Products | Self::Prices => &[],
            Self::Customers => &[
                P::CreditRead,
                P::CreditManage,
                P::PricesRead,
                P::PricesManage,
            ],
            Self::Stock => &[P::CostRead],
        }
    }

    /// Whether what was brought in twice counts twice, so that an import takes a key.
    pub const fn adds_up(self) -> bool {
        matches!(self, Self::Stock)
    }

    /// What exporting it takes.
    pub const fn to_export(self) -> &'static [P] {
        match self {
            Self::Products | Self::Prices => &[P::ProductsRead],
            Self::Customers => &[P::CustomersRead, P::CreditRead, P::PricesRead],
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
    Customers(customers::Named),
    Stock(Box<stock::Named>),
}

impl Named {
    /// Looks up what these lines name.
    pub(super) async fn load(
        tx: &mut TenantTx,
        (kind, may): (BulkKind, &May),
        lines: &[&Cells],
    ) -> AppResult<Self> {
        Ok(match kind {
            BulkKind::Products => Self::Products(products::Named::load(tx, lines).await?),
            BulkKind::Prices => Self::Prices(products::Named::load(tx, lines).await?),
            BulkKind::Customers => {
                Self::Customers(customers::Named::load(tx, may.clone(), lines).await?)
            }
            BulkKind::Stock => {
                let named = stock::Named::load(tx, may.clone(), lines).await?;
                Self::Stock(Box::new(named))
            }
        })
    }

    /// Takes a line; what is not written then is at the end of the batch.
    pub(super) async fn take(
        &mut self,
        tx: &mut TenantTx,
        cells: &Cells,
    ) -> Result<Taken, Refused> {
        match self {
            Self::Products(named) => products::take(tx, named, cells).await,
            Self::Prices(named) => products::take_price(tx, named, cells).await,
            Self::Customers(named) => named.take(cells),
            Self::Stock(named) => named.take(cells),
        }
    }

    /// Writes what is not written yet of the lines that were taken.
    pub(super) async fn write(self, tx: &mut TenantTx) -> ServiceResult<()> {
        match self {
            Self::Products(_) | Self::Prices(_) => Ok(()),
            Self::Customers(named) => named.write(tx).await,
            Self::Stock(named) => named.write(tx).await,
        }
    }
}
