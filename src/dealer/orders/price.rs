//! What is sold, with its price: the lines of orders and quotes before they are written down.
//!
//! The same number of statements for one line and for two hundred.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::input::SaleLineInput;
use super::model::{OrderSourcing, SalePriceSource, share_of};
use crate::dealer::catalog::products::model::{ProductId, ProductKind};
use crate::dealer::catalog::products::service::archived;
use crate::dealer::catalog::quantity::{Asked, Measures};
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::prices::quote::model::{Answer, Buyer, PriceAsked, Quote};
use crate::dealer::prices::quote::service::prices;
use crate::dealer::prices::rules::model::PriceRuleId;
use crate::dealer::prices::taxes::rates;
use crate::dealer::stock::adjust::service::{MOST_LINES, lines_fit};
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::permit::Permission;
use crate::kernel::checks::Checks;
use crate::kernel::money::{digits_of, line_net};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// A line as it is sold: amount, price and tax are as they stand from now on.
#[derive(Clone, Debug)]
pub struct PricedLine {
    /// Of what.
    pub product: ProductId,
    /// How much, and in which unit.
    pub asked: Asked,
    /// Base units per one of the unit.
    pub factor: Ratio,
    /// What one of the price's unit costs, before the discount and without tax.
    pub unit_price: Decimal,
    /// The unit the price is for.
    pub price_unit: UnitId,
    /// Base units per one of it.
    pub price_factor: Ratio,
    /// Where the price comes from.
    pub price_source: SalePriceSource,
    /// The rule that made it.
    pub price_rule: Option<PriceRuleId>,
    /// Why somebody set another one, or a discount.
    pub price_reason: Option<String>,
    /// In percent of the line.
    pub discount: Decimal,
    /// What the line comes to, discount taken off, rounded once.
    pub net: Decimal,
    /// In percent.
    pub tax_rate: Decimal,
    /// Where its goods come from.
    pub sourcing: OrderSourcing,
    /// The warehouse that the line itself names.
    pub warehouse: Option<WarehouseId>,
    /// In the words of whoever wrote it.
    pub note: Option<String>,
}

/// Notes what is wrong with lines by themselves.
pub fn check(checks: &mut Checks, lines: &[SaleLineInput]) {
    lines_fit(checks, lines.len());
    for (index, line) in lines.iter().take(MOST_LINES).enumerate() {
        check_one(checks, index, line);
    }
}

/// Notes what is wrong with the line at `index` by itself.
pub(super) fn check_one(checks: &mut Checks, index: usize, line: &SaleLineInput) {
    let index = index.to_string();
    let path = |field: &'static str| ["input", "lines", index.as_str(), field];
    if let Some(price) = line.unit_price {
        checks.amount(&path("unitPrice"), price.0);
    }
    let discount = line.discount();
    let at_discount = path("discount");
    checks.amount(&at_discount, discount);
    let is_part = discount <= Decimal::ONE_HUNDRED;
    checks.require(is_part, &at_discount, "must be at most 100");
    let reason = line.price_reason.as_deref();
    let reason = checks.optional_text(&path("priceReason"), reason, 200);
    if line.is_overridden() {
        let message = "is needed where a price or a discount is set";
        checks.require(reason.is_some(), &path("priceReason"), message);
    }
    let stands_apart = line.price_unit_id.is_some() && line.unit_price.is_none();
    let message = "says what unitPrice is for, which is absent";
    checks.require(!stands_apart, &path("priceUnitId"), message);
    checks.optional_text(&path("note"), line.note.as_deref(), 200);
}

/// Lines that were checked, with their prices for a buyer today.
pub async fn priced(
    tx: &mut TenantTx,
    buyer: (CustomerId, Option<JobId>),
    lines: &[SaleLineInput],
) -> ServiceResult<Vec<PricedLine>> {
    let lines: Vec<_> = lines.iter().enumerate().collect();
    priced_at(tx, buyer, &lines).await
}

/// As [`priced`], of lines that stand at these places of the input.
pub(super) async fn priced_at(
    tx: &mut TenantTx,
    buyer: (CustomerId, Option<JobId>),
    lines: &[(usize, &SaleLineInput)],
) -> ServiceResult<Vec<PricedLine>> {
    if lines.iter().any(|(_, line)| line.is_overridden()) {
        tx.context().require(Permission::PriceOverride)?;
    }
    let products: Vec<_> = lines.iter().map(|(_, line)| line.product_id).collect();
    let mut desk = Desk {
        measures: Measures::of(tx, &products).await?,
        archived: archived(tx, &products).await?,
        rates: rates::of_products(tx, &products).await?,
        digits: digits_of(&tx.context().dealer().currency),
        prices: HashMap::new(),
    };
    let asked = each(lines, |at, line| desk.asked(at, line))?;
    desk.prices = desk.ask(tx, buyer, lines, &asked).await?;
    let mut asked = asked.into_iter();
    each(lines, |at, line| match asked.next() {
        Some(asked) => desk.row(at, line, (buyer, asked)),
        None => Err(refused(at, "productId", (ErrorCode::NotFound, ""))),
    })
}

/// What becomes of each line, or all that is wrong with them.
fn each<T>(
    lines: &[(usize, &SaleLineInput)],
    mut make: impl FnMut(usize, &SaleLineInput) -> Result<T, UserError>,
) -> ServiceResult<Vec<T>> {
    let (mut rows, mut refusals) = (Vec::new(), Vec::new());
    for (at, line) in lines {
        match make(*at, line) {
            Ok(one) => rows.push(one),
            Err(error) => refusals.push(error),
        }
    }
    if refusals.is_empty() {
        Ok(rows)
    } else {
        Err(Refusal::User(refusals))
    }
}

fn refused(at: usize, field: &str, (code, message): (ErrorCode, &str)) -> UserError {
    UserError::at(code, &["input", "lines", &at.to_string(), field], message)
}

/// All that prices of lines hang on.
struct Desk {
    measures: Measures,
    archived: HashSet<ProductId>,
    rates: HashMap<ProductId, Decimal>,
    digits: u32,
    prices: HashMap<PriceAsked, Answer>,
}

impl Desk {
    /// How much of what is sold.
    fn asked(&self, at: usize, line: &SaleLineInput) -> Result<Asked, UserError> {
        let index = at.to_string();
        let product = ["input", "lines", &index, "productId"];
        let quantity = ["input", "lines", &index, "quantity"];
        let product = (line.product_id, &product[..]);
        let asked = self.measures.asked(product, (&line.quantity, &quantity))?;
        if self.archived.contains(&line.product_id) {
            let message = "the product is archived: it is not sold any more";
            return Err(refused(at, "productId", (ErrorCode::NotAllowed, message)));
        }
        Ok(asked)
    }

    async fn ask(
        &self,
        tx: &mut TenantTx,
        buyer: (CustomerId, Option<JobId>),
        lines: &[(usize, &SaleLineInput)],
        asked: &[Asked],
    ) -> AppResult<HashMap<PriceAsked, Answer>> {
        let questions = lines.iter().zip(asked);
        let questions = questions.map(|((_, line), asked)| question(buyer, line, asked));
        Ok(prices(tx, &questions.collect::<Vec<_>>()).await?)
    }

    fn row(
        &self,
        at: usize,
        line: &SaleLineInput,
        (buyer, asked): ((CustomerId, Option<JobId>), Asked),
    ) -> Result<PricedLine, UserError> {
        let quote = self.quote(at, &question(buyer, line, &asked))?;
        let factor = self.factor(line.product_id, asked.unit);
        let (unit_price, price_unit, price_factor) = self.price(at, line, (quote, asked.unit))?;
        let sourcing = self.sourcing(at, line)?;
        let base = asked.amount.base;
        let price = (unit_price, price_factor);
        let net = line_net(price, base, line.discount(), self.digits)
            .and_then(|net| share_of(net, (base, base), self.digits).map(|_whole| net))
            .map_err(|error| bad(at, "quantity", &error.to_string()))?;
        let is_own = line.unit_price.is_some();
        Ok(PricedLine {
            product: line.product_id,
            asked,
            factor,
            unit_price,
            price_unit,
            price_factor,
            price_source: if is_own {
                SalePriceSource::Override
            } else {
                quote.source.into()
            },
            price_rule: quote.rule.as_ref().filter(|_| !is_own).map(|rule| rule.id),
            price_reason: line.price_reason.as_deref().and_then(trimmed),
            discount: line.discount(),
            net,
            tax_rate: self
                .rates
                .get(&line.product_id)
                .copied()
                .unwrap_or_default(),
            sourcing,
            warehouse: line.warehouse_id,
            note: line.note.as_deref().and_then(trimmed),
        })
    }

    fn quote(&self, at: usize, question: &PriceAsked) -> Result<&Quote, UserError> {
        let missing = |path: &[&str], what: &str| {
            let message = format!("there is no such {what}");
            UserError::at(ErrorCode::NotFound, path, message)
        };
        match self.prices.get(question) {
            Some(Answer::Price(quote)) => Ok(quote),
            Some(Answer::NoCustomer) => Err(missing(&["input", "customerId"], "customer")),
            Some(Answer::NoJob) => Err(missing(&["input", "jobId"], "job at this customer")),
            Some(Answer::TooLarge) => Err(bad(at, "quantity", "comes to more than is ever kept")),
            Some(Answer::NoProduct) | None => {
                let message = "there is no such product";
                Err(refused(at, "productId", (ErrorCode::NotFound, message)))
            }
        }
    }

    /// The price that counts, and its unit: the one that was set, or the one that was found.
    fn price(
        &self,
        at: usize,
        line: &SaleLineInput,
        (quote, unit): (&Quote, UnitId),
    ) -> Result<(Decimal, UnitId, Ratio), UserError> {
        let Some(price) = line.unit_price else {
            return Ok((quote.unit_price, quote.unit, quote.per));
        };
        let unit = line.price_unit_id.unwrap_or(unit);
        let measure = self.measures.measure(line.product_id, unit);
        let measure = measure.ok_or_else(|| {
            let message = "the product is not measured in this unit";
            refused(at, "priceUnitId", (ErrorCode::NotFound, message))
        })?;
        Ok((price.0, unit, measure.factor))
    }

    fn factor(&self, product: ProductId, unit: UnitId) -> Ratio {
        let measure = self.measures.measure(product, unit);
        measure.map_or(Ratio::ONE, |measure| measure.factor)
    }

    /// Where the goods come from: as the line says, if the product can, or as is usual for it.
    fn sourcing(&self, at: usize, line: &SaleLineInput) -> Result<OrderSourcing, UserError> {
        let goods = self.measures.goods(line.product_id);
        let kind = goods.map_or(ProductKind::Service, |goods| goods.kind);
        let ways = ways_of(kind);
        let usual = ways.first().copied().unwrap_or(OrderSourcing::None);
        let way = line.sourcing.unwrap_or(usual);
        if !ways.contains(&way) {
            let message = format!("a product of this kind does not come by {}", way.as_str());
            let error = (ErrorCode::NotAllowed, message.as_str());
            return Err(refused(at, "sourcing", error));
        }
        if line.warehouse_id.is_some() && !way.has_warehouse() {
            let message = "these goods come through no warehouse";
            return Err(refused(at, "warehouseId", (ErrorCode::NotAllowed, message)));
        }
        Ok(way)
    }
}

/// The ways in which products of a kind reach customers, the usual one first.
const fn ways_of(kind: ProductKind) -> &'static [OrderSourcing] {
    use OrderSourcing as S;
    match kind {
        ProductKind::Stock | ProductKind::Deposit => &[S::Stock, S::Special, S::Direct],
        ProductKind::SpecialOrder => &[S::Special, S::Stock, S::Direct],
        ProductKind::Direct => &[S::Direct],
        ProductKind::Service => &[S::None],
    }
}

fn bad(at: usize, field: &str, message: &str) -> UserError {
    refused(at, field, (ErrorCode::BadUserInput, message))
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn question(
    (customer, job): (CustomerId, Option<JobId>),
    line: &SaleLineInput,
    asked: &Asked,
) -> PriceAsked {
    PriceAsked {
        product: line.product_id,
        base: asked.amount.base,
        buyer: Buyer {
            customer: Some(customer),
            job,
            at: None,
        },
    }
}
