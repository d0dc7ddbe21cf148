//! What a posting says of its lots.

use async_graphql::InputObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::dealer::calendar::check_day;
use crate::kernel::checks::Checks;

/// A lot as its maker names it.
#[derive(InputObject, Clone, Debug)]
pub struct StockLotInput {
    /// The maker's code: letters, digits and - _ . /, at most 64 characters.
    pub code: String,
    /// The first day on which it is too old. Needed when the lot first comes, unless it never
    /// is; afterwards it may be left out.
    pub expires_on: Option<NaiveDate>,
}

/// What a posting says of its lots.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// The field that is at fault when the lots are; that of the posting if empty.
    pub path: Vec<String>,
    /// The lots; none if none is named.
    pub lots: Vec<NamedLot>,
}

/// A lot as somebody names it.
#[derive(Clone, Debug)]
pub struct NamedLot {
    /// The maker's code.
    pub code: String,
    /// The first day on which it is too old, if that is said.
    pub expires_on: Option<NaiveDate>,
    /// How much is of it, in base units; all, if it is named alone.
    pub quantity: Option<Decimal>,
}

impl StockLotInput {
    /// The lot at `path`, checked.
    pub fn checked(&self, checks: &mut Checks, path: &[&str]) -> NamedLot {
        if let Some(day) = self.expires_on {
            check_day(checks, &[path, &["expiresOn"]].concat(), day);
        }
        NamedLot {
            code: checks.code(&[path, &["code"]].concat(), &self.code),
            expires_on: self.expires_on,
            quantity: None,
        }
    }
}

impl Naming {
    /// What the input at `path` says of one lot, checked; nothing if there is none.
    pub fn checked(checks: &mut Checks, path: &[&str], lot: Option<&StockLotInput>) -> Self {
        Self {
            lots: lot
                .map(|lot| lot.checked(checks, path))
                .into_iter()
                .collect(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
        }
    }
}
