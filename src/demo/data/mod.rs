//! The data of the demo: a trade's catalogue and the two dealers who sell it.
//!
//! Everything here is constant, so that two runs make the same shops. Names of
//! companies and people, tax numbers and street addresses are invented. Exact
//! amounts are decimal text, and unit factors are whole fractions.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::dealer::catalog::products::model::ProductKind;
use crate::dealer::customers::jobs::model::JobStatus;
use crate::dealer::stock::warehouses::model::WarehouseKind;

mod accounts;
mod bao_long;
mod bao_long_customers;
mod barcode;
mod categories;
mod finishing;
mod masonry;
mod northgate;
mod northgate_customers;
mod steel_timber;
#[cfg(test)]
mod tests;

pub use barcode::ean13;
pub use categories::CATEGORIES;

/// The dealers of the demo.
pub const DEALERS: &[DemoDealer] = &[bao_long::DEALER, northgate::DEALER];

/// The products of the trade; a dealer skips some and adds his own.
pub fn trade_products() -> impl Iterator<Item = &'static DemoProduct> {
    [
        masonry::PRODUCTS,
        steel_timber::PRODUCTS,
        finishing::PRODUCTS,
    ]
    .into_iter()
    .flatten()
}

/// A node of the category tree.
#[derive(Clone, Copy, Debug)]
pub struct DemoCategory {
    /// Unique short code.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Code of the category above, which is listed before this one.
    pub parent: Option<&'static str>,
}

/// A product of the trade or of one dealer.
#[derive(Clone, Copy, Debug)]
pub struct DemoProduct {
    /// Unique stock-keeping code.
    pub sku: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// One sentence about it.
    pub description: &'static str,
    /// Code of its category.
    pub category: &'static str,
    /// How it reaches the customer.
    pub kind: ProductKind,
    /// Code of the unit it is kept and priced in.
    pub base_unit: &'static str,
    /// Item number of the barcode on one base unit; see [`DemoDealer::barcode`].
    pub barcode: Option<u16>,
    /// Decimal text: US dollars per base unit, before the dealer's factor.
    pub price_usd: &'static str,
    /// Further units; the base unit is not among them.
    pub units: &'static [DemoUnit],
}

/// A further unit a product is bought or sold in.
#[derive(Clone, Copy, Debug)]
pub struct DemoUnit {
    /// Code of the unit.
    pub unit: &'static str,
    /// Base units per one of the unit, numerator in lowest terms.
    pub num: i64,
    /// Base units per one of the unit, denominator in lowest terms.
    pub den: i64,
    /// Item number of the barcode on one of the unit; see [`DemoDealer::barcode`].
    pub barcode: Option<u16>,
}

/// A dealer with all that is his.
#[derive(Clone, Copy, Debug)]
pub struct DemoDealer {
    /// Name of the company.
    pub name: &'static str,
    /// Name of the owner.
    pub owner_name: &'static str,
    /// Address the owner signs in with.
    pub owner_email: &'static str,
    /// Pass-phrase of the owner. It is public: fit for a demo and nothing else.
    pub owner_password: &'static str,
    /// ISO 4217 code of the currency of his books.
    pub currency: &'static str,
    /// IANA name of his time zone.
    pub timezone: &'static str,
    /// First three digits of his barcodes, at least 200: GS1 leaves 200 to 299
    /// to each company for its own use.
    pub barcode_prefix: u8,
    /// Decimal text: his price per dollar of [`DemoProduct::price_usd`].
    pub price_factor: &'static str,
    /// Decimal text: his list prices are multiples of it.
    pub price_step: &'static str,
    /// Where his goods lie.
    pub warehouses: &'static [DemoWarehouse],
    /// Who buys from him.
    pub customers: &'static [DemoCustomer],
    /// What was open when his books were brought over, and more of his customers.
    pub accounts: DemoAccounts,
    /// SKUs of the trade that he does not sell.
    pub skip: &'static [&'static str],
    /// Products that only he sells.
    pub extra: &'static [DemoProduct],
}

impl DemoDealer {
    /// What he sells: the trade without what he skips, and his own.
    pub fn products(&self) -> impl Iterator<Item = &'static DemoProduct> {
        let skip = self.skip;
        trade_products()
            .filter(move |product| !skip.contains(&product.sku))
            .chain(self.extra)
    }

    /// His list price of `product` per base unit, rounded half away from zero
    /// to a multiple of [`DemoDealer::price_step`].
    pub fn list_price(&self, product: &DemoProduct) -> Result<Decimal, rust_decimal::Error> {
        let usd: Decimal = product.price_usd.parse()?;
        let factor: Decimal = self.price_factor.parse()?;
        let step: Decimal = self.price_step.parse()?;
        let steps = usd * factor / step;
        Ok(steps.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero) * step)
    }

    /// His barcode of an item number.
    pub fn barcode(&self, item: u16) -> String {
        ean13(self.barcode_prefix, item)
    }
}

/// A place where goods lie.
#[derive(Clone, Copy, Debug)]
pub struct DemoWarehouse {
    /// Short code, unique per dealer.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// What kind of place it is.
    pub kind: WarehouseKind,
    /// What lies there; products of which there is nothing are left out.
    pub stock: &'static [DemoStock],
}

/// How much of a product lies in a warehouse.
#[derive(Clone, Copy, Debug)]
pub struct DemoStock {
    /// Which product.
    pub sku: &'static str,
    /// Decimal text, in base units of the product.
    pub on_hand: &'static str,
}

/// A customer with his job sites.
#[derive(Clone, Copy, Debug)]
pub struct DemoCustomer {
    /// Account code, unique per dealer.
    pub code: &'static str,
    /// Name of the company or person.
    pub name: &'static str,
    /// Tax number, of a form that is never issued.
    pub tax_id: Option<&'static str>,
    /// Days until an invoice is due.
    pub terms_days: i16,
    /// Decimal text, in the dealer's currency.
    pub credit_limit: &'static str,
    /// His job sites.
    pub jobs: &'static [DemoJob],
}

/// What a dealer knows of the credit of his customers.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccounts {
    /// What was open.
    pub openings: &'static [DemoOpening],
    /// Codes of customers on hold, and why.
    pub holds: &'static [(&'static str, &'static str)],
    /// Codes of customer and job with a limit of its own, as decimal text.
    pub job_limits: &'static [(&'static str, &'static str, &'static str)],
    /// Codes of customers, and who is spoken to there as what.
    pub contacts: &'static [(&'static str, &'static str, &'static str)],
}

/// An entry that was open when the books were brought over.
#[derive(Clone, Copy, Debug)]
pub struct DemoOpening {
    /// Code of the customer.
    pub customer: &'static str,
    /// Code of the job.
    pub job: &'static str,
    /// Number of the document.
    pub reference: &'static str,
    /// Decimal text, in the dealer's currency; below zero it is owed to the customer.
    pub amount: &'static str,
    /// How many days ago the document was made. It is due by the customer's terms.
    pub days_ago: u64,
}

/// An entry that was open.
const fn opening(
    customer: &'static str,
    job: &'static str,
    reference: &'static str,
    amount: &'static str,
    days_ago: u64,
) -> DemoOpening {
    DemoOpening {
        customer,
        job,
        reference,
        amount,
        days_ago,
    }
}

/// A job site of a customer.
#[derive(Clone, Copy, Debug)]
pub struct DemoJob {
    /// Code, unique per customer.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Street and number of the site.
    pub address_line: &'static str,
    /// Town of the site.
    pub city: &'static str,
    /// The customer's purchase order number.
    pub po_number: Option<&'static str>,
    /// Where it stands.
    pub status: JobStatus,
}

/// A further unit without a barcode: num/den base units.
const fn unit(unit: &'static str, num: i64, den: i64) -> DemoUnit {
    DemoUnit {
        unit,
        num,
        den,
        barcode: None,
    }
}

/// A package with a barcode: `count` base units.
const fn package(unit: &'static str, count: i64, barcode: u16) -> DemoUnit {
    DemoUnit {
        unit,
        num: count,
        den: 1,
        barcode: Some(barcode),
    }
}

/// How much of a product lies in a warehouse.
const fn stock(sku: &'static str, on_hand: &'static str) -> DemoStock {
    DemoStock { sku, on_hand }
}
